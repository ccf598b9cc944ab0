"""The last word on a message: danger wins, certain things beat guesses, doubt is said aloud."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.components.danger import DANGER
from bot.components.intents import DANGER_INTENTS, SENTENCES
from bot.components.lookup import LookupComponent, add_entity
from bot.components.text import normalise

FALLBACK = "nlu_fallback"
CERTAIN = 1.0
GUESSES = "guesses"
"""Key of the message data: the intents thought of, best first, when none is sure."""
ALSO = "also"
"""Key of the message data: what else was asked, in the order of its sentences."""
_KIND = {"emergency": "emergency", "abuse": "report_abuse"}
"""Kinds of danger words and what they mean."""
_NOT_OURS = "out_of_scope"
_QUESTIONS = frozenset({"ask", "check", "contact"})
"""How the names of intents begin that are questions with an answer of their own."""
_FEW_WORDS, _LITTLE_WORD = 2, 5
"""Words beside a place, and letters of each, that a preposition or a particle has at most."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Arbiter(LookupComponent):
    """Weighs what the components before it found and sets the final intent."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return what a guess must reach, and how little makes danger without a danger word.

        `threshold` is the least confidence, `margin` the least lead over the second guess,
        `danger_at` the sum of the danger intents' shares: low, since a needless number to call
        costs little, and a cry that is missed may cost a life. Where `not_ours` of the shares is
        for a question that is none of ours, a guess must reach `sure_of_ours`. `sentence_at` is
        what one sentence of several must reach to be heard by itself, `cry_at` what it must reach
        to be danger.
        """
        return {
            "threshold": 0.4,
            "margin": 0.05,
            "not_ours": 0.12,
            "sure_of_ours": 0.65,
            "danger_at": 0.1,
            "sentence_at": 0.6,
            "cry_at": 0.85,
        }

    def look_at(self, message: Message) -> None:
        """Set the final intent of one message."""
        text = normalise(message.get("text") or "")
        ranking: list[dict[str, Any]] = list(message.get("intent_ranking") or [])
        danger = message.get(DANGER) or {}
        score = sum(r["confidence"] for r in ranking if r["name"] in DANGER_INTENTS)
        apart = [
            guess
            for guess in message.get(SENTENCES) or []
            if guess["confidence"] >= self._config["sentence_at"]
        ]
        # A cry in one sentence must not drown in a long story of wages.
        cry = next(
            (
                guess
                for guess in apart
                if guess["name"] in DANGER_INTENTS and guess["confidence"] >= self._config["cry_at"]
            ),
            None,
        )
        questions = [guess for guess in apart if self._is_question(guess["name"])]
        doubtful = self._doubtful(ranking)
        message.set(DANGER, {**danger, "score": score}, add_to_output=True)

        language = self._resources.language_named(text)
        if danger.get("found"):
            self._decide(message, _KIND[danger["kind"]], CERTAIN)
        elif language is not None:
            add_entity(
                message,
                {
                    "entity": "language",
                    "value": language,
                    "start": 0,
                    "end": len(message.get("text") or ""),
                    "extractor": "Arbiter",
                },
            )
            self._decide(message, "change_language", CERTAIN)
        elif self._resources.is_menu_word(text):
            self._decide(message, "menu", CERTAIN)
        elif self._resources.is_farewell(text):
            self._decide(message, "goodbye", CERTAIN)
        elif (agreed := self._resources.yes_or_no(text)) is not None:
            self._decide(message, "affirm" if agreed else "deny", CERTAIN)
        elif self._place_alone(message):
            self._decide(message, "inform", CERTAIN)
        elif cry is None and self._asks_for_a_rate(text, ranking):
            message.set(GUESSES, [r["name"] for r in ranking], add_to_output=True)
            self._decide(message, FALLBACK, CERTAIN)
        elif score >= self._config["danger_at"] or cry is not None:
            best = max(
                (r for r in (*ranking, cry) if r and r["name"] in DANGER_INTENTS),
                key=lambda r: float(r["confidence"]),
            )
            message.set(DANGER, {**danger, "score": score, "found": True, "kind": None}, True)
            self._decide(message, best["name"], max(score, best["confidence"]))
        elif self._resources.offers().looks_like_offer(
            message.get("text") or "", self._resources.today()
        ):
            self._decide(message, "check_offer", CERTAIN)
        elif doubtful and (
            self._hardly_more_than_places(message) or self._resources.places().unsure(text)
        ):
            self._decide(message, "inform", self._config["threshold"])
        elif doubtful and questions:
            # Stories lead up to a question.
            clear = max(questions, key=lambda guess: float(guess["confidence"]))
            self._decide(message, clear["name"], clear["confidence"])
        elif doubtful:
            message.set(GUESSES, [r["name"] for r in ranking], add_to_output=True)
            self._decide(message, FALLBACK, 1 - (ranking[0]["confidence"] if ranking else 0.0))

        answered = message.get("intent")["name"]
        also = dict.fromkeys(guess["name"] for guess in questions)
        message.set(ALSO, [name for name in also if name != answered], add_to_output=True)

    def _is_question(self, intent: str) -> bool:
        """Whether an intent can be offered by a title of its own."""
        return (
            intent not in DANGER_INTENTS
            and intent.partition("_")[0] in _QUESTIONS
            and self._resources.catalogue.has(f"option.{intent}")
        )

    def _doubtful(self, ranking: list[dict[str, Any]]) -> bool:
        if not ranking or ranking[0]["confidence"] < self._config["threshold"]:
            return True
        best = ranking[0]["confidence"]
        second = ranking[1]["confidence"] if len(ranking) > 1 else 0.0
        if best - second < self._config["margin"]:
            return True
        foreign = any(
            guess["name"] == _NOT_OURS and guess["confidence"] >= self._config["not_ours"]
            for guess in ranking[1:]
        )
        return foreign and bool(best < self._config["sure_of_ours"])

    def _asks_for_a_rate(self, text: str, ranking: list[dict[str, Any]]) -> bool:
        """Whether a few words ask for another money and nothing else: "and in dollars?".

        The actions know what was talked of before, and say that no rate is known here.
        """
        if self._resources.conversion().asked(text) is None:
            return False
        best = ranking[0] if ranking else {"name": "", "confidence": 0.0}
        clear = best["confidence"] >= self._config["sure_of_ours"]
        return best["name"] == _NOT_OURS or not clear

    def _place_alone(self, message: Message) -> bool:
        """Whether a place stands alone or beside a yes or no: "Kuwait", "no, Kuwait"."""
        beside = self._beside_places(message)
        if beside is None:
            return False
        rest = " ".join(beside)
        return not rest or self._resources.yes_or_no(rest) is not None

    def _hardly_more_than_places(self, message: Message) -> bool:
        """Whether a place stands with no more than a little word or two: "in Oman?"."""
        beside = self._beside_places(message)
        return beside is not None and (
            len(beside) <= _FEW_WORDS and all(len(word) <= _LITTLE_WORD for word in beside)
        )

    @staticmethod
    def _beside_places(message: Message) -> list[str] | None:
        """Return the words that are no part of a place; None if there is no place."""
        text = message.get("text") or ""
        spans = [
            (entity["start"], entity["end"])
            for entity in message.get("entities") or []
            if entity["entity"] in ("origin", "destination")
        ]
        if not spans:
            return None
        rest = "".join(
            " " if any(start <= index < end for start, end in spans) else character
            for index, character in enumerate(text)
        )
        return normalise(rest).split()

    def _decide(self, message: Message, intent: str, confidence: float) -> None:
        message.set("intent", {"name": intent, "confidence": confidence}, add_to_output=True)
