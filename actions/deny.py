"""A no: after danger it means "I am not safe"; elsewhere there is nothing to refuse."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from actions.danger import danger_answer
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase


def deny_answer(turn: Turn) -> Reply:
    """Return the numbers again to someone who says they are not safe."""
    if turn.slots.get("last_topic") == "danger":
        return danger_answer(turn)
    return Reply(parts=[Phrase(id="utter_deny")])


class ActionDeny(SafarAction):
    """The answer to `deny`."""

    NAME = "action_deny"

    def answer(self, turn: Turn) -> Reply:
        """Answer a no."""
        return deny_answer(turn)
