"""Countries and cities in a text, and which of them is home and which is abroad."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.components.lookup import LookupComponent, add_entity
from bot.components.variant import VARIANT


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceExtractor(LookupComponent):
    """Adds `origin`, `destination` and `city` entities."""

    def look_at(self, message: Message) -> None:
        """Add the places of one message, ISO 3166-1 alpha-2 codes as values."""
        tag = (message.get(VARIANT) or {}).get("tag")
        home = self._resources.home_of(tag) if tag else ()
        for place in self._resources.places().find(message.get("text") or "", home):
            common = {"start": place.start, "end": place.end, "extractor": "PlaceExtractor"}
            add_entity(message, {"entity": place.role, "value": place.country, **common})
            if place.city is not None:
                add_entity(message, {"entity": "city", "value": place.city, **common})
