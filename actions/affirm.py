"""A yes: it answers the question about an offer that was asked; elsewhere it is small talk."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from actions.case_talk import agreed, waits_for_consent
from actions.check_offer import offer_questions, pending_answers
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase


class ActionAffirm(SafarAction):
    """The answer to `affirm`."""

    NAME = "action_affirm"

    def answer(self, turn: Turn) -> Reply:
        """Answer a yes."""
        if pending_answers(turn) is not None:
            return offer_questions(turn, "so")
        if waits_for_consent(turn):
            return agreed(turn)
        return Reply(parts=[Phrase(id="utter_affirm")])
