"""A no: "I am not safe" after danger, an answer to a question; elsewhere nothing is refused."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from actions.case_talk import ADD, refused, refuses
from actions.check_offer import offer_questions, pending_answers
from actions.danger import danger_answer
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase


def deny_answer(turn: Turn) -> Reply:
    """Return the numbers to someone who is not safe, the next question to whom one was asked."""
    if refuses(turn):
        return refused(turn)
    if turn.slots.get("last_topic") == "danger":
        turn.memory["danger_told"] = True
        return danger_answer(turn)
    if pending_answers(turn) is not None:
        return offer_questions(turn, "not_so")
    if turn.slots.get("pending_topic") == ADD:
        turn.memory["pending_topic"] = None
    return Reply(parts=[Phrase(id="utter_deny")])


class ActionDeny(SafarAction):
    """The answer to `deny`."""

    NAME = "action_deny"

    def answer(self, turn: Turn) -> Reply:
        """Answer a no."""
        return deny_answer(turn)
