"""What can be looked up by name or number: a case, a licence, an agency, a language."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.components.lookup import LookupComponent, add_entity
from safar.messaging.case_reference import reference_in

_LOOKED_UP = "check_agency"
_THOUGHT_OF = 3
"""Guesses among which asking for an agency must stand before the registers are searched."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ReferenceExtractor(LookupComponent):
    """Adds `case_reference`, `language`, and `agency` and `licence_number` where they are meant.

    Stands behind the intent: a search among all agencies costs some milliseconds, and names of
    agencies are everyday words.
    """

    def look_at(self, message: Message) -> None:
        """Add what one message names."""
        text = message.get("text") or ""
        case = reference_in(text)
        if case is not None:
            value, start, end = case
            self._add(message, "case_reference", value, start, end)
        for tag, start, end in self._resources.languages_in(text):
            self._add(message, "language", tag, start, end)
        ranking = (message.get("intent_ranking") or [])[:_THOUGHT_OF]
        if any(guess["name"] == _LOOKED_UP for guess in ranking):
            self._add_agencies(message, text)

    def _add_agencies(self, message: Message, text: str) -> None:
        found = self._resources.registry().look_up_agency(text, None)
        for match in (*found.numbered, *found.named):
            self._add(message, "agency", match.name, 0, len(text))
            if match.licence_number:
                self._add(message, "licence_number", match.licence_number, 0, len(text))

    @staticmethod
    def _add(message: Message, name: str, value: str, start: int, end: int) -> None:
        add_entity(
            message,
            {
                "entity": name,
                "value": value,
                "start": start,
                "end": end,
                "extractor": "ReferenceExtractor",
            },
        )
