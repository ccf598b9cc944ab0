"""Base of the components that learn nothing and ask the registry."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from safar.answers.resources import Resources, shared_resources


class LookupComponent(GraphComponent):
    """A component whose knowledge lives in content/, so that editors change it with no training."""

    def __init__(self, config: dict[str, Any], resources: Resources) -> None:
        """Keep the configuration and the resources to look things up in."""
        self._config, self._resources = config, resources

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LookupComponent:
        """Make the component on the resources of this process."""
        return cls(config, shared_resources())

    def process(self, messages: list[Message]) -> list[Message]:
        """Look at every message."""
        for message in messages:
            self.look_at(message)
        return messages

    def look_at(self, message: Message) -> None:
        """Add to one message what was found."""
        raise NotImplementedError


def add_entity(message: Message, entity: dict[str, Any]) -> None:
    """Append one entity to the message's entities."""
    entities = list(message.get("entities") or [])
    entities.append(entity)
    message.set("entities", entities, add_to_output=True)
