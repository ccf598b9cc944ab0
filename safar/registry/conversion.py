"""Whether a text asks what a sum is in another money: "and in taka?", "टाकामा कति हुन्छ?"."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

import regex

from safar.registry.money_schema import ConversionWords

_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{Nd}$€₹৳₱]+")
_MOST_WORDS: Final = 8
"""More words than that ask something else."""


class ConversionFinder:
    """Looks for a word for money in the form that means "in that money".

    Args:
        words: content/money.yaml, what stands before, behind, or is joined to the word.
        is_currency: tells words for money.
    """

    def __init__(self, words: ConversionWords, is_currency: Callable[[str], bool]) -> None:
        """Fold the words."""
        self._before = frozenset(map(_fold, words.before))
        self._after = frozenset(map(_fold, words.after))
        self._prefixes = tuple(map(_fold, words.prefixes))
        self._suffixes = tuple(map(_fold, words.suffixes))
        self._is_currency = is_currency

    def asked(self, text: str) -> tuple[int, int] | None:
        """Return where the word for money stands, in a short text with no number; else None."""
        if any(map(str.isdecimal, text)):
            return None
        words = list(_WORD.finditer(_fold(text)))
        if not 1 < len(words) <= _MOST_WORDS:
            return None
        said = [word.group() for word in words]
        for place, word in enumerate(said):
            before, after = said[max(place - 1, 0) : place], said[place + 1 : place + 2]
            beside = not self._before.isdisjoint(before) or not self._after.isdisjoint(after)
            if (beside and self._is_currency(word)) or self._joined(word):
                return words[place].start(), words[place].end()
        return None

    def _joined(self, word: str) -> bool:
        return any(
            word.endswith(end) and self._is_currency(word[: -len(end)]) for end in self._suffixes
        ) or any(
            word.startswith(start) and self._is_currency(word[len(start) :])
            for start in self._prefixes
        )


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
