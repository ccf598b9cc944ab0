"""Finds amounts of money in a text: local digits, lakh and crore, currency words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

import regex

from safar.registry.schema import MoneyFile

_Meaning = TypeVar("_Meaning")

_NUMBER = regex.compile(
    r"(?<![\p{L}\p{Nd}+])(?P<number>\p{Nd}{1,9}(?:[,٬]\p{Nd}{2,3})*(?:[.٫]\p{Nd}{1,2})?)(?!\p{Nd})"
)
_NEXT_WORD = regex.compile(r"[\s-]*([\p{L}\p{M}$₹৳₱€£₽₫.]+)")
_LAST_WORD = regex.compile(r"([\p{L}\p{M}$₹৳₱€£₽₫]+)[.\s]*$")
_LEAST_BARE = 100
"""A smaller number with neither multiplier nor currency is a count, not money."""
_YEARS = range(1990, 2101)


@dataclass(frozen=True)
class FoundAmount:
    """An amount at [start, end); `currency` (ISO 4217) only where the text names it.

    `known` is true where a multiplier or a word for money, be it of several currencies, is there.
    """

    amount: Decimal
    currency: str | None
    start: int
    end: int
    known: bool = True


class AmountFinder:
    """Reads numbers with the words before and after them.

    Args:
        words: content/money.yaml. A word shared by several currencies (rupees) is left open.
    """

    def __init__(self, words: MoneyFile) -> None:
        """Index the words."""
        self._multipliers = {
            _fold(word): entry.value for entry in words.multipliers for word in entry.words
        }
        self._currencies: dict[str, str | None] = {}
        for entry in words.currencies:
            for word in (*entry.words, entry.currency):
                key = _fold(word)
                known = self._currencies.get(key, entry.currency)
                self._currencies[key] = entry.currency if known == entry.currency else None

    def find(self, text: str) -> list[FoundAmount]:
        """Return the amounts in `text` in order."""
        return [found for found in self._read(text) if found is not None]

    def is_currency(self, word: str) -> bool:
        """Whether `word` is a word for money."""
        return _fold(word) in self._currencies

    def _read(self, text: str) -> Iterable[FoundAmount | None]:
        for match in _NUMBER.finditer(text):
            amount = _decimal(match["number"])
            start, end, known = match.start(), match.end(), False
            factor = self._word_after(text, end, self._multipliers)
            if factor is not None:
                amount, end, known = amount * factor[0], factor[1], True
            currency: str | None = None
            after = self._word_after(text, end, self._currencies)
            before = _LAST_WORD.search(text, 0, start)
            if after is not None:
                currency, end, known = after[0], after[1], True
            elif before is not None and _fold(before[1]) in self._currencies:
                currency, start, known = self._currencies[_fold(before[1])], before.start(), True
            if known or (amount >= _LEAST_BARE and int(amount) not in _YEARS):
                yield FoundAmount(amount, currency, start, end, known)

    @staticmethod
    def _word_after(
        text: str, position: int, words: dict[str, _Meaning]
    ) -> tuple[_Meaning, int] | None:
        match = _NEXT_WORD.match(text, position)
        if match is None:
            return None
        word = match[1].rstrip(".")
        key = _fold(word)
        return (words[key], match.start(1) + len(word)) if key in words else None


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()


def _decimal(number: str) -> Decimal:
    ascii_number = "".join(
        str(unicodedata.digit(c)) if c.isdigit() else "." if c in ".٫" else "" for c in number
    )
    return Decimal(ascii_number)
