"""Finds amounts of money in a text: numbers with the words of content/money.yaml around them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Generic, TypeVar

import regex

from safar.registry.numerals import Numeral, numerals
from safar.registry.schema import MoneyFile
from safar.registry.unspaced import begins, ends, unspaced

_Meaning = TypeVar("_Meaning")

_LETTERS: Final = r"\p{L}\p{M}$₹৳₱฿៛€£₽₫"
_WORD: Final = regex.compile(rf"[{_LETTERS}]+")
_AFTER: Final = regex.compile(rf"[\s-]{{0,3}}(?P<word>[{_LETTERS}]+)")
_BEFORE: Final = regex.compile(rf"(?P<word>[{_LETTERS}]+)(?P<gap>[.:\s]*)$")
_TWO_BEFORE: Final = regex.compile(rf"(?P<word>[{_LETTERS}°]+)[.:\s]+(?:[{_LETTERS}]+[.:\s]+)?$")
_PREFIXES: Final = frozenset("በለከየእ")
"""Amharic prepositions, written onto a number as onto a word."""
_ONE_LETTER: Final = regex.compile(r"\p{Latin}")
_RANGE: Final = regex.compile(r"\s*(?:-|–|to)\s*")
_LEAST_BARE: Final = 100
"""A smaller number with neither multiplier nor currency is a count, not money."""
_YEARS: Final = range(1990, 2101)
_THOUSANDTHS: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies of a thousand parts (ISO 4217, minor unit 3): there "1.500" is one and a half."""
_STEM: Final = "~"


@dataclass(frozen=True)
class FoundAmount:
    """An amount at [start, end); `currency` (ISO 4217) only where the text names it."""

    amount: Decimal
    currency: str | None
    start: int
    end: int
    known: bool = True
    """Whether a word beside the number says that it is money, or multiplies it."""


class _Words(Generic[_Meaning]):
    """Look-up of words; one that ends in "~" stands for all that begin with it."""

    def __init__(self, words: Mapping[str, _Meaning]) -> None:
        self.whole = {word: means for word, means in words.items() if not word.endswith(_STEM)}
        self._stems = {word[:-1]: means for word, means in words.items() if word.endswith(_STEM)}
        self._unspaced = sorted(
            (word for word in (*self.whole, *self._stems) if unspaced(word[-1])), key=len
        )

    def at_start(self, word: str) -> tuple[_Meaning, int] | None:
        """Return what `word` means and how many of its letters say so."""
        if word in self.whole:
            return self.whole[word], len(word)
        for length in range(len(word), 0, -1):
            if word[:length] in self._stems:
                return self._stems[word[:length]], len(word)
        for known in reversed(self._unspaced):
            if word.startswith(known) and ends(word, len(known)):
                return self.whole.get(known, self._stems.get(known)), len(known)  # type: ignore[return-value]
        return None

    def at_end(self, word: str) -> tuple[_Meaning, int] | None:
        """Return what the end of `word` means: "သိန်း" before its number, with no space."""
        if word in self.whole:
            return self.whole[word], len(word)
        for known in reversed(self._unspaced):
            if word.endswith(known):
                return self.whole.get(known, self._stems.get(known)), len(known)  # type: ignore[return-value]
        return None


