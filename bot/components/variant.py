"""Which language variant a text is written in: script first, then character n-grams."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import regex
from babel.core import get_global
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.ngrams import NgramModel
from bot.components.text import for_counting
from safar.answers.resources import shared_resources
from safar.phrasing.languages import Languages

VARIANT = "variant"
"""Key of the message data: {"tag", "confidence", "letters"}."""

_SCRIPTS = {
    name: regex.compile(rf"(?V1)[\p{{Script={name}}}&&[\p{{L}}\p{{M}}]]")
    for name in "Deva Beng Arab Latn Taml Sinh Mymr Khmr Ethi Cyrl".split()
}


def script_of_variant(tag: str) -> str:
    """Return the script (ISO 15924) of a BCP 47 tag, by CLDR's likely subtags if it names none."""
    language, _, script = tag.partition("-")
    if script:
        return script
    return str(get_global("likely_subtags").get(language, "und_Latn").split("_")[1])


def script_of(text: str) -> tuple[str | None, int]:
    """Return the script most letters of `text` are in (ISO 15924) and how many letters it has."""
    counts = Counter({name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()})
    script, letters = counts.most_common(1)[0]
    return (script, letters) if letters else (None, 0)


def _evenly(labels: Sequence[str], most: int) -> list[int]:
    """Return the places of at most `most` of each label, spread over all that have it."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        places[label].append(place)
    return sorted(
        own[number * len(own) // min(len(own), most)]
        for own in places.values()
        for number in range(min(len(own), most))
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class VariantIdentifier(GraphComponent):
    """Sets `variant` on each message; abstains (tag None) where a text is too short to tell."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: NgramModel | None = None,
        languages: Languages | None = None,
    ) -> None:
        """Keep the stored model, if there is one, and which variants are alike."""
        self._config, self._storage, self._resource, self._model = config, storage, resource, model
        self._alike = {each.tag: frozenset(each.alike) for each in languages or ()}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return n-gram sizes, lines of a variant to learn from, and when nothing is said.

        A language is known from fewer lines than what people want; more only take time.
        """
        return {
            "sizes": [1, 4],
            "inverse_regularisation": 20.0,
            "most_lines": 4000,
            "abstain_below": 0.45,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> VariantIdentifier:
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
    ) -> VariantIdentifier:
        """Read the trained model; a damaged one stops the start, it is never passed over."""
        with model_storage.read_from(resource) as folder:
            model = NgramModel.load(folder)
        return cls(config, model_storage, resource, model, shared_resources().languages)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the `metadata: {variant: …}` that each intent of data/nlu/ carries.

        Raises:
            ValueError: an example has none; its variant would then be taken for another.
        """
        texts, labels = [], []
        for example in training_data.intent_examples:
            if not example.get("text"):
                continue
            tag = ((example.get("metadata") or {}).get("intent") or {}).get("variant")
            if not tag:
                raise ValueError(
                    f"An example of {example.get('intent')} in bot/data/nlu/ has no variant. Write "
                    "`metadata: {variant: …}` below the intent, with the name of the file."
                )
            texts.append(for_counting(example.get("text")))
            labels.append(tag)
        kept = _evenly(labels, self._config["most_lines"])
        # Imported here: the worker never learns, and has no need of what this needs.
        from bot.components.learning import Lines  # noqa: PLC0415

        lines = Lines([texts[place] for place in kept], tuple(self._config["sizes"]))
        self._model = lines.fit(
            [labels[place] for place in kept],
            inverse_regularisation=self._config["inverse_regularisation"],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training data as it is: no later component learns from the variant."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `variant` on every message."""
        for message in messages:
            text = message.get("text") or ""
            script, letters = script_of(text)
            tag, confidence = None, 0.0
            if self._model is not None and script is not None:
                among = [v for v in self._model.labels if script_of_variant(v) == script]
                tag, confidence = self._best(for_counting(text), among) if among else (None, 0.0)
            message.set(
                VARIANT,
                {"tag": tag, "confidence": confidence, "letters": letters},
                add_to_output=True,
            )
        return messages

    def _best(self, text: str, among: Sequence[str]) -> tuple[str | None, float]:
        """Return the variant and how sure that is; a text is sure to be of one of two alike."""
        if self._model is None:
            return None, 0.0
        ranking = self._model.predict(text, among)
        tag = ranking[0][0]
        alike = {tag, *self._alike.get(tag, ())}
        confidence = sum(share for each, share in ranking if each in alike)
        return (tag, confidence) if confidence >= self._config["abstain_below"] else (None, 0.0)
