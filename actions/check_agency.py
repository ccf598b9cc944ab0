"""Looks an agency up in the registers loaded, by name or licence number."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from safar.answers.agency import check_agency
from safar.messaging.reply import Reply


class ActionCheckAgency(SafarAction):
    """The answer to `check_agency`."""

    NAME = "action_check_agency"

    def answer(self, turn: Turn) -> Reply:
        """Say what the register of which date says, and where to check oneself."""
        turn.memory.update(last_topic="check_agency", pending_topic=None)
        return check_agency(
            turn.resources.registry(), turn.text, turn.corridor.origin, turn.resources.today()
        )
