"""Reads the numbers below the multipliers: digits, "kumi na moja", "hai mươi lăm"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from safar.registry.money_tokens import Token, near
from safar.registry.money_words import Meaning
from safar.registry.numerals import Numeral

_TEN: Final = 10
HUNDRED: Final = 100
THOUSAND: Final = 1000
_JOINED: Final = 2
"""Words that go on: the one that joins, and the number."""
SHORT: Final = 3
_POINTS: Final = frozenset({".", ". "})
"""What ends a word that is cut short: "тыс. руб", "40т.р."."""


@dataclass(frozen=True)
class Sum:
    """A number that was read from the tokens up to `after`.

    `unit` is its last multiplier, 0 if none; `numeral` what its digits were; `alone` says that it
    is a multiplier without a number; `words` counts the words of it.
    """

    value: Decimal
    after: int
    unit: int = 0
    numeral: Numeral | None = None
    alone: bool = False
    words: int = 0


class CountReader:
    """Reads such numbers of one text.

    Args:
        text: the text, folded.
        tokens: its numbers and words.
    """

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        """Keep the text."""
        self._text, self._tokens = text, tokens

    def count(self, at: int) -> Sum | None:
        """Return a number below the multipliers: digits, or words such as "kumi na moja"."""
        if at >= len(self._tokens):
            return None
        numeral = self._tokens[at].numeral
        value = self._value(at)
        if value is None:
            return None
        pointed = self._pointed(value, at + 1)
        if pointed is not None:
            return pointed
        return self._words(at, value) if numeral is None else self._digits(at, numeral)

    def _digits(self, at: int, numeral: Numeral) -> Sum:
        """Return digits, with "hundred" behind them."""
        means = self._beside(at + 1)
        factor = means.factor if means is not None else None
        if factor in (_TEN, HUNDRED) and numeral.value < HUNDRED:
            return Sum(numeral.exact * factor, at + 2, numeral=numeral, words=1)
        return Sum(numeral.value, at + 1, numeral=numeral)

    def _words(self, at: int, value: Decimal) -> Sum:
        """Return the number in words whose first word is worth `value`."""
        done, now = Decimal(0), value
        after, words = at + 1, 1
        while (means := self._beside(after)) is not None:
            step = 1
            if means.joins and self._beside(after + 1) is not None:
                step, means = _JOINED, self._tokens[after + 1].means or means
            times = self._small(after, means, now) if step == 1 else 0
            if times:
                now *= times
            elif means.number is not None and self._adds(done + now, means.number, after, step):
                if step == 1 and (means.factor or 0) >= THOUSAND:
                    break  # "panas das": of its two meanings the multiplier
                done, now = done + now, means.number
            else:
                break
            after, words = after + step, words + 1
        return Sum(done + now, after, words=words)

    def _small(self, at: int, means: Meaning, now: Decimal) -> int:
        """Return ten or a hundred, if the word at `at` multiplies what was read by it."""
        if means.factor == _TEN and now < _TEN:
            return _TEN
        if means.factor == HUNDRED and 0 < now < HUNDRED:
            # "elfu mbili mia tano": it begins the hundreds.
            return 0 if means.leading and self._leads(at) else HUNDRED
        return 0

    def _beside(self, at: int) -> Meaning | None:
        """Return what the word at `at` means, if it stands beside the token before it."""
        if not 0 < at < len(self._tokens):
            return None
        return self._tokens[at].means if self._near(at) else None

    def _near(self, at: int) -> bool:
        """Whether the token at `at` stands beside the one before it, or behind its point."""
        before, token = self._tokens[at - 1], self._tokens[at]
        if near(self._text, before, token):
            return True
        short = before.means is not None and before.means.factor is not None
        gap = self._text[before.end : token.start]
        return short and before.end - before.start <= SHORT and gap in _POINTS

    def _near_token(self, at: int) -> Token | None:
        return self._tokens[at] if at < len(self._tokens) and self._near(at) else None

    def _value(self, at: int) -> Decimal | None:
        token = self._tokens[at]
        if token.numeral is not None:
            return token.numeral.exact
        return token.means.number if token.means is not None else None

    def _pointed(self, whole: Decimal, at: int) -> Sum | None:
        """Read the decimals of "dua koma lima juta"; a multiplier must follow them."""
        point = self._beside(at)
        if point is None or not point.decimal or self._near_token(at + 1) is None:
            return None
        part = self._value(at + 1)
        follows = self._beside(at + 2)
        if part is None or part >= _TEN or follows is None or not follows.factor:
            return None
        return Sum(whole + part / _TEN, at + 2, words=3)

    def _adds(self, to: Decimal, number: Decimal, at: int, step: int) -> bool:
        """Whether `number` may be added to what was read so far: 5 to 20, 50 to 300."""
        if number != int(number) or to != int(to):
            return False
        if step == _JOINED and to < _TEN <= number < HUNDRED and number % _TEN == 0:
            # Arabic: five and twenty. A multiplier before it says 1050: "elfu moja na hamsini".
            follows = self._beside(at + step)
            return follows is not None and (bool(follows.factor) or follows.money)
        if number >= roundness(to):
            return False
        if step == 1 and number < _TEN and to % HUNDRED == 0:
            follows = self._beside(at + 1)  # "panch sau hai" is no 502, but "một trăm hai mươi"
            return follows is not None and follows.factor == _TEN
        return True

    def _leads(self, at: int) -> bool:
        """Whether a number follows the multiplier at `at`, of a script with spaces."""
        follows = self._near_token(at + 1)
        if follows is None or self._tokens[at].end == follows.start:
            return False
        return follows.numeral is not None or self._value(at + 1) is not None


def roundness(amount: Decimal) -> int:
    """Return the greatest power of ten that divides `amount`: what may still be added to it."""
    whole = str(int(amount))
    return int(10 ** (len(whole) - len(whole.rstrip("0"))))
