"""The whole message path inside one command: inbox, worker, outbox, as the services run it."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from safar.answers.resources import Resources, shared_resources, utc_now
from safar.assistant.engine import LONGEST_TEXT, Assistant
from safar.assistant.worker import Worker
from safar.cli.run import owner_name
from safar.gateway.messages import InboundMessage
from safar.gateway.providers.simulator.provider import NAME
from safar.gateway.providers.simulator.transcript import transcript
from safar.gateway.surroundings import surroundings_of
from safar.settings import load_settings
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database

Channel = Literal["sms", "whatsapp"]
_MOST_ROUNDS = 200
_PAUSE = 0.05
"""Seconds between rounds; all together longer than the worker's tries and its fallback take."""


class NoAnswerError(RuntimeError):
    """Nothing came back for a text, not even the fallback."""


@dataclass(frozen=True)
class Said:
    """What came back for one text."""

    replies: list[dict[str, Any]]
    understood: dict[str, Any] = field(default_factory=dict)


class LocalPath:
    """One loaded assistant over a store: the installation's own, or one that is thrown away."""

    def __init__(
        self, resources: Resources, assistant: Assistant, database: Database, keyring: KeyRing
    ) -> None:
        """Keep the parts; use `kept` or `thrown_away`."""
        self.resources, self.assistant = resources, assistant
        self.database, self.keyring = database, keyring
        self._worker = Worker(database, keyring, assistant, resources, owner_name("local"), utc_now)
        self._receive = surroundings_of(resources.settings, database, keyring, utc_now).receive
        self._folder: TemporaryDirectory[str] | None = None

    @classmethod
    def kept(cls) -> LocalPath:
        """Use the installation's store: a sender's conversation goes on from call to call."""
        settings = load_settings()
        settings.home.mkdir(parents=True, exist_ok=True)
        resources = shared_resources()
        return cls(
            resources,
            Assistant.load(resources),
            open_database(settings.database_url),
            KeyRing(settings.keys, settings.hash_key),
        )

    @classmethod
    def thrown_away(cls) -> LocalPath:
        """Use a store that is gone when the command ends, with keys nobody ever sees."""
        resources = shared_resources()
        folder = TemporaryDirectory(prefix="safar-")
        path = cls(
            resources,
            Assistant.load(resources),
            open_database(f"sqlite:///{Path(folder.name) / 'safar.db'}"),
            KeyRing([KeyRing.generate()], KeyRing.generate()),
        )
        path._folder = folder
        return path

    async def say(self, sender: str, channel: Channel, text: str) -> Said:
        """Write `text` as `sender` and return what is answered."""
        before = len(transcript(self.database, self.keyring, sender, channel)["messages"])
        self._receive(
            InboundMessage(
                provider=NAME,
                provider_message_id=f"SIM{secrets.token_hex(16)}",
                channel=channel,
                sender_kind=NAME,
                sender=sender,
                recipient="safar",
                body=readable(text),
                costs=False,
            )
        )
        return await self.wait(sender, channel, before + 1)

    async def wait(self, sender: str, channel: Channel, seen: int) -> Said:
        """Work until the inbox is empty; return what came after the first `seen` messages.

        Raises:
            NoAnswerError: the inbox did not become empty.
        """
        for _ in range(_MOST_ROUNDS):
            await self._worker.run_once()
            talk = transcript(self.database, self.keyring, sender, channel)
            if not talk["waiting"]:
                return Said(talk["messages"][seen:], talk["understood"] or {})
            # Put off after an error, or in the hands of a worker that runs beside us.
            await asyncio.sleep(_PAUSE)
        raise NoAnswerError(
            "There is no answer yet; the lines above say why. Try again, or look after `safar run`."
        )


def readable(text: str) -> str:
    """Return `text` as a provider could bring it: whole characters, and not without end."""
    return text.encode("utf-8", "replace").decode("utf-8")[:LONGEST_TEXT]
