"""What every action shares: reading the turn, saying a reply, remembering."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.case_talk import expected_text
from safar.answers.compose import Corridor, intent_option
from safar.answers.plain import plain_text
from safar.answers.resources import Resources, shared_resources
from safar.messaging.render import MOST_OPTIONS
from safar.messaging.reply import Reply

DEFAULT_VARIANT = "en"
_MOST_RESTS = 3
"""Further questions of one message that are offered."""


@dataclass
class Turn:
    """One message of a person with what is known so far; `memory` collects slots to set."""

    resources: Resources
    intent: str
    text: str
    message: dict[str, Any]
    slots: dict[str, Any]
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def variant(self) -> str:
        """The variant to answer in (BCP 47)."""
        return str(self.memory.get("variant") or self.slots.get("variant") or DEFAULT_VARIANT)

    @property
    def corridor(self) -> Corridor:
        """Where the person comes from and goes to, as far as told.

        An origin nobody told is the one that the language suggests; answers name it.
        """
        told = self.slots.get("origin")
        return Corridor(
            told or self.resources.languages[self.variant].likely_origin,
            self.slots.get("destination"),
            self.slots.get("city"),
        )

    @property
    def chosen_language(self) -> str | None:
        """The variant the message asks for by name, unless the name is an everyday word here.

        Of several named, "not English, Nepali please", the last that is not the present one.
        """
        if self.intent != "change_language":
            return None
        present = self.slots.get("variant")
        named = [
            tag
            for tag in self.entities("language")
            if present not in self.resources.languages[tag].not_in
        ]
        others = [tag for tag in named if tag != present]
        return next(reversed(others or named), None)

    def entities(self, name: str) -> list[str]:
        """Return the values of entity `name` in the message, in its order."""
        return [
            str(entity.get("value"))
            for entity in self.message.get("entities") or []
            if entity.get("entity") == name
        ]

    def entity(self, name: str) -> str | None:
        """Return the first value of entity `name` in the message."""
        return next(iter(self.entities(name)), None)


def with_rest(turn: Turn, reply: Reply) -> Reply:
    """Return `reply` with what else the message asked offered first among its options."""
    rest = [name for name in turn.message.get("also") or [] if name != turn.intent]
    if not rest or not turn.text or turn.text.startswith("/"):
        return reply
    first = [intent_option(name).model_copy(update={"asked": True}) for name in rest[:_MOST_RESTS]]
    ids = {option.id for option in first}
    others = [option for option in reply.options if option.id not in ids]
    return reply.model_copy(update={"options": [*first, *others][:MOST_OPTIONS]})


class SafarAction(Action, ABC):
    """An action that turns one message into at most one reply."""

    NAME: str
    SPEAKS = True
    """Whether it answers; what only notes facts runs before the one that does."""

    def __init__(self, resources: Resources | None = None) -> None:
        """Use `resources`, or those of this process."""
        self._resources = resources

    def name(self) -> str:
        """Return the name by which rules call the action."""
        return self.NAME

    @abstractmethod
    def answer(self, turn: Turn) -> Reply | None:
        """Return the reply to `turn`, or None where nothing is to be said."""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Answer, in words for `rasa shell` and as a reply for the channels."""
        resources = self._resources or shared_resources()
        message = tracker.latest_message or {}
        turn = Turn(
            resources=resources,
            intent=str((message.get("intent") or {}).get("name") or ""),
            text=str(message.get("text") or ""),
            message=message,
            slots=dict(tracker.slots),
        )
        reply = (expected_text(turn) if self.SPEAKS else None) or self.answer(turn)
        if reply is not None:
            reply = with_rest(turn, reply)
            dispatcher.utter_message(
                text=plain_text(reply, resources.catalogue, turn.variant),
                reply=reply.model_dump(mode="json"),
            )
        return [SlotSet(slot, value) for slot, value in turn.memory.items()]
