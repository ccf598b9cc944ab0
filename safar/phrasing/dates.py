"""Dates as far as they are known, in the Gregorian calendar."""

from __future__ import annotations

from babel.dates import format_date, format_skeleton

from safar.phrasing.digits import to_native
from safar.phrasing.languages import Language
from safar.phrasing.templates import fill
from safar.phrasing.typography import plain
from safar.phrasing.values import Day


def format_day(day: Day, language: Language) -> str:
    """Write a date with the month's name: "14 July 2015", "July 2015" or "2015".

    Months are always named, never numbered: 07/05 is two different days to two readers, and
    2072-03 a month of another calendar to some.
    """
    if day.precision == "year":
        text = fill(language.year, {"year": day.value})
    elif day.precision == "month":
        text = format_skeleton("yMMMM", day.first, locale=language.names)
    else:
        text = format_date(day.first, "long", locale=language.names)
    return plain(to_native(text, language.numbering), latin=language.latin)
