"""Looks for many patterns at once: only those of which the text has a word are tried."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Final, Generic, NamedTuple, TypeVar

from safar.registry.offers.patterns import Pattern
from safar.registry.offers.text import OfferText

KeyT = TypeVar("KeyT", bound=Hashable)
_LONGEST_START: Final = 5
"""Letters by which stems are sorted; a shorter stem by as many as it has."""


class Span(NamedTuple):
    """A place in the one form of a text: [start, end)."""

    start: int
    end: int

    def meets(self, other: Span) -> bool:
        """Whether the two share a letter."""
        return self.start < other.end and other.start < self.end


class PatternIndex(Generic[KeyT]):
    """Patterns, each with a key that says what was found. It never changes."""

    def __init__(self, patterns: Iterable[tuple[KeyT, Pattern]]) -> None:
        """Sort the patterns by their anchors."""
        self._patterns = list(patterns)
        self._words: dict[str, list[int]] = {}
        self._starts: dict[str, list[tuple[str, int]]] = {}
        self._held: list[tuple[str, int]] = []
        for number, (_, pattern) in enumerate(self._patterns):
            for anchor in pattern.anchors:
                if anchor.how == "word":
                    self._words.setdefault(anchor.text, []).append(number)
                elif anchor.how == "stem":
                    key = anchor.text[:_LONGEST_START]
                    self._starts.setdefault(key, []).append((anchor.text, number))
                else:
                    self._held.append((anchor.text, number))

    def find(self, text: OfferText) -> Iterator[tuple[KeyT, Span]]:
        """Yield every place of every pattern."""
        for number in sorted(self._possible(text)):
            key, pattern = self._patterns[number]
            where = text.joined if pattern.anywhere else text.words
            for match in pattern.regex.finditer(where):
                yield (
                    key,
                    _in_words(text, match.span()) if pattern.anywhere else Span(*match.span()),
                )

    def first(self, text: OfferText) -> KeyT | None:
        """Return the key of a pattern that stands in the text, if one does."""
        return next((key for key, _ in self.find(text)), None)

    def _possible(self, text: OfferText) -> set[int]:
        found: set[int] = set()
        starts = self._starts
        for word in text.words_set:
            if word in self._words:
                found.update(self._words[word])
            if starts:
                for length in range(1, min(len(word), _LONGEST_START) + 1):
                    for stem, number in starts.get(word[:length], ()):
                        if word.startswith(stem):
                            found.add(number)
        if self._held:
            words, joined = text.words, text.joined
            found.update(n for held, n in self._held if held in words or held in joined)
        return found


def _in_words(text: OfferText, span: tuple[int, int]) -> Span:
    """Return a span of the joined form as one of the form with spaces."""
    start, end = span
    place, places = 0, []
    for index, letter in enumerate(text.words):
        if letter != " ":
            if place == start or place == end - 1:
                places.append(index)
            place += 1
            if place >= end:
                break
    return Span(places[0], places[-1] + 1)
