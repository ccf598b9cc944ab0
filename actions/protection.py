"""A person, a case, a missing relative, one's data: honest while no officer is connected."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from safar.answers.compose import intent_option
from safar.answers.contacts import urgent_lines
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase

_SURE = 0.75
"""What cannot be undone is done at this confidence only; a chosen option has 1."""


def _with_numbers(turn: Turn, first: str) -> Reply:
    registry = turn.resources.registry()
    lines = urgent_lines(registry, turn.corridor, turn.resources.today())
    return Reply(
        parts=[Phrase(id=first), *lines],
        options=[intent_option("contact_embassy"), intent_option("contact_hotline")],
        sensitive=registry.is_sensitive(turn.intent),
    )


class ActionTalkToPerson(SafarAction):
    """The answer to `talk_to_person`: whom to call."""

    NAME = "action_talk_to_person"

    def answer(self, turn: Turn) -> Reply:
        """Say that nobody reads here yet, and give the numbers where people answer."""
        return _with_numbers(turn, "person.not_yet")


class ActionMissingRelative(SafarAction):
    """The answer to `missing_relative`: whom to ask to search."""

    NAME = "action_missing_relative"

    def answer(self, turn: Turn) -> Reply:
        """Say what to do and give the numbers."""
        return _with_numbers(turn, "missing.first")


class ActionCaseStatus(SafarAction):
    """The answer to `case_status`."""

    NAME = "action_case_status"

    def answer(self, turn: Turn) -> Reply:
        """Say that this service holds no case, and who may."""
        return _with_numbers(turn, "case.none")


def _clearly_said(turn: Turn) -> bool:
    """Whether to forget was asked for beyond doubt: "forget" alone may be anything."""
    text = str(turn.message.get("text") or "")
    if text.startswith("/"):  # the option was chosen
        return True
    sure = float((turn.message.get("intent") or {}).get("confidence") or 0.0) >= _SURE
    return sure and len(text.split()) > 1


class ActionDeleteMyData(SafarAction):
    """The answer to `delete_my_data`: forgets what was told and says what is still held."""

    NAME = "action_delete_my_data"

    def answer(self, turn: Turn) -> Reply:
        """Forget the facts of this conversation; a text that may mean something else is asked."""
        if not _clearly_said(turn):
            options = [intent_option("delete_my_data"), intent_option("menu")]
            return Reply(parts=[Phrase(id="fallback.ask_back")], options=options)
        for slot in ("origin", "destination", "city", "pending_topic", "last_topic"):
            turn.memory[slot] = None
        return Reply(parts=[Phrase(id="forget.erased")], erases=True)
