"""Numbers as people write them: any script's digits, points, commas and spaces in any custom."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import regex

_RUN: Final = regex.compile(
    r"(?<!\p{Nd})(?<!\p{Nd}[.,])(?P<plus>\+|00)?"
    r"(?P<run>\p{Nd}(?:[\p{Nd}.,٬٫'’\u00a0\u202f ()-]*\p{Nd})?)"
)
_NUMBER: Final = regex.compile(
    r"\p{Nd}{1,3}(?P<space>[ \u00a0\u202f'’])\p{Nd}{3}(?:(?P=space)\p{Nd}{3})*(?!\p{Nd})"
    r"(?:[.,٫]\p{Nd}{1,2}(?!\p{Nd}))?"
    r"|\p{Nd}+(?:[.,٬٫]\p{Nd}+)*"
)
_GROUPS: Final = regex.compile(r"\p{Nd}{1,3}(?:[.,٬]\p{Nd}{2,3})*[.,٬]\p{Nd}{3}")
_TELEPHONE: Final = 9
"""Digits from which a plain run of them is a telephone or document number."""
_THOUSAND: Final = 3


@dataclass(frozen=True)
class Numeral:
    """A number at [start, end) of a text.

    `exact` is its value with a single separator before three digits taken for a decimal point
    ("1.500" is 1.5 of a currency with thousandths), `value` with it taken for thousands.
    """

    value: Decimal
    exact: Decimal
    start: int
    end: int
    long: bool
    """Whether it has so many digits in a row that it is rather a telephone number."""


def numerals(text: str) -> Iterator[Numeral]:
    """Yield the numbers of `text` in order; telephone numbers with a plus or 00 are left out."""
    for run in _RUN.finditer(text):
        digits = sum(map(str.isdecimal, run["run"]))
        if run["plus"] and digits >= _TELEPHONE:
            continue
        found = list(_NUMBER.finditer(run["run"]))
        # "980 123 4567", "0171-2345678": parts of one long number are no amounts.
        parted = digits >= _TELEPHONE and len(found) > 1 and not _like_amounts(run["run"], found)
        offset = run.start("run")
        for match in found:
            value, exact = _values(match.group())
            plain = match.group().isdecimal() and len(match.group()) >= _TELEPHONE
            yield Numeral(
                value, exact, offset + match.start(), offset + match.end(), parted or plain
            )


def _like_amounts(run: str, found: list[regex.Match[str]]) -> bool:
    """Whether the parts of a run are amounts of their own: "150000 - 200000"."""
    gaps = [run[one.end() : other.start()] for one, other in zip(found, found[1:], strict=False)]
    return all(" - " in gap or gap in (", ", ". ") for gap in gaps)


def _values(written: str) -> tuple[Decimal, Decimal]:
    plain = "".join(
        str(unicodedata.digit(letter)) if letter.isdecimal() else letter for letter in written
    )
    plain = plain.replace("٬", ",").replace("٫", ".")
    plain = regex.sub(r"[ \u00a0\u202f'’]", "", plain)
    marks = [letter for letter in plain if letter in ".,"]
    if not marks:
        return Decimal(plain), Decimal(plain)
    last = max(plain.rfind("."), plain.rfind(","))
    head, tail = regex.sub(r"[.,]", "", plain[:last]), plain[last + 1 :]
    several, mixed = len(marks) > 1, len(set(marks)) > 1
    as_decimal = Decimal(f"{head}.{tail}")
    whole = Decimal(head + tail)
    if mixed:  # the last of two signs parts off the decimals
        decided = as_decimal if len(tail) != _THOUSAND or marks.count(plain[last]) == 1 else whole
        if len(tail) == _THOUSAND and _GROUPS.fullmatch(plain):
            decided = whole
        return decided, decided
    if several:
        return whole, whole
    if len(tail) == _THOUSAND and 0 < len(head) <= _THOUSAND and head != "0":
        return whole, as_decimal
    return (as_decimal, as_decimal) if len(tail) < _THOUSAND else (whole, whole)
