"""Danger to life or liberty: numbers at once, whatever the talk was about."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from actions.case_talk import wish
from safar.answers.danger import danger_reply
from safar.messaging.reply import Reply


def danger_answer(turn: Turn) -> Reply:
    """Return the numbers for where the person is; ask where that is if it is not known."""
    corridor = turn.corridor
    turn.memory["last_topic"] = "danger"
    turn.memory["pending_topic"] = None if corridor.destination else "danger:destination"
    reply = danger_reply(turn.resources.registry(), corridor, turn.resources.today())
    return reply.model_copy(update={"case": wish(turn, "danger")})


class ActionDanger(SafarAction):
    """The answer to `emergency` and `report_abuse`."""

    NAME = "action_danger"

    def answer(self, turn: Turn) -> Reply:
        """Answer with numbers."""
        return danger_answer(turn)
