"""What a person wants: character n-grams with logistic regression, one model for all variants."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.ngrams import NgramModel
from bot.components.text import for_counting

RANKING_LENGTH = 6


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NgramIntentClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` and `intent_ranking`.

    Rasa's own LogisticRegressionClassifier copies its whole matrix on every message, cannot set C,
    and loads a damaged model as an untrained one with only a debug line; this one does neither.
    """

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: NgramModel | None = None,
    ) -> None:
        """Keep the stored model, if there is one."""
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return n-gram sizes and the strength of the fit (scikit-learn's C)."""
        return {"sizes": [2, 5], "inverse_regularisation": 30.0}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramIntentClassifier:
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramIntentClassifier:
        """Read the trained model; a damaged one stops the start, it is never passed over."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, NgramModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents of all variants together."""
        examples = [e for e in training_data.intent_examples if e.get("text")]
        self._model = NgramModel.train(
            [for_counting(example.get("text")) for example in examples],
            [example.get("intent") for example in examples],
            sizes=tuple(self._config["sizes"]),
            inverse_regularisation=self._config["inverse_regularisation"],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking on every message; a text with no letter has no intent."""
        for message in messages:
            text = for_counting(message.get("text") or "")
            ranking = []
            if self._model is not None and any(character.isalpha() for character in text):
                ranking = [
                    {"name": name, "confidence": share}
                    for name, share in self._model.predict(text)[:RANKING_LENGTH]
                ]
            best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set("intent", dict(best), add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
