"""Danger words: phrases kept by staff in content/danger/, looked for before everything else."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.components.lookup import LookupComponent

DANGER = "danger"
"""Key of the message data: {"found": bool, "kind": emergency | abuse | None}."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DangerWords(LookupComponent):
    """Sets `danger` on each message."""

    def look_at(self, message: Message) -> None:
        """Look for a danger phrase of any variant, whatever language the text seems to be in."""
        hit = self._resources.danger().find(message.get("text") or "")
        message.set(
            DANGER,
            {"found": hit is not None, "kind": hit.kind if hit else None},
            add_to_output=True,
        )
