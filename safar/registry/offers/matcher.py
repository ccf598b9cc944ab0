"""Finds the signs of a text by the words of all variants, or of some."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from safar.registry.offers.index import PatternIndex, Span
from safar.registry.offers.letters import COMMA, END, QUESTION
from safar.registry.offers.patterns import AMOUNT, NUMBER, read_pattern
from safar.registry.offers.schema import FLAGS, FlagId, OfferWords, RedFlagFile, RedFlagWords
from safar.registry.offers.text import OfferText

ENGLISH: Final = "en"
_BEFORE, _AFTER = 3, 1
"""Words that may stand between a negation and what it denies."""
_WHOLE_QUESTION: Final = 4
_ENDS: Final = (f" {END} ", f" {QUESTION} ")


class Hit(NamedTuple):
    """A sign found by the words of a variant, at a place of the one form."""

    flag: FlagId
    variant: str
    span: Span


@dataclass(frozen=True)
class _File:
    """What one variant's file cancels by, and what kind of text it tells."""

    variant: str
    unless: dict[FlagId, PatternIndex[None]]
    before: PatternIndex[None]
    after: PatternIndex[None]
    questions: PatternIndex[None]


def _index(patterns: Iterable[str]) -> PatternIndex[None]:
    return PatternIndex((None, read_pattern(pattern)) for pattern in patterns)


class OfferMatcher:
    """Patterns of all variants. Build it once a registry; it never changes and is thread-safe.

    Args:
        head: which signs can be denied.
        files: the words of all variants.
    """

    def __init__(self, head: RedFlagFile, files: Collection[RedFlagWords]) -> None:
        """Sort the patterns."""
        self._deniable = frozenset(flag.id for flag in head.flags if flag.deniable)
        self._find = PatternIndex(
            ((flag, file.variant), pattern)
            for file in files
            for flag in FLAGS
            for pattern in file.patterns(flag)
        )
        self._files = {
            file.variant: _File(
                file.variant,
                {flag: _index(words.unless) for flag, words in file.flags.items()},
                _index(file.negations.before),
                _index(file.negations.after),
                _index(file.questions),
            )
            for file in files
        }
        self._kinds: dict[str, PatternIndex[str]] = {
            name: PatternIndex(
                (file.variant, read_pattern(pattern))
                for file in files
                for pattern in getattr(file.words, name)
            )
            for name in OfferWords.model_fields
        }

    def hits(self, text: OfferText, variants: Collection[str] | None = None) -> list[Hit]:
        """Return the signs in `text` that nothing cancels.

        Args:
            text: the text as read.
            variants: whose words are looked for; None for all.
        """
        found = [
            Hit(flag, variant, span)
            for (flag, variant), span in self._find.find(text)
            if variants is None or variant in variants
        ]
        if not found:
            return found
        standing: list[Hit] = []
        for variant in dict.fromkeys(hit.variant for hit in found):
            file = self._files[variant]
            own = [hit for hit in found if hit.variant == variant]
            standing += self._standing(text, file, own)
        # What a language denies is denied though others know the words, too: "walang visa fee" has
        # English ones, and neighbours share theirs: "agent ko paisa" is Hindi, Urdu and Nepali.
        denied = [hit for hit in found if hit.variant != ENGLISH and hit not in standing]
        return [
            hit
            for hit in standing
            if not any(
                other.flag == hit.flag
                and other.variant != hit.variant
                and other.span.meets(hit.span)
                for other in denied
            )
        ]

    def words(self, kind: str, text: OfferText, variants: Collection[str] | None) -> list[Span]:
        """Return where words of a kind (`offer`, `wage`…) stand, those within others left out."""
        spans = sorted(
            span
            for variant, span in self._kinds[kind].find(text)
            if variants is None or variant in variants
        )
        apart: list[Span] = []
        for span in spans:
            if not apart or not span.meets(apart[-1]):
                apart.append(span)
        return apart

    def has(self, kind: str, text: OfferText, variants: Collection[str] | None) -> bool:
        """Whether a word of a kind stands in the text."""
        return any(
            variants is None or variant in variants for variant, _ in self._kinds[kind].find(text)
        )

    def _standing(self, text: OfferText, file: _File, hits: list[Hit]) -> list[Hit]:
        """Return the hits of a file that neither it nor the English one cancels.

        English words stand in texts of every language, so their cancelling must, too.
        """
        standing = _Cancelling(text, file, self._deniable).keep(hits)
        english = self._files.get(ENGLISH)
        if english is None or english is file or not standing:
            return standing
        return _Cancelling(text, english, self._deniable).keep(standing)


class _Cancelling:
    """What a file cancels in a text, looked up once and only if need be."""

    def __init__(self, text: OfferText, file: _File, deniable: Collection[FlagId]) -> None:
        self._text, self._file, self._deniable = text, file, deniable
        self._found: dict[str, list[Span]] = {}

    def keep(self, hits: list[Hit]) -> list[Hit]:
        return [hit for hit in hits if not self._cancelled(hit)]

    def _cancelled(self, hit: Hit) -> bool:
        file, words = self._file, self._text.words
        unless = file.unless.get(hit.flag)
        if unless and any(span.meets(hit.span) for span in self._spans(hit.flag, unless)):
            return True
        if hit.flag in self._deniable and (
            any(
                _denies(words, span, hit.span, _BEFORE)
                for span in self._spans("before", file.before)
            )
            or any(
                _denies(words, hit.span, span, _AFTER) for span in self._spans("after", file.after)
            )
        ):
            return True
        sentence = sentence_of(words, hit.span)
        if _has_amount(words[sentence.start : sentence.end]):
            return False
        return _asks(words, sentence) or any(
            sentence.meets(span) for span in self._spans("questions", file.questions)
        )

    def _spans(self, name: str, index: PatternIndex[None]) -> list[Span]:
        if name not in self._found:
            self._found[name] = [span for _, span in index.find(self._text)]
        return self._found[name]


def sentence_of(words: str, span: Span) -> Span:
    """Return the sentence around `span`."""
    start = max(words.rfind(end, 0, span.start + 1) for end in _ENDS)
    ends = [at for end in _ENDS if (at := words.find(end, max(span.end - 1, 0))) >= 0]
    return Span(max(start, 0), min(ends, default=len(words)))


def words_between(words: str, one: Span, other: Span) -> int | None:
    """Return how many words stand between two places, None across the end of a sentence."""
    first, second = sorted((one, other))
    if first.end >= second.start:
        return 0
    between = words[first.end : second.start]
    if END in between or QUESTION in between:
        return None
    return len(between.split())


def _denies(words: str, first: Span, second: Span, most: int) -> bool:
    if first.meets(second) or first.start > second.start:
        return False
    between = words[first.end : second.start].split()
    return len(between) <= most and not any(word in (END, QUESTION, COMMA) for word in between)


def _asks(words: str, sentence: Span) -> bool:
    """Whether a sentence ends with a question mark; "No contract?" alone is a salesman's."""
    asks = words.startswith(f" {QUESTION} ", sentence.end)
    return asks and len(words[sentence.start : sentence.end].split()) >= _WHOLE_QUESTION


def _has_amount(words: str) -> bool:
    return AMOUNT in words or NUMBER in words
