"""Looks for many patterns at once: only those of which the text has a word are tried."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from safar.registry.offers.patterns import Pattern
from safar.registry.offers.text import LONGEST_START, OfferText

KeyT = TypeVar("KeyT", bound=Hashable)


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
        self._held: dict[str, list[tuple[str, int]]] = {}
        for number, (_, pattern) in enumerate(self._patterns):
            for anchor in pattern.anchors:
                if anchor.how == "word":
                    self._words.setdefault(anchor.text, []).append(number)
                elif anchor.how == "stem":
                    key = anchor.text[:LONGEST_START]
                    self._starts.setdefault(key, []).append((anchor.text, number))
                else:
                    self._held.setdefault(anchor.text[0], []).append((anchor.text, number))

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
        for word in self._words.keys() & text.words_set:
            found.update(self._words[word])
        for start in self._starts.keys() & text.by_start.keys():
            words = text.by_start[start]
            found.update(
                number
                for stem, number in self._starts[start]
                if stem == start or any(word.startswith(stem) for word in words)
            )
        for letter in self._held.keys() & text.letters:
            found.update(
                number
                for held, number in self._held[letter]
                if held in text.words or held in text.joined
            )
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
