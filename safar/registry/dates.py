"""Dates as sources give them: a year, a month or a day."""

from __future__ import annotations

import calendar
import re
from datetime import date

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def span(partial: str) -> tuple[date, date]:
    """Return the first and the last day that `partial` may mean.

    `2015-02` gives 2015-02-01 and 2015-02-28.

    Raises:
        ValueError: `partial` is not a year, a month or a day of the calendar.
    """
    match = _PARTIAL.fullmatch(partial)
    if match is None:
        raise ValueError(f"{partial!r} is no date; write 2015, 2015-07 or 2015-07-14")
    year, month, day = (int(part) if part else None for part in match.groups())
    if year is None:  # the pattern always finds a year; this tells the type checker
        raise AssertionError(partial)
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        raise ValueError(f"{partial!r} is not in the calendar") from None
    if day is not None:
        return first, first
    last_month = month or 12
    return first, date(year, last_month, calendar.monthrange(year, last_month)[1])
