"""What a person wants: one model for all variants, in two steps.

The quick model reads character n-grams alone. Where it is not sure, or there is a hint of danger,
the full one reads the sentence's vector as well, which costs some fifteen times as much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.encoder import LAYERS, encode_all, sentence_encoder
from bot.components.ngrams import NgramModel
from bot.components.sentences import sentences
from bot.components.text import for_counting

RANKING_LENGTH = 6
DANGER_INTENTS = frozenset({"emergency", "report_abuse"})
SENTENCES = "sentences"
"""Key of the message data: the best guess at each sentence, where there are several."""
_QUICK, _FULL = "quick", "full"


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
        quick: NgramModel | None = None,
        full: NgramModel | None = None,
    ) -> None:
        """Keep the stored models, if there are any."""
        self._config, self._storage, self._resource = config, storage, resource
        self._quick, self._full = quick, full

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return n-gram sizes, the strength of the fit (scikit-learn's C), and when to look again.

        `weights` are intents that weigh so many times what the others do: what is not ours is of
        more kinds than any of ours.
        `sure` is the share from which the quick model is believed, unless it gives danger more
        than `danger_hint`; where both are asked, `quick_share` is its say. `layers` are read of the
        encoder: named here, so that a model of others is not taken for one of these. `cache` keeps
        the vectors of training texts, below the project.
        """
        return {
            "sizes": [2, 5],
            "inverse_regularisation": 30.0,
            "weights": {},
            "sure": 0.8,
            "danger_hint": 0.03,
            "quick_share": 0.3,
            "layers": LAYERS,
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
            quick = NgramModel.load(folder / _QUICK)
            full = NgramModel.load(folder / _FULL) if (folder / _FULL).exists() else None
        return cls(config, model_storage, resource, quick, full)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents of all variants together."""
        examples = [e for e in training_data.intent_examples if e.get("text")]
        texts = [for_counting(example.get("text")) for example in examples]
        labels = [example.get("intent") for example in examples]
        # Imported here: the worker never learns, and has no need of what this needs.
        from bot.components.learning import Lines  # noqa: PLC0415

        lines = Lines(texts, tuple(self._config["sizes"]))
        strength = {
            "inverse_regularisation": self._config["inverse_regularisation"],
            "weights": self._config["weights"],
        }
        self._quick = lines.fit(labels, **strength)
        cache = Path(__file__).resolve().parents[2] / self._config["cache"]
        vectors = encode_all([example.get("text") for example in examples], cache)
        if vectors is not None:
            # It begins where the quick one ended, and a looser fit is as good.
            self._full = lines.fit(
                labels, vectors=vectors, start=self._quick, tolerance=1e-2, **strength
            )
        with self._storage.write_to(self._resource) as folder:
            self._quick.save(folder / _QUICK)
            if self._full is not None:
                self._full.save(folder / _FULL)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking on every message; a text with no letter has no intent."""
        for message in messages:
            written = message.get("text") or ""
            text = for_counting(written)
            ranking = []
            if self._quick is not None and any(character.isalpha() for character in text):
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
        """Return the quick model's guesses: five sentences must not cost five vectors."""
        if self._quick is None:
            return []
        best = (self._quick.predict(for_counting(part))[0] for part in sentences(written))
        return [{"name": name, "confidence": share} for name, share in best]

    def _ranking(self, written: str, text: str) -> list[tuple[str, float]]:
        if self._quick is None:
            return []
        ranking = self._quick.predict(text)
        danger = sum(share for name, share in ranking if name in DANGER_INTENTS)
        if self._full is None or (
            ranking[0][1] >= self._config["sure"] and danger <= self._config["danger_hint"]
        ):
            return ranking
        encoder = sentence_encoder()
        if encoder is None:
            return ranking
        full = self._full.predict(text, vector=encoder.encode(written))
        return _both(dict(ranking), full, self._config["quick_share"])


def _both(
    quick: Mapping[str, float], full: Sequence[tuple[str, float]], share: float
) -> list[tuple[str, float]]:
    """Return the shares of two models as one, by the weighted geometric mean of each."""
    joined = {name: quick[name] ** share * value ** (1 - share) for name, value in full}
    total = sum(joined.values())
    return sorted(
        ((name, value / total) for name, value in joined.items()),
        key=lambda each: each[1],
        reverse=True,
    )
