"""When a person is at a desk: now, the next time, and after so many minutes of being there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from safar.cases.plan import WEEKDAYS, OfficeHours

_DAYS_AHEAD = 400
"""No office is closed for longer than a year and comes back by itself."""


def is_open(hours: OfficeHours, now: datetime) -> bool:
    """Whether somebody is there at `now` (UTC)."""
    first = next(_spans(hours, now), None)
    return first is not None and first[0] <= now


def back_at(hours: OfficeHours, now: datetime) -> datetime | None:
    """Return when a person is there next, UTC; `now` itself while the desk is open.

    None where the desk has no hours within the next year: then nothing is promised.
    """
    first = next(_spans(hours, now), None)
    return None if first is None else max(first[0], now)


def after(hours: OfficeHours, start: datetime, minutes: int) -> datetime:
    """Return the moment (UTC) at which the desk has been open for so long since `start`.

    Where it has too few hours, the minutes count around the clock: a case must not wait for ever.
    """
    left = timedelta(minutes=minutes)
    for opens, closes in _spans(hours, start):
        begins = max(opens, start)
        if closes - begins >= left:
            return begins + left
        left -= closes - begins
    return start + timedelta(minutes=minutes)


def _spans(hours: OfficeHours, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans of being open that end after `now`, in order, none within another."""
    zone = ZoneInfo(hours.zone)
    today = now.astimezone(zone).date()
    reached = now
    for ahead in range(-1, _DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        for opens, closes in sorted(_of_day(hours, day, zone)):
            if closes > reached:
                # Two entries may overlap: nobody is there twice at once.
                yield max(opens, reached) if reached > now else opens, closes
                reached = closes


def _of_day(hours: OfficeHours, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    if day in hours.closed:
        return
    for opening in hours.open:
        if WEEKDAYS[day.weekday()] in opening.days:
            begins = datetime.combine(day, opening.start)
            # As the clock on the wall shows it: where it is changed that is an hour more or less.
            ends = begins + opening.length
            spans = [wall.replace(tzinfo=zone).astimezone(timezone.utc) for wall in (begins, ends)]
            if spans[0] < spans[1]:
                yield spans[0], spans[1]
