"""Numbers to call in the country where the person is."""

from __future__ import annotations

from actions.answer_topic import ask_country
from actions.base import SafarAction, Turn
from safar.answers.contacts import hotlines
from safar.messaging.reply import Reply

INTENT = "contact_hotline"


def hotline_answer(turn: Turn) -> Reply:
    """Return the numbers; ask for the country where the person is if none is known."""
    corridor = turn.corridor
    turn.memory["last_topic"] = INTENT
    if corridor.destination is None and corridor.origin is None:
        turn.memory["pending_topic"] = f"{INTENT}:destination"
        return ask_country(turn, "destination")
    turn.memory["pending_topic"] = None
    return hotlines(turn.resources.registry(), corridor, turn.resources.today())


class ActionContactHotline(SafarAction):
    """The answer to `contact_hotline`."""

    NAME = "action_contact_hotline"

    def answer(self, turn: Turn) -> Reply:
        """Answer with numbers."""
        return hotline_answer(turn)
