"""Calendar days in a text: when a contract ends, a permit runs out, a flight goes."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.components.lookup import LookupComponent, add_entity


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DayExtractor(LookupComponent):
    """Adds `date` entities (ISO 8601; `--07-14` where no year is told)."""

    def look_at(self, message: Message) -> None:
        """Add the days of one message."""
        for day in self._resources.days().find(message.get("text") or ""):
            add_entity(
                message,
                {
                    "entity": "date",
                    "value": day.value,
                    "start": day.start,
                    "end": day.end,
                    "extractor": "DayExtractor",
                },
            )
