"""Calendar days in a text: 14/07/2026, 2026-07-14, 14 July 2026, in the words of every language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import regex
from babel import Locale

_YEARS: Final = range(1950, 2061)
"""Years of the Gregorian calendar that are meant; 2072 to 2090 are years of Bikram Sambat."""
_NUMBERS: Final = regex.compile(
    r"(?<![\p{Nd}./-])(\p{Nd}{1,4})([./-])(\p{Nd}{1,2})\2(\p{Nd}{1,4})(?![\p{Nd}]|[./-]\p{Nd})"
)
_YEAR_AFTER: Final = r"(?:[\s,.\p{Pd}]{0,3}(?:de|del|of|năm|,)?\s{0,2}(?P<year>\p{Nd}{4}))?"
_MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True)
class FoundDay:
    """A day at [start, end); `value` is ISO 8601, without the year where the text has none."""

    value: str
    start: int
    end: int


class DayFinder:
    """Reads days; made once, since it collects the months of all languages from CLDR.

    Args:
        locales: CLDR names of the languages, such as `ne` or `ar`.
    """

    def __init__(self, locales: Iterable[str]) -> None:
        """Collect the names of months."""
        self._months: dict[str, int] = {}
        for name in locales:
            for forms in Locale.parse(name, sep="-").months.values():
                for words in forms.values():
                    for number, word in words.items():
                        key = _fold(word).strip(" .")
                        if len(key) >= 2 + key.isascii() and not key[0].isdecimal():
                            self._months.setdefault(key, number)
        names = "|".join(sorted(map(regex.escape, self._months), key=len, reverse=True))
        day = r"(?P<day>\p{Nd}{1,2})(?:st|nd|rd|th|er|º|°)?"
        self._named = [
            regex.compile(
                rf"(?<!\p{{Nd}})(?:{pattern}){_YEAR_AFTER}(?!\p{{Nd}})", flags=regex.IGNORECASE
            )
            for pattern in (
                rf"{day}[\s.\p{{Pd}}]{{0,2}}(?:de\s|of\s)?(?P<month>{names})\p{{L}}{{0,3}}",
                rf"(?<!\p{{L}})(?P<month>{names})\p{{L}}{{0,3}}[\s.\p{{Pd}}]{{1,2}}{day}",
            )
        ]

    def find(self, text: str) -> list[FoundDay]:
        """Return the days in `text`, in order, none inside another."""
        if not any(map(str.isdecimal, text)):
            return []
        folded = _fold(text)
        source = folded if len(folded) == len(text) else text
        found: list[FoundDay] = []
        for day in sorted(
            (*self._in_numbers(source), *self._in_words(source)),
            key=lambda each: (each.start, -each.end),
        ):
            if not found or day.start >= found[-1].end:
                found.append(day)
        return found

    @staticmethod
    def _in_numbers(text: str) -> Iterator[FoundDay]:
        for match in _NUMBERS.finditer(text):
            first, second, third = (int(match[number]) for number in (1, 3, 4))
            if len(match[1]) == len("2026"):
                value = _day(first, second, third)
            elif len(match[4]) in (2, 4):
                year = third if len(match[4]) > len("26") else 2000 + third
                # Day before month, as all but one of the countries served write it.
                value = _day(year, second, first) or _day(year, first, second)
            else:
                value = None
            if value is not None:
                yield FoundDay(value, match.start(), match.end())

    def _in_words(self, text: str) -> Iterator[FoundDay]:
        for pattern in self._named:
            for match in pattern.finditer(text):
                month, day = self._months[_fold(match["month"])], int(match["day"])
                year = match["year"]
                value = _day(int(year), month, day) if year else _day(2024, month, day)
                if value is not None:
                    yield FoundDay(value if year else f"--{value[5:]}", match.start(), match.end())


def _day(year: int, month: int, day: int) -> str | None:
    if year not in _YEARS or not 1 <= month <= _MONTHS_A_YEAR:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