class AmountFinder:
    """Reads numbers with the words before and after them.

    Args:
        words: content/money.yaml. A word shared by several currencies (rupees) is left open.
    """

    def __init__(self, words: MoneyFile) -> None:
        """Index the words."""
        factors: dict[str, int] = {}
        leading: dict[str, int] = {}
        for entry in words.multipliers:
            for word in entry.words:
                factors[_fold(word)] = entry.value
            for word in entry.leading:
                leading[_fold(word)] = entry.value
        self._factors, self._leading = _Words(factors), _Words(leading)
        currencies: dict[str, str | None] = {}
        for currency in words.currencies:
            for word in (*currency.words, currency.currency):
                key = _fold(word)
                known = currencies.get(key, currency.currency)
                currencies[key] = currency.currency if known == currency.currency else None
        for shared in words.shared:
            currencies.update((_fold(word), None) for word in shared.words)
        self._currencies = _Words(currencies)
        self._numbers = _Words(
            {_fold(word): entry.value for entry in words.numbers for word in entry.words}
        )
        self._units = _Words(dict.fromkeys(map(_fold, words.units), True))
        self._numbered = _Words(dict.fromkeys(map(_fold, words.numbered), True))

    def find(self, text: str) -> list[FoundAmount]:
        """Return the amounts in `text` in order."""
        # Folding may lengthen a letter; then places in the folded text are no places in the text.
        folded = _fold(text)
        source = folded if len(folded) == len(text) else text
        found = sorted(
            (*self._written(source), *self._in_words(source), *self._in_runs(source)),
            key=lambda each: each.start,
        )
        return list(_joined(found, source))

    def is_currency(self, word: str) -> bool:
        """Whether `word` is a word for money."""
        return self._currencies.at_start(_fold(word)) is not None

    def _written(self, text: str) -> Iterator[FoundAmount]:
        last = None
        for numeral in numerals(text):
            amount = self._amount(text, numeral)
            if amount is not None:
                if last is not None:
                    shared = self._range(text, last, amount, numeral)
                    if shared is not None:
                        yield shared
                yield amount
                last = None
            else:
                last = numeral if not numeral.long else None

    def _amount(  # noqa: PLR0912 - one custom of writing each
        self, text: str, numeral: Numeral
    ) -> FoundAmount | None:
        start, end, known = numeral.start, numeral.end, False
        before = _BEFORE.search(text, 0, start)
        glued = before is not None and not before["gap"]
        factor = self._after(self._factors, text, end)
        if factor is not None and text[end] == " " and _lone_letter(text, end):
            factor = None  # "18 k": in Sinhala a plural; a thousand is written "18k"
        value = numeral.value
        if factor is not None:
            value, end, known = numeral.exact * factor[0], factor[1], True
        currency: str | None = None
        after = self._after(self._currencies, text, end)
        if after is not None:
            currency, end, known = after[0], after[1], True
        if before is not None:
            if glued and before["word"][-1] in _PREFIXES:
                glued = False
            leading = self._leading.at_end(before["word"]) if factor is None else None
            if leading is not None and glued and not unspaced(before["word"][-1]):
                leading = None  # "laki2" is "laki-laki", men
            if leading is not None:
                value, known = numeral.exact * leading[0], True
                start, glued = before.end("word") - leading[1], False
                before = _BEFORE.search(text, 0, start)
            named = self._currencies.at_end(before["word"]) if before is not None else None
            if before is not None and named is not None and after is None:
                currency, known, glued = named[0] or currency, True, False
                start = before.end("word") - named[1]
        if glued or (not known and self._names_a_number(text, start, end)):
            return None  # "A1500", "RL 1234"
        if not known and text[numeral.start].isdecimal() and _zero(text[numeral.start]):
            return None  # "0812": the beginning of a telephone number
        if not known and (numeral.long or self._after(self._units, text, end) is not None):
            return None
        if not known and (value < _LEAST_BARE or int(value) in _YEARS):
            return None
        if factor is None and currency in _THOUSANDTHS:
            value = numeral.exact if value == numeral.value else value
        return FoundAmount(value, currency, start, end, known)

    def _names_a_number(self, text: str, start: int, end: int) -> bool:
        """Whether words around say that the number is a licence's, a case's or a house's."""
        before = _BEFORE.search(text, 0, start)
        if before is not None and self._numbered.at_end(before["word"]):
            return True
        two = _TWO_BEFORE.search(text, 0, start)
        return bool(
            (two is not None and self._numbered.at_end(two["word"]))
            or self._after(self._numbered, text, end)
        )

    def _range(
        self, text: str, first: Numeral, second: FoundAmount, numeral: Numeral
    ) -> FoundAmount | None:
        """Return the lower end of "10-15 lakh", whose word stands once, after the upper."""
        if not _RANGE.fullmatch(text, first.end, numeral.start) or numeral.exact == 0:
            return None
        value = first.exact * (second.amount / numeral.exact)
        if value < _LEAST_BARE or first.exact >= numeral.exact:
            return None
        return FoundAmount(value, second.currency, first.start, first.end)

    def _in_words(self, text: str) -> Iterator[FoundAmount]:
        """Find "ek lakh", "dalawang libo", "laki mbili": a number in words beside a multiplier."""
        words = list(_WORD.finditer(text))
        for one, other in zip(words, words[1:], strict=False):
            if text[one.end() : other.start()].strip():
                continue
            pair = self._pair(one.group(), other.group())
            if pair is None:
                continue
            end, currency = other.end(), None
            after = self._after(self._currencies, text, end)
            if after is not None:
                currency, end = after
            yield FoundAmount(pair, currency, one.start(), end)

    def _in_runs(self, text: str) -> Iterator[FoundAmount]:
        """Find a number in words that is written together with its multiplier: "ငါးသိန်း"."""
        for run in _WORD.finditer(text):
            word = run.group()
            if not unspaced(word[0]) and not unspaced(word[-1]):
                continue
            for at in range(len(word)):
                if at and not begins(word, at):
                    continue
                number = self._numbers.at_start(word[at:])
                if number is None or number[1] == len(word) - at:
                    continue
                factor = self._factors.at_start(word[at + number[1] :])
                if factor is not None:
                    start = run.start() + at
                    length = number[1] + factor[1]
                    yield FoundAmount(number[0] * factor[0], None, start, start + length)
                    break

    def _pair(self, one: str, other: str) -> Decimal | None:
        number, factor = self._numbers.at_start(one), self._factors.at_start(other)
        if number is None or factor is None:
            number, factor = self._numbers.at_start(other), self._leading.at_start(one)
        return None if number is None or factor is None else number[0] * factor[0]

    @staticmethod
    def _after(words: _Words[_Meaning], text: str, position: int) -> tuple[_Meaning, int] | None:
        match = _AFTER.match(text, position)
        found = words.at_start(match["word"]) if match is not None else None
        return (
            None if found is None or match is None else (found[0], match.start("word") + found[1])
        )


