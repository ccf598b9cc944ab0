"""The numbered menu: what a person can ask here."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from safar.answers.compose import options_of
from safar.messaging.reply import Option, Reply
from safar.phrasing.values import Phrase

MENU_TOPIC = "menu"


def menu_options(turn: Turn) -> list[Option]:
    """Return the options of the menu topic, in the order editors gave them."""
    topic = turn.resources.registry().topic(MENU_TOPIC)
    return options_of(topic) if topic is not None else []


class ActionMenu(SafarAction):
    """Shows the menu and drops a question that was waiting for a country."""

    NAME = "action_menu"

    def answer(self, turn: Turn) -> Reply:
        """Return the menu."""
        turn.memory["pending_topic"] = None
        return Reply(parts=[Phrase(id="menu.intro")], options=menu_options(turn))
