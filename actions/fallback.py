"""What was not understood: asked back once, then the menu and a person are offered.

After a message of danger an unclear answer gets the numbers again, not a menu.
"""

from __future__ import annotations

from actions.base import SafarAction, Turn
from actions.check_offer import check_offer, offer_expected
from actions.danger import danger_answer
from actions.menu import menu_options
from safar.answers.compose import intent_option
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase

_NO_TITLE = frozenset(
    "greet goodbye thank affirm deny bot_challenge out_of_scope inform change_language menu".split()
)
"""Guesses not worth asking about; the menu is offered anyway."""
_ASKED_ABOUT = 2


class ActionFallback(SafarAction):
    """Never answers a guess with a straight face."""

    NAME = "action_fallback"

    def answer(self, turn: Turn) -> Reply:
        """Ask back with the two best guesses, at the second time offer menu and person.

        A question for a sum in another money is declined: no rate is known here.
        """
        if turn.slots.get("last_topic") == "danger" and not turn.slots.get("misunderstood"):
            turn.memory["misunderstood"] = 1.0
            return danger_answer(turn)
        if turn.slots.get("last_topic") and turn.resources.conversion().asked(turn.text):
            # "And in taka?" What was talked of stays the topic.
            options = [intent_option("ask_money_transfer"), intent_option("menu")]
            return Reply(parts=[Phrase(id="money.no_rate")], options=options)
        if offer_expected(turn):
            return check_offer(turn)
        times = float(turn.slots.get("misunderstood") or 0.0) + 1
        turn.memory["misunderstood"] = times
        guesses = [
            intent_option(name)
            for name in turn.message.get("guesses") or []
            if name not in _NO_TITLE and turn.resources.catalogue.has(f"option.{name}")
        ][:_ASKED_ABOUT]
        if times == 1 and guesses:
            return Reply(
                parts=[Phrase(id="fallback.ask_back")],
                options=[*guesses, intent_option("menu")],
            )
        options = [o for o in menu_options(turn) if o.id != "talk_to_person"]
        return Reply(
            parts=[Phrase(id="fallback.menu")],
            options=[*options[:7], intent_option("talk_to_person")],
        )
