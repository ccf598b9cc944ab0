"""A desk for the worker: store, clock that only tests move, assistant that follows a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from safar.answers.resources import Resources
from safar.assistant.engine import TurnResult, Understanding
from safar.assistant.worker import Worker
from safar.gateway import inbox
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase
from safar.settings import Settings
from safar.store.conversations import LoadedConversation
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from tests.clock import FakeClock
from tests.fresh_store import prepared

ANA = "+9779841234567"


Step = Callable[[str, Mapping[str, Any]], "list[Reply]"]


@dataclass
class ScriptedAssistant:
    """Answers each text with what `step` makes of it and of the slots; keeps what it was asked."""

    step: Step
    asked: list[str] = field(default_factory=list)

    async def turn(
        self,
        conversation_id: str,
        text: str,
        slots: Mapping[str, Any],
        command: str | None = None,
    ) -> TurnResult:
        self.asked.append(command or text)
        replies = self.step(text, slots)
        seen = Understanding(text=text, variant="en", intent="greet", confidence=1.0, danger=False)
        return TurnResult(replies, {**slots, "last_topic": text}, seen)


@dataclass
class Desk:
    """Short words for what the tests of the worker do."""

    database: Database
    keyring: KeyRing
    clock: FakeClock
    resources: Resources
    received: int = 0

    def receive(self, body: str, sender: str = ANA, channel: str = "sms") -> inbox.Received:
        self.received += 1
        message = inbox.InboundMessage.model_validate(
            {
                "provider": "fake",
                "provider_message_id": f"in-{self.received}",
                "channel": channel,
                "sender_kind": "phone",
                "sender": sender,
                "recipient": "+15005550006",
                "body": body,
            }
        )
        return inbox.receive(self.database, self.keyring, message, self.clock())

    def worker(self, assistant: object, owner: str = "worker") -> Worker:
        return Worker(
            self.database,
            self.keyring,
            assistant,  # type: ignore[arg-type]  # the script has the one method that is used
            self.resources,
            owner,
            self.clock,
        )

    def claim(self, owner: str, limit: int = 100) -> list[inbox.ClaimedMessage]:
        lease = timedelta(seconds=self.resources.settings.lease_seconds)
        return inbox.claim(self.database, self.keyring, owner, self.clock(), lease, limit)

    def rows(self, sql: str) -> list[Any]:
        with self.database.read() as tx:
            return list(tx.exec_driver_sql(sql).all())

    def states(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT state FROM inbox ORDER BY id")]

    def sent(self) -> list[str]:
        rows = self.rows("SELECT body_encrypted FROM outbox ORDER BY id")
        return [self.keyring.decrypt(row[0]) for row in rows]

    def memory(self, conversation_id: str) -> LoadedConversation:
        return inbox.load_conversation(self.database, self.keyring, conversation_id)

    def words(self, phrase_id: str, variant: str = "en") -> str:
        return self.resources.catalogue.phrase(Phrase(id=phrase_id), variant)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def keyring() -> KeyRing:
    return KeyRing([KeyRing.generate()], KeyRing.generate())


@pytest.fixture(scope="session")
def shelf(registry_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Resources:
    """Content and words without a model, for a worker whose assistant follows a script."""
    home = tmp_path_factory.mktemp("shelf")
    return Resources(Settings(home=home, registry_path=registry_path, poll_seconds=0.01))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(prepared(f"sqlite:///{tmp_path}/safar.db"), busy_timeout_ms=50)
    yield opened
    opened.close()


@pytest.fixture
def desk(database: Database, keyring: KeyRing, clock: FakeClock, shelf: Resources) -> Desk:
    return Desk(database, keyring, clock, shelf)


@pytest.fixture
def script() -> Callable[[Step], ScriptedAssistant]:
    return ScriptedAssistant


@pytest.fixture
def polite() -> ScriptedAssistant:
    """An assistant that greets whoever writes whatever."""
    return ScriptedAssistant(lambda text, slots: [Reply(parts=[Phrase(id="utter_greet")])])
