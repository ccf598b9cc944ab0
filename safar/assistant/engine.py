"""The Rasa agent in this process: understands a text and takes a turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from safar.answers.resources import Resources
from safar.assistant.quiet import make_rasa_quiet, no_warnings
from safar.messaging.reply import Reply

DEFAULT_VARIANT = "en"
LONGEST_TEXT = 1600
"""Characters of a message that are read; a longer one is cut, its beginning says what it is."""


class AssistantError(RuntimeError):
    """The assistant cannot start; the message says why and what to do."""


class Understanding(BaseModel):
    """What was made of a text."""

    model_config = ConfigDict(frozen=True)

    text: str
    variant: str | None
    intent: str | None
    confidence: float
    danger: bool
    entities: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class TurnResult:
    """The replies to one message and the slots after it."""

    replies: list[Reply]
    slots: dict[str, Any]
    understanding: Understanding
    variant: str = field(default=DEFAULT_VARIANT)


def newest_model(models: Path) -> Path:
    """Return the newest model in the folder `models`, or `models` itself if it is a file.

    Raises:
        AssistantError: there is none.
    """
    if models.is_file():
        return models
    found = sorted(models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise AssistantError(f"There is no trained model in {models}. Train one with: make train")
    return found[-1]


def plain(text: str) -> str:
    """Return a person's `text` as nothing but text.

    Rasa takes a text that begins with "/" for an intent with slots to set; ours come from phones.
    """
    kept = "".join(c if c.isprintable() or c in "\u200c\u200d" else " " for c in text)
    # Both at once: "/ /menu" must not be left with a slash in front.
    return kept[:LONGEST_TEXT].strip().lstrip("/ ")


class Assistant:
    """One loaded model. Not safe for two threads; turns of one event loop may interleave."""

    def __init__(self, agent: Any, store: Any, channel: type[Any]) -> None:
        """Take a loaded agent; use `Assistant.load`."""
        self._agent, self._store, self._channel = agent, store, channel

    @classmethod
    def load(cls, resources: Resources, model: Path | None = None) -> Assistant:
        """Load the newest model, with actions and phrasing in this process.

        Raises:
            AssistantError: no model, or one that cannot be loaded.
            RegistryError: the registry is missing, damaged or of another version.
        """
        # Opened now: Rasa would swallow the error at each message, and the person get no answer.
        resources.registry()
        path = newest_model(model or resources.settings.model_path)
        make_rasa_quiet()
        with no_warnings():
            return cls._load(resources, path)

    @classmethod
    def _load(cls, resources: Resources, path: Path) -> Assistant:
        from rasa.core.agent import Agent  # noqa: PLC0415 - two seconds, only here

        from bot.nlg import GettextNLG  # noqa: PLC0415 - imports Rasa
        from safar.assistant.channel import ReplyCollector  # noqa: PLC0415 - imports Rasa
        from safar.assistant.in_process import (  # noqa: PLC0415 - imports Rasa
            InProcessActions,
            trust_our_own_answers,
        )
        from safar.assistant.tracker_store import ConversationRowStore  # noqa: PLC0415

        trust_our_own_answers()
        store = ConversationRowStore()
        try:
            agent = Agent.load(
                str(path),
                tracker_store=store,
                generator=GettextNLG(resources=resources),
                action_endpoint=InProcessActions(),
            )
        except Exception as error:
            raise AssistantError(
                f"The model {path.name} cannot be loaded: {str(error).rstrip('.')}. "
                "Train again with: make train"
            ) from error
        if not agent.is_ready():
            raise AssistantError(f"The model {path.name} is not usable. Train again: make train")
        return cls(agent, store, ReplyCollector)

    async def understand(self, text: str) -> Understanding:
        """Return what is made of `text` alone, with no conversation around it."""
        parsed = await self._agent.parse_message(plain(text))
        return understanding_of(text, parsed)

    async def turn(
        self,
        conversation_id: str,
        text: str,
        slots: Mapping[str, Any],
        command: str | None = None,
    ) -> TurnResult:
        """Answer `text`, or the `command` ("/intent{…}") that a chosen option stands for."""
        from rasa.core.channels.channel import UserMessage  # noqa: PLC0415 - imports Rasa

        self._store.put(conversation_id, slots)
        channel = self._channel()
        try:
            await self._agent.handle_message(
                UserMessage(command or plain(text), channel, conversation_id, input_channel="safar")
            )
        finally:
            after, parsed = self._store.take(conversation_id)
        return TurnResult(
            replies=channel.replies,
            slots=after,
            understanding=understanding_of(text, parsed),
            variant=str(after.get("variant") or DEFAULT_VARIANT),
        )


def understanding_of(text: str, parsed: Mapping[str, Any]) -> Understanding:
    """Return Rasa's parse of `text` in our own terms."""
    intent = parsed.get("intent") or {}
    return Understanding(
        text=text,
        variant=(parsed.get("variant") or {}).get("tag"),
        intent=intent.get("name"),
        confidence=round(float(intent.get("confidence") or 0.0), 4),
        danger=bool((parsed.get("danger") or {}).get("found"))
        or intent.get("name") in ("emergency", "report_abuse"),
        entities=tuple(
            {"entity": str(e.get("entity")), "value": str(e.get("value"))}
            for e in parsed.get("entities") or []
        ),
    )
