"""Another language or script, chosen by name; the choice then holds against every guess."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from actions.deny import deny_answer
from actions.menu import menu_options
from safar.messaging.render import MOST_OPTIONS
from safar.messaging.reply import Option, Reply
from safar.phrasing.values import Phrase, Text

_ASKS = ("language.ask", "language.ask_name")


class ActionChangeLanguage(SafarAction):
    """The answer to `change_language` and to a language's own name."""

    NAME = "action_change_language"

    def answer(self, turn: Turn) -> Reply:
        """Confirm in the new language, or list the languages in their own names."""
        chosen = turn.chosen_language
        languages = turn.resources.languages
        if chosen is None and turn.entity("language") is not None:
            return deny_answer(turn)
        if chosen is not None:
            turn.memory.update(variant=chosen, variant_chosen=True)
            return Reply(parts=[Phrase(id="language.changed")], options=menu_options(turn))
        # Not the one this is written in; beyond the most a menu takes, a name can still be written.
        offered = languages.for_people_of(turn.corridor.origin)
        others = [language for language in offered if language.tag != turn.variant]
        parts = ["language.ask"] if len(others) <= MOST_OPTIONS else _ASKS
        return Reply(
            parts=[Phrase(id=each) for each in parts],
            options=[
                Option(
                    id=f"variant:{language.tag}",
                    title=Phrase(id="option.plain", values={"text": Text(text=language.name)}),
                )
                for language in others[:MOST_OPTIONS]
            ],
        )
