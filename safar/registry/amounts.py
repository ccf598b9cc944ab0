"""Finds amounts of money in a text: numbers with the words of content/money.yaml around them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import regex

from safar.registry.counts import Sum
from safar.registry.money_schema import MoneyFile
from safar.registry.money_text import Folded, fold
from safar.registry.money_tokens import Token, near, tokens
from safar.registry.money_words import Lexicon, Meaning
from safar.registry.numerals import Numeral
from safar.registry.sums import SumReader

_BEFORE: Final = regex.compile(r"[.:=\s/-]{0,4}")
_NUMBERED: Final = regex.compile(r"[.:#\s/№-]{0,4}")
_RANGE: Final = regex.compile(r"\s*[-–—~]\s*")
_LATIN: Final = regex.compile(r"[\p{Latin}\p{Cyrillic}]")
_LONGEST_CODE: Final = 6
_CODE: Final = regex.compile(r"(?<!\p{L})\p{Lu}{1,4}[/-]$")
"""Letters of a number that is a name: "VN-4471", "MPD/2345"."""
_PERCENT: Final = regex.compile(r"\s?[%٪]")
_WRITTEN_ON: Final = frozenset({"b", "bi", "f", "l", "P"})
"""Arabic prepositions in Latin letters, which are written onto a number: "b1700"; P for pesos."""
_LEAST_GLUED: Final = 3
_LEAST_BARE: Final = 100
"""A smaller number with neither multiplier nor currency is a count, not money."""
_LEAST_WORDS: Final = 10
"""A smaller number in words beside money is often no number: "a dollar", "do taka"."""
_LEAST_ONE_WORD: Final = 200
_LEAST_RATE: Final = 24
"""So many hours has a day: "12 por día" are hours."""
_MOST_HOURS: Final = 1100
"""More hours or days than these, three years, are no count but what is paid for one."""
_YEARS: Final = frozenset({*range(1990, 2101)} - {2000})
"""2000 is rather a wage than a year."""
_THOUSANDTHS: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies of a thousand parts (ISO 4217, minor unit 3): there "1.500" is one and a half."""


@dataclass(frozen=True)
class FoundAmount:
    """An amount at [start, end); `currency` (ISO 4217) only where the text names it."""

    amount: Decimal
    currency: str | None
    start: int
    end: int
    known: bool = True
    """Whether a word beside the number says that it is money, or multiplies it."""


class AmountFinder:
    """Reads numbers with the words before and after them.

    Args:
        words: content/money.yaml. A word shared by several currencies (rupees) is left open.
    """

    def __init__(self, words: MoneyFile) -> None:
        """Index the words."""
        self._lexicon = Lexicon(words)
        self._services = frozenset(map(Decimal, words.services))

    def find(self, text: str) -> list[FoundAmount]:
        """Return the amounts in `text` in order."""
        folded = Folded(text)
        found = tokens(folded.text, self._lexicon)
        return _Search(folded, found, self._services).amounts() if found else []

    def is_currency(self, word: str) -> bool:
        """Whether `word` is a word for money."""
        key = fold(word)
        # Of a run of words without spaces the first one says it.
        means = self._lexicon.pieces(key)[0][2] if key else None
        return means is not None and means.money


