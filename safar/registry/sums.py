"""Reads one number of money out of words and digits: "sadhe 3 lakh", "elfu kumi na moja"."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

import regex

from safar.registry.counts import HUNDRED, SHORT, THOUSAND, CountReader, Sum, roundness
from safar.registry.money_words import Meaning

_TEN: Final = 10
_LEAST_LOWER: Final = 20
"""A smaller number in words after "thousand" begins something else: "teen hajar do mahina"."""
_ENDING: Final = 10_000
"""A "k" after so much is a Sinhala ending, no thousand more: "30000k"."""
_CASED: Final = regex.compile(r"[\p{Latin}\p{Cyrillic}]")
_LATIN: Final = regex.compile(r"\p{Latin}")
_GOES_ON: Final = regex.compile(r"\s*[\p{L}\p{Nd}]")


class SumReader(CountReader):
    """Reads numbers of one text with what multiplies them and is added to them."""

    def read(self, at: int) -> Sum | None:
        """Return the number that begins with token `at`, the whole of it."""
        total = self._part(at)
        if total is None or not total.unit:
            return total
        ready = False
        while True:
            means = self._beside(total.after)
            if means is not None and means.after is not None:
                value = total.value + means.after * total.unit
                return replace(total, value=value, after=total.after + 1, alone=False)
            if (
                not ready
                and means is not None
                and (means.factor or 0) > total.unit
                and self._multiplies(total.after, total)
            ):
                factor = means.factor or 0
                total = replace(
                    total, value=total.value * factor, unit=factor, after=total.after + 1
                )
                continue
            lower = self._tenths(total) or self._lower(total, means)
            if lower is None:
                return total
            total, ready = lower, True

    def _part(self, at: int) -> Sum | None:
        """Return a number with its multiplier: "2 lakh", "elfu mbili", "sadhe teen hajar"."""
        means = self._tokens[at].means
        if means is not None:
            if means.more is not None:
                return self._more(at, means.more)
            led = self._led(at, means.leading) if means.leading is not None else None
            if led is not None:
                return led
            if means.sum is not None and means.unit is not None:
                return Sum(means.sum * means.unit, at + 1, means.unit, words=1)
        count = self.count(at)
        if count is not None:
            return self._times(count)
        return self._single(at, means) if means is not None else None

    def _single(self, at: int, means: Meaning) -> Sum | None:
        """Return a multiplier that stands without a number; what is around it says if it is one."""
        factor = means.factor or means.leading or 0
        short = self._tokens[at].end - self._tokens[at].start == 1
        if not factor or means.beside_money or means.after_digits or short:
            return None
        return Sum(Decimal(factor), at + 1, factor, alone=True, words=1)

    def _times(self, count: Sum) -> Sum:
        """Return `count` with the multiplier behind it, if one is there."""
        half = self._beside(count.after)
        if half is not None and half.after is not None and self._big(count.after + 1, count):
            count = replace(count, value=count.value + half.after, after=count.after + 1)
        factor = self._big(count.after, count)
        if not factor:
            return count
        exact = count.value
        if count.numeral is not None and count.value == count.numeral.value:
            exact = count.numeral.exact
        return Sum(exact * factor, count.after + 1, factor, words=count.words + 1)

    def _more(self, at: int, share: Decimal) -> Sum | None:
        """Read what follows "sadhe" (and a half), "sawa" (and a quarter), "paune" (less one)."""
        means = self._beside(at + 1)
        number = self._value(at + 1) if at + 1 < len(self._tokens) and self._near(at + 1) else None
        if number is not None:
            follows = self._beside(at + 2)
            if number >= HUNDRED and number % HUNDRED == 0:  # "সাড়ে চারশ": of the hundred
                return Sum(number + share * HUNDRED, at + 2, HUNDRED, words=2)
            if follows is None or follows.factor is None or follows.factor < HUNDRED:
                return None
            value = (number + share) * follows.factor
            return Sum(value, at + 3, follows.factor, words=3)
        if means is None or means.factor is None or means.factor < HUNDRED or means.leading:
            return None
        return Sum((1 + share) * means.factor, at + 2, means.factor, words=2)

    def _led(self, at: int, factor: int) -> Sum | None:
        """Read the number after a multiplier: "elfu mia tatu", "သိန်း ၅၀"."""
        if at + 1 >= len(self._tokens) or not self._near(at + 1):
            return None
        follows = self._tokens[at + 1]
        glued = follows.start == self._tokens[at].end
        if glued and _LATIN.match(self._text, self._tokens[at].end - 1):
            return None  # "laki2" is "laki-laki", men
        means = follows.means
        count: Sum | None = None
        if means is not None and means.leading == HUNDRED and factor > HUNDRED:
            count = self._led(at + 1, HUNDRED)
            if count is not None and self._joined_number(count) is not None:
                rest = self._joined_number(count)
                count = rest if rest is not None else count
        count = count or self.count(at + 1)
        if count is None or count.value >= max(THOUSAND, factor) or count.value <= 0:
            return None
        if factor == HUNDRED and count.value >= _TEN:
            return None
        exact = count.numeral.exact if count.numeral is not None else count.value
        return Sum(exact * factor, count.after, factor, words=count.words + 1)

    def _joined_number(self, count: Sum) -> Sum | None:
        """Return "mia tatu na hamsini", given what was read of "mia tatu"."""
        joins = self._beside(count.after)
        if joins is None or not joins.joins:
            return None
        rest = self.count(count.after + 1) if self._beside(count.after + 1) else None
        if rest is None or rest.value >= HUNDRED:
            return None
        return replace(
            count, value=count.value + rest.value, after=rest.after, words=count.words + rest.words
        )

    def _big(self, at: int, count: Sum) -> int:
        """Return the multiplier at `at`, if it does multiply `count`."""
        means = self._beside(at)
        if means is None or means.factor is None or means.factor < THOUSAND:
            return 0
        return means.factor if self._multiplies(at, count) else 0

    def _multiplies(self, at: int, count: Sum) -> bool:
        """Whether the multiplier at `at` is one, as it stands there."""
        token = self._tokens[at]
        if token.means is None or (token.means.beside_money and not self._money(at + 1)):
            return False
        if count.numeral is None and (
            token.means.after_digits or (token.means.leading and self._leads(at))
        ):
            return False  # "eka laksha 5": the one that costs five lakh
        if token.end - token.start > 1 or not _CASED.match(self._text, token.start):
            return True
        if count.numeral is None:
            return False
        if token.start == count.numeral.end:
            return count.numeral.value < _ENDING
        # "18 k": in Sinhala a plural; a thousand is written "18k". "12 к врачу": to the doctor.
        return not _LATIN.match(self._text, token.start) and (
            self._money(at + 1) or not _GOES_ON.match(self._text, token.end)
        )

    def _money(self, at: int) -> bool:
        means = self._beside(at)
        return means is not None and means.money

    def _tenths(self, total: Sum) -> Sum | None:
        """Read the digits of "3tr5" and "2 man 5"."""
        last = self._tokens[total.after - 1]
        if (
            last.means is None
            or not last.means.tenths
            or total.alone
            or total.after >= len(self._tokens)
        ):
            return None
        token = self._tokens[total.after]
        digits = self._text[token.start : token.end]
        glued = token.start == last.end
        if token.numeral is None:
            means = self._beside(total.after)
            number = means.number if means is not None else None
            if number is None or number >= _TEN or number != int(number) or token.means is None:
                return None
            digits = str(number)
        elif not digits.isdecimal() or not (glued or self._near(total.after)):
            return None
        if len(digits) > (SHORT if glued else 1):
            return None
        follows = self._beside(total.after + 1)
        if follows is not None and (follows.counts_it or follows.factor or follows.number):
            return None
        value = total.value + Decimal(digits) / _TEN ** len(digits) * total.unit
        return replace(total, value=value, after=total.after + 1, alone=False, unit=THOUSAND)

    def _lower(self, total: Sum, means: Meaning | None) -> Sum | None:
        """Read what is still added: "50 hajar" after "2 lakh", "quinientos" after "mil"."""
        joined = means is not None and means.joins
        at = total.after + 1 if joined else total.after
        if at >= len(self._tokens) or not self._near(at):
            return None
        part = self._part(at)
        if part is None or not self._fits(part, total, at, joined=joined):
            return None
        last = self._tokens[total.after - 1].means
        value, unit = part.value, part.unit or 1
        if not part.unit and last is not None and last.tenths and total.unit > THOUSAND:
            value = value * total.unit / THOUSAND  # "2 triệu 5 trăm": of thousands
        return Sum(total.value + value, part.after, unit, words=total.words + part.words)

    def _fits(self, part: Sum, total: Sum, at: int, *, joined: bool) -> bool:
        """Whether `part`, which was read at `at`, is added to `total`."""
        if part.alone or not 0 < part.value < roundness(total.value):
            return False
        if total.alone and self._tokens[at].numeral is not None:
            return False  # "lakhs 10k"
        if part.unit:
            return part.unit < total.unit
        if part.numeral is not None and not part.words:
            return not joined and self._hundreds(part, total)
        return self._spoken(part, total)

    def _hundreds(self, part: Sum, total: Sum) -> bool:
        """Whether digits are the hundreds after a thousand: "20 mil 500"."""
        last = self._tokens[total.after - 1]
        follows = self._beside(part.after)
        return (
            total.unit == THOUSAND
            and last.end - last.start > 1
            and not total.alone
            and HUNDRED <= part.value < THOUSAND
            and (follows is None or not follows.counts_it)
        )

    def _spoken(self, part: Sum, total: Sum) -> bool:
        """Whether words are the hundreds after a thousand: "mil quinientos"."""
        follows = self._beside(part.after)
        if follows is not None and follows.counts_it:
            return False
        if total.unit == HUNDRED:  # "mia mbili hamsini"
            return part.value >= _TEN
        hundreds = part.value >= HUNDRED
        last = self._tokens[total.after - 1].means
        if total.unit != THOUSAND:
            return hundreds and last is not None and last.tenths
        return hundreds or (not total.alone and part.value >= _LEAST_LOWER)
