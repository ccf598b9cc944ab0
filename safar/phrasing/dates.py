"""Dates as far as they are known, in the Gregorian calendar."""

from __future__ import annotations

from babel.dates import format_date, format_skeleton, format_time

from safar.phrasing.digits import to_native
from safar.phrasing.languages import Language
from safar.phrasing.templates import fill
from safar.phrasing.typography import plain
from safar.phrasing.values import Day, Moment


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


def format_moment(moment: Moment, language: Language) -> str:
    """Write a day of the week, a day of a month and a time: "Mon, 14 Jul, 9:00"."""
    day = format_skeleton("MMMEd", moment.value, locale=language.names)
    time = format_time(moment.value, "short", locale=language.names)
    text = to_native(f"{day}, {time}", language.numbering)
    return plain(text, latin=language.latin)
