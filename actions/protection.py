"""A person, a case, a missing relative, one's data: honest also where no officer reads."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from actions.case_talk import ask_for_person, wish, with_numbers
from safar.answers.compose import PERSON, intent_option
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase

_SURE = 0.95
"""What cannot be undone is done at this confidence only; a chosen option has 1.

"I am safe" and "can my boss read this?" are near to "forget me" and reach 0.9. Of the messages of
the development set that mean it three in four reach this; the others choose an option more."""


class ActionTalkToPerson(SafarAction):
    """The answer to `talk_to_person`: a case is offered."""

    NAME = "action_talk_to_person"

    def answer(self, turn: Turn) -> Reply:
        """Ask for agreement; where nobody takes cases, say so and give the numbers."""
        return ask_for_person(turn)


class ActionMissingRelative(SafarAction):
    """The answer to `missing_relative`: whom to ask to search."""

    NAME = "action_missing_relative"

    def answer(self, turn: Turn) -> Reply:
        """Say what to do, give the numbers, and offer a person."""
        turn.memory["last_topic"] = turn.intent
        reply = with_numbers(turn, "missing.first")
        return reply.model_copy(update={"options": [intent_option(PERSON), *reply.options]})


class ActionCaseStatus(SafarAction):
    """The answer to `case_status`."""

    NAME = "action_case_status"

    def answer(self, turn: Turn) -> Reply:
        """Tell how it stands; where this service holds no case, who may."""
        return with_numbers(turn, "case.none", wish(turn, "status"))


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
        return Reply(parts=[Phrase(id="forget.erased")], erases=True, case=wish(turn, "forget"))