class _Search:
    """One look through one text."""

    def __init__(
        self, folded: Folded, found: Sequence[Token], services: frozenset[Decimal]
    ) -> None:
        self._folded, self._text = folded, folded.text
        self._tokens, self._services = found, services
        self._taken = 0
        """The first token that belongs to no amount yet."""

    def amounts(self) -> list[FoundAmount]:
        """Return the amounts in order."""
        reader = SumReader(self._text, self._tokens)
        found: list[FoundAmount] = []
        lower: tuple[int, Numeral | Decimal] | None = None
        at = 0
        while at < len(self._tokens):
            token = self._tokens[at]
            read = None
            if token.numeral is not None or (token.means is not None and token.means.counted):
                read = reader.read(at)
            if read is None:
                at += 1
                continue
            amount = self._amount(at, read)
            if amount is None:
                joins = token.means is not None and token.means.ranges
                if not joins and (read.numeral is None or not read.numeral.long):
                    lower = (at, read.numeral or read.value)
                # Of words that are no amount the later ones may be: "do teen lakh".
                at = read.after if token.numeral is not None else at + 1
                continue
            shared = self._range(lower, at, read, amount)
            found += [shared, amount] if shared is not None else [amount]
            lower = None
            at = self._taken = max(read.after, self._taken)
        return found

    def _amount(self, at: int, read: Sum) -> FoundAmount | None:
        """Return the amount that was read at `at`, unless its neighbours say that it is none."""
        before, after = self._money_before(at), self._money_after(read.after)
        if before is not None and after is not None:
            # "rs 500 rs 300": the second word is of the second number.
            follows = self._tokens[read.after + 1 : read.after + 2]
            if follows and follows[0].numeral is not None:
                after = None
        money = after or before
        if money is not None:
            sure = self._named(at, read, before, after)
        else:
            sure = not read.alone and self._unnamed(at, read)
        if not sure:
            return None
        value, currency = read.value, money.currency if money is not None else None
        first, last = at, read.after - 1
        if after is not None:
            last = read.after
        elif before is not None:
            first = at - 1
        if read.numeral is not None and not read.words and currency in _THOUSANDTHS:
            value = read.numeral.exact
        self._taken = last + 1
        return FoundAmount(
            value,
            currency,
            self._folded.place(self._tokens[first].start),
            self._folded.place(self._tokens[last].end),
            money is not None or bool(read.unit) or self._rate(read),
        )

    def _named(self, at: int, read: Sum, before: Meaning | None, after: Meaning | None) -> bool:
        """Whether a number beside a word for money is a sum of it."""
        if read.alone:
            return self._one(at, after, before)
        if self._tokens[at].numeral is not None:
            return not self._glued(at, known=True, unit=read.unit, last=read.after - 1)
        if self._vague(at, read):
            return False
        if read.unit:
            return True
        # "re sathi": a word for money before the number is sure if it is one of some letters.
        word = self._tokens[at - 1]
        short = after is None and word.end - word.start < _LEAST_GLUED
        return read.value >= _LEAST_WORDS and not short

    def _unnamed(self, at: int, read: Sum) -> bool:
        """Whether a number with no word for money beside it is a sum."""
        known = bool(read.unit)
        if self._vague(at, read) or self._counted(at, read):
            return False
        if self._glued(at, known=known, unit=read.unit, last=read.after - 1):
            return False
        return known or self._rate(read) or self._bare(at, read)

    def _vague(self, at: int, read: Sum) -> bool:
        """Whether a multiplier that is a word by itself follows "how many"."""
        alone = self._tokens[at].numeral is None and read.words == 1
        return alone and self._beside_vague(at)

    def _bare(self, at: int, read: Sum) -> bool:
        """Whether a number with no word for money is so much that it is one."""
        value, follows = read.value, self._follows(read.after)
        if value < _LEAST_BARE or (follows is not None and follows.hours and value < _MOST_HOURS):
            return False
        if self._numbered(at, read):
            return False
        numeral = read.numeral
        if numeral is None:
            return read.words > 1 or value >= _LEAST_ONE_WORD
        if numeral.long or _zero(self._text[numeral.start]):  # "0812": a telephone number begins
            return False
        return value not in self._services and not (int(value) in _YEARS and value == int(value))

    def _one(self, at: int, after: Meaning | None, before: Meaning | None) -> bool:
        """Whether a multiplier without a number means one: "lakh rupaye", "dola elfu"."""
        means = self._tokens[at].means
        if means is None or means.vague:
            return False
        if self._beside_vague(at):
            return False
        if after is not None:
            return means.factor is not None
        return before is not None and means.leading is not None

    def _beside_vague(self, at: int) -> bool:
        """Whether the word before asks how many, or is a number that was not read with it."""
        if not at or not near(self._text, self._tokens[at - 1], self._tokens[at]):
            return False
        token = self._tokens[at - 1]
        return token.numeral is not None or (token.means is not None and token.means.vague)

    def _money_before(self, at: int) -> Meaning | None:
        if at <= self._taken:
            return None
        token = self._tokens[at - 1]
        means = token.means
        if means is None or not means.money or means.behind:
            return None
        gap = self._text[token.end : self._tokens[at].start]
        return means if _BEFORE.fullmatch(gap) else None

    def _money_after(self, at: int) -> Meaning | None:
        means = self._follows(at)
        return means if means is not None and means.money else None

    def _follows(self, at: int) -> Meaning | None:
        """Return what the word at `at` means, if it stands beside the token before it."""
        if at >= len(self._tokens):
            return None
        before, token = self._tokens[at - 1], self._tokens[at]
        if near(self._text, before, token):
            return token.means
        short = before.means is not None and before.means.factor is not None
        gap = self._text[before.end : token.start]
        return token.means if short and gap in {".", ". "} else None

    def _rate(self, read: Sum) -> bool:
        """Whether the words behind say that it is paid for a time: "54 al día"."""
        follows = self._follows(read.after)
        return follows is not None and follows.rate and read.value > _LEAST_RATE

    def _glued(self, at: int, *, known: bool, unit: int, last: int) -> bool:
        """Whether letters stand at the number that make it a name: "A1500"."""
        token = self._tokens[at]
        if token.numeral is None or not at or self._tokens[at - 1].end != token.start:
            return False
        before = self._tokens[at - 1]
        if before.numeral is not None or not _LATIN.match(self._text, before.end - 1):
            return False
        place = self._folded.place
        word = self._folded.source[place(before.start) : place(before.end)]
        money = before.means is not None and before.means.money
        if token.end - token.start == 1 and word.isalpha():
            # "delwa2ty", "yen8o9": a digit for a letter. "Rp5jt", "b5 alf" are sums.
            apart = last > at and self._text[token.end] == " "
            return not (unit and (money or (apart and word in _WRITTEN_ON)))
        return not (money or word in _WRITTEN_ON or (known and len(word) >= _LEAST_GLUED))

    def _counted(self, at: int, read: Sum) -> bool:
        """Whether the words around make it a count, or a number of something."""
        end = self._tokens[read.after - 1].end
        if _PERCENT.match(self._text, end):
            return True
        follows = self._follows(read.after)
        if follows is not None and follows.thing:
            return True
        if at and near(self._text, self._tokens[at - 1], self._tokens[at]):
            means = self._tokens[at - 1].means
            return means is not None and means.counts
        return False

    def _numbered(self, at: int, read: Sum) -> bool:
        """Whether words around say that the number is a licence's, a case's or a house's."""
        token = self._tokens[at]
        if token.numeral is not None:
            start = self._folded.place(token.start)
            if _CODE.search(self._folded.source, max(0, start - _LONGEST_CODE), start):
                return True
            if not self._text[token.start : token.end].isdecimal():
                return False  # "dossier 150 000": nobody groups the digits of a case
        follows = self._follows(read.after)
        if follows is not None and follows.numbered:
            return True
        return self._numbered_before(at)

    def _numbered_before(self, at: int) -> bool:
        """Whether the word before, or the one before that, is one of those that are numbered."""
        words = 0
        for place in range(at - 1, max(-1, at - 4), -1):
            token = self._tokens[place]
            gap = self._text[token.end : self._tokens[place + 1].start]
            joined = "-" in gap or "/" in gap  # "no. 20-118"
            if not _NUMBERED.fullmatch(gap) or (token.numeral is not None and not joined):
                return False
            means = token.means
            if means is not None and (means.numbered or (means.labels and not words)):
                return True
            words += token.numeral is None
            if words > 1:
                return False
        return False

    def _range(
        self, lower: tuple[int, Numeral | Decimal] | None, at: int, read: Sum, upper: FoundAmount
    ) -> FoundAmount | None:
        """Return the lower end of "10-15 lakh", whose word stands once, after the upper."""
        if lower is None or not read.value:
            return None
        place, number = lower
        first, second = self._tokens[place], self._tokens[at]
        if place != at - 1:
            between = self._tokens[place + 1].means
            if place != at - 2 or between is None or not between.ranges:
                return None
        elif not _RANGE.fullmatch(self._text, first.end, second.start):
            return None
        exact = number.exact if isinstance(number, Numeral) else number
        count = self._count(second)
        value = exact * (upper.amount / count) if count else Decimal(0)
        if value < _LEAST_BARE or exact >= count:
            return None
        start, end = self._folded.place(first.start), self._folded.place(first.end)
        return FoundAmount(value, upper.currency, start, end)

    @staticmethod
    def _count(token: Token) -> Decimal:
        if token.numeral is not None:
            return token.numeral.exact
        if token.means is not None and token.means.number is not None:
            return token.means.number
        return Decimal(0)


def _zero(digit: str) -> bool:
    return unicodedata.digit(digit) == 0
