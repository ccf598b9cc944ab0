"""What a person wants: one model for all variants, that looks once or twice.

First at character n-grams alone. Where that leaves doubt, or there is a hint of danger, also at the
sentence's vector, which costs some fifteen times as much.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.encoder import encode_part, sentence_encoder
from bot.components.ngrams import NgramModel
from bot.components.sentences import sentences
from bot.components.text import for_counting

RANKING_LENGTH = 6
DANGER_INTENTS = frozenset({"emergency", "report_abuse"})
SENTENCES = "sentences"
"""Key of the message data: the best guess at each sentence, where there are several."""


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
        """Return n-gram sizes, the strength of the fit (scikit-learn's C), and when to look again.

        `weights` are intents that weigh so many times what the others do: what is not ours is of
        more kinds than any of ours.
        `sure` is the share from which n-grams are believed, unless they give danger more than
        `danger_hint`. `read` is the share of training lines whose vectors are learned from: the
        others teach the n-grams to stand alone. `cache` keeps the vectors, below the project.
        """
        return {
            "sizes": [2, 5],
            "inverse_regularisation": 30.0,
            "weights": {},
            "sure": 0.8,
            "danger_hint": 0.03,
            "read": 0.5,
            "cache": ".cache/sentences.npz",
        }

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
            model = NgramModel.load(folder)
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents of all variants together."""
        examples = [e for e in training_data.intent_examples if e.get("text")]
        texts = [example.get("text") for example in examples]
        cache = Path(__file__).resolve().parents[2] / self._config["cache"]
        self._model = NgramModel.train(
            [for_counting(text) for text in texts],
            [example.get("intent") for example in examples],
            sizes=tuple(self._config["sizes"]),
            inverse_regularisation=self._config["inverse_regularisation"],
            weights=self._config["weights"],
            vectors=encode_part(texts, self._config["read"], cache),
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking on every message; a text with no letter has no intent."""
        for message in messages:
            written = message.get("text") or ""
            text = for_counting(written)
            ranking = []
            if self._model is not None and any(character.isalpha() for character in text):
                ranking = [
                    {"name": name, "confidence": share}
                    for name, share in self._ranking(written, text)[:RANKING_LENGTH]
                ]
            best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set("intent", dict(best), add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set(SENTENCES, self._by_sentence(written) if ranking else [], True)
        return messages

    def _by_sentence(self, written: str) -> list[dict[str, Any]]:
        """Return guesses by n-grams: five sentences must not cost five vectors."""
        if self._model is None:
            return []
        best = (self._model.predict(for_counting(part))[0] for part in sentences(written))
        return [{"name": name, "confidence": share} for name, share in best]

    def _ranking(self, written: str, text: str) -> list[tuple[str, float]]:
        if self._model is None:
            return []
        ranking = self._model.predict(text)
        danger = sum(share for name, share in ranking if name in DANGER_INTENTS)
        if self._model.dense is None or (
            ranking[0][1] >= self._config["sure"] and danger <= self._config["danger_hint"]
        ):
            return ranking
        encoder = sentence_encoder()
        if encoder is None:
            return ranking
        return self._model.predict(text, vector=encoder.encode(written))
