"""Amounts of money in a text: local digits, lakh and crore, currency words."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.components.lookup import LookupComponent, add_entity


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MoneyExtractor(LookupComponent):
    """Adds `amount` entities (decimal as text) and the `currency` (ISO 4217) where it is named."""

    def look_at(self, message: Message) -> None:
        """Add the amounts of one message."""
        for money in self._resources.amounts().find(message.get("text") or ""):
            common = {"start": money.start, "end": money.end, "extractor": "MoneyExtractor"}
            add_entity(
                message,
                {"entity": "amount", "value": format(money.amount.normalize(), "f"), **common},
            )
            if money.currency is not None:
                add_entity(message, {"entity": "currency", "value": money.currency, **common})