def _joined(found: Iterable[FoundAmount], text: str) -> Iterator[FoundAmount]:
    """Make "2 lakh 50 hajar" one amount, and leave out what overlaps an amount already taken."""
    last: FoundAmount | None = None
    for each in found:
        if last is None:
            last = each
        elif each.start < last.end:
            last = max(last, each, key=lambda amount: amount.end - amount.start)
        elif (
            not text[last.end : each.start].strip()
            and last.currency is None
            and each.amount < _roundness(last.amount)
            and _multiplied(last, text)
            and _multiplied(each, text)
        ):
            last = replace(each, amount=last.amount + each.amount, start=last.start)
        else:
            yield last
            last = each
    if last is not None:
        yield last


def _roundness(amount: Decimal) -> int:
    """Return the greatest power of ten that divides `amount`: what may still be added to it."""
    whole = str(int(amount))
    return int(10 ** (len(whole) - len(whole.rstrip("0"))))


def _zero(digit: str) -> bool:
    return unicodedata.digit(digit) == 0


def _lone_letter(text: str, at: int) -> bool:
    """Whether the word after the space at `at` is one Latin letter."""
    match = _AFTER.match(text, at)
    return match is not None and bool(_ONE_LETTER.fullmatch(match["word"]))


def _multiplied(amount: FoundAmount, text: str) -> bool:
    """Whether the amount has a word beside its number."""
    return any(letter.isalpha() for letter in text[amount.start : amount.end])


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()
