"""The embassy or consulate of the person's country where the person is."""

from __future__ import annotations

from actions.answer_topic import ask_country
from actions.base import SafarAction, Turn
from safar.answers.contacts import embassy, hotlines
from safar.messaging.reply import Reply

INTENT = "contact_embassy"


def embassy_answer(turn: Turn) -> Reply:
    """Return the missions; ask once for each country that is missing, then give what there is."""
    corridor = turn.corridor
    turn.memory["last_topic"] = INTENT
    for side in ("origin", "destination"):
        asked = turn.slots.get("pending_topic") == f"{INTENT}:{side}"
        if getattr(corridor, side) is None and not asked:
            turn.memory["pending_topic"] = f"{INTENT}:{side}"
            return ask_country(turn, side)
    turn.memory["pending_topic"] = None
    registry, today = turn.resources.registry(), turn.resources.today()
    if corridor.origin is not None and corridor.destination is not None:
        return embassy(registry, corridor, today)
    if corridor.origin is not None or corridor.destination is not None:
        return hotlines(registry, corridor, today)
    return ask_country(turn, "origin")


class ActionContactEmbassy(SafarAction):
    """The answer to `contact_embassy`."""

    NAME = "action_contact_embassy"

    def answer(self, turn: Turn) -> Reply:
        """Answer with missions."""
        return embassy_answer(turn)
