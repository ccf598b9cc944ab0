"""A store, a clock that only tests move, and a provider that keeps its messages in a list."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from safar.gateway import inbox, outbox
from safar.gateway.dispatcher import Dispatcher, DispatcherOptions
from safar.gateway.messages import InboundMessage, Kind, OutgoingText
from safar.gateway.providers.base import Capabilities, OutboundMessage, Provider, SendResult
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from safar.store.tables import outbox as outbox_table
from tests.clock import FakeClock
from tests.fresh_store import prepared
from tests.whole_way import Way, limits_of

LEASE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def _every_event_is_logged() -> Iterator[None]:
    """Undo what a command in another test made of the logs of this process."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


@dataclass
class FakeProvider:
    """Does what ``script`` says: an error to raise before or after sending, or nothing."""

    name: str = "fake"
    can_find: bool = True
    channels: frozenset[str] = frozenset({"sms", "whatsapp"})
    has_list: bool = False
    before: list[Exception | None] = field(default_factory=list)
    after: list[Exception | None] = field(default_factory=list)
    find_errors: list[Exception | None] = field(default_factory=list)
    sent: list[OutboundMessage] = field(default_factory=list)
    calls: int = 0

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(self.channels, can_find=self.can_find, has_list=self.has_list)

    def send(self, message: OutboundMessage) -> SendResult:
        self.calls += 1
        self._raise_next(self.before)
        self.sent.append(message)
        self._raise_next(self.after)
        return SendResult(f"{self.name}-{len(self.sent)}", "queued")

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        self._raise_next(self.find_errors)
        for place, sent in enumerate(self.sent, start=1):
            provider_id = f"{self.name}-{place}"
            same = (sent.to, sent.body) == (message.to, message.body)
            if same and provider_id not in message.taken_ids:
                return SendResult(provider_id, "sent")
        return None

    @property
    def bodies(self) -> list[str]:
        return [message.body for message in self.sent]

    @staticmethod
    def _raise_next(script: list[Exception | None]) -> None:
        error = script.pop(0) if script else None
        if error is not None:
            raise error


@dataclass
class Post:
    """Short words for what most tests do with the queues."""

    database: Database
    keyring: KeyRing
    clock: FakeClock

    def receive(
        self, body: str = "hello", *, sender: str = "+9779841234567", provider: str = "fake"
    ) -> inbox.Received:
        with self.database.read() as tx:
            number = tx.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one()
        message = InboundMessage(
            provider=provider,
            provider_message_id=f"in-{number}",
            channel="sms",
            sender_kind="phone",
            sender=sender,
            recipient="+15005550006",
            body=body,
            raw={"Body": body, "From": sender},
        )
        return inbox.receive(self.database, self.keyring, message, self.clock())

    def claim_inbox(self, owner: str = "worker", limit: int = 100) -> list[inbox.ClaimedMessage]:
        return inbox.claim(self.database, self.keyring, owner, self.clock(), LEASE, limit)

    def queue(
        self,
        *texts: str,
        sender: str = "+9779841234567",
        provider: str = "fake",
        priority: int = 0,
        expires_at: datetime | None = None,
        kind: Kind = "answer",
        **changes: object,
    ) -> list[int]:
        """Receive a message and queue texts as its answers; return the rows' ids."""
        received = self.receive(sender=sender, provider=provider, **changes)
        ids = []
        with self.database.write() as tx:
            tx.exec_driver_sql("UPDATE inbox SET state = 'done'")
            for place, text in enumerate(texts):
                row_id = outbox.put(
                    tx,
                    self.keyring,
                    idempotency_key=f"{received.inbox_id}:{place}",
                    conversation_id=received.conversation_id,
                    text=OutgoingText(
                        text=text, priority=priority, expires_at=expires_at, kind=kind
                    ),
                    inbox_id=received.inbox_id,
                    now=self.clock(),
                )
                assert row_id is not None
                ids.append(row_id)
        return ids

    def claim_outbox(self, owner: str = "dispatcher", limit: int = 100) -> list[outbox.ClaimedSend]:
        return outbox.claim(self.database, self.keyring, owner, self.clock(), LEASE, limit)

    def sending(self, owner: str = "dispatcher") -> int:
        """Claim one text and write down that it is being sent; return its id."""
        (item,) = self.claim_outbox(owner, 1)
        assert outbox.mark_sending(self.database, item.id, owner, self.clock(), LEASE)
        return item.id

    def outbox_row(self, outbox_id: int) -> dict[str, object]:
        with self.database.read() as tx:
            row = tx.execute(select(outbox_table).where(outbox_table.c.id == outbox_id)).one()
            return dict(row._mapping)

    def state(self, outbox_id: int) -> str:
        return str(self.outbox_row(outbox_id)["state"])


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def keyring() -> KeyRing:
    return KeyRing([KeyRing.generate()], KeyRing.generate())


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(prepared(database_url), busy_timeout_ms=5_000)
    yield opened
    opened.close()


@pytest.fixture
def post(database: Database, keyring: KeyRing, clock: FakeClock) -> Post:
    return Post(database, keyring, clock)


@pytest.fixture
def make_provider() -> Callable[..., FakeProvider]:
    return FakeProvider


@pytest.fixture
def make_way(
    tmp_path: Path, keyring: KeyRing, registry_path: Path, new_database_url: Callable[[], str]
) -> Iterator[Callable[..., Way]]:
    """Make the whole way a message goes, each with limits of its own."""
    made: list[Way] = []

    def make(
        options: DispatcherOptions | None = None,
        changes: Mapping[str, object] | None = None,
        **limits: object,
    ) -> Way:
        home = tmp_path / f"way{len(made)}"
        own = {"database_url": new_database_url(), **(changes or {})}
        made.append(Way(home, keyring, registry_path, limits_of(**limits), options, own))
        return made[-1]

    yield make
    for way in made:
        way.close()


@pytest.fixture
def way(make_way: Callable[..., Way]) -> Way:
    return make_way()


@pytest.fixture
def make_dispatcher(
    database: Database, keyring: KeyRing, clock: FakeClock
) -> Callable[..., Dispatcher]:
    """Make dispatchers of some providers; what else is named is an option."""

    def make(*providers: Provider, **options: Any) -> Dispatcher:
        return Dispatcher(
            database,
            keyring,
            providers,
            owner="dispatcher",
            clock=clock,
            rng=random.Random(1),
            options=DispatcherOptions(**options),
        )

    return make
