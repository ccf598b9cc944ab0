"""How many cases there were and how long people waited: numbers, which name nobody.

Officers and supervisors see those of their own desk. Who handles no cases sees all desks together
with small numbers left out: five cases in a year at a small mission might well be five people
whom somebody there knows.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from math import ceil
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Text, func, select, type_coerce

from safar.cases.actors import HANDLING, member
from safar.cases.plan import Risk
from safar.store.case_tables import cases, desks
from safar.store.database import Tx

FEW: Final = 5
"""Fewer cases than this are not shown of other desks."""
LONGEST: Final = 53
"""Weeks."""
_WEEK: Final = timedelta(days=7)
_TEXT: Final = Text()
Key = TypeVar("Key", bound=Hashable)
Numbers = Mapping[Key, "int | None"]
"""How many, by something; None where that is not shown."""


@dataclass(frozen=True)
class Span:
    """Whole weeks, of which each begins on a Monday in UTC.

    Attributes:
        first: The Monday of the first week.
        last: The Sunday of the last one.
    """

    first: date
    last: date

    @classmethod
    def around(cls, one: date, other: date) -> Span:
        """Return the weeks in which two days and all between are; of very many the last ones."""
        one, other = sorted((one, other))
        monday = other - timedelta(days=other.weekday())
        first = max(one - timedelta(days=one.weekday()), monday - (LONGEST - 1) * _WEEK)
        return cls(first, monday + timedelta(days=6))

    @classmethod
    def weeks_before(cls, day: date, number: int) -> Span:
        """Return so many weeks, the last of them the one that a day is in."""
        return cls.around(day - (number - 1) * _WEEK, day)

    def weeks(self) -> list[date]:
        """Return the Mondays, in order."""
        return [
            self.first + number * _WEEK for number in range((self.last - self.first).days // 7 + 1)
        ]

    def holds(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Make the condition that a moment is in these weeks."""
        start = datetime.combine(self.first, time(), timezone.utc)
        end = datetime.combine(self.last + timedelta(days=1), time(), timezone.utc)
        return (column >= start) & (column < end)


@dataclass(frozen=True)
class ReplyTimes:
    """How long people waited for the first reply, of those who got one.

    Attributes:
        answered: How many; None where that is not shown, as are the times then.
        half: Half of them waited no longer.
        most: Nine of ten waited no longer.
    """

    answered: int | None
    half: timedelta | None
    most: timedelta | None


@dataclass(frozen=True)
class Figures:
    """Of the cases that were opened in some weeks.

    Attributes:
        everywhere: Whether of all desks, with small numbers left out.
        desks: By name; only where it is of all desks.
    """

    span: Span
    everywhere: bool
    total: int | None
    weeks: Numbers[date]
    kinds: Numbers[str]
    risks: Numbers[Risk]
    desks: Numbers[str]
    replies: ReplyTimes
    replies_by_risk: Mapping[Risk, ReplyTimes]


def of(tx: Tx, staff_id: str, span: Span) -> Figures | None:
    """Return the figures that a member of staff may see; None where there is no such member."""
    who = member(tx, staff_id)
    if who is None or who.disabled_at is not None:
        return None
    everywhere = who.role not in HANDLING
    own = [who.desk_id]
    # By name each: the index begins with the desk.
    at = list(tx.execute(select(desks.c.id)).scalars()) if everywhere else own
    here = cases.c.desk_id.in_(at) & cases.c.opened_at.is_not(None) & span.holds(cases.c.opened_at)
    waits = _waits(tx, here)
    found = Figures(
        span=span,
        everywhere=everywhere,
        total=tx.execute(select(func.count()).where(here).select_from(cases)).scalar_one(),
        weeks=_by_week(tx, here, span),
        kinds=_by(tx, here, cases.c.kind),
        risks={risk: 0 for risk in Risk} | _by_risk(tx, here),
        desks=_by(tx, here, cases.c.desk_id) if everywhere else {},
        replies=_times([wait for each in waits.values() for wait in each]),
        replies_by_risk={risk: _times(waits[risk]) for risk in Risk},
    )
    return _without_few(found) if everywhere else found


def without_few(numbers: Mapping[Key, int]) -> dict[Key, int | None]:
    """Leave small numbers out, and as many more as it takes that no sum gives one of them away.

    What is left out is at least two numbers, and at least `FEW` together; nobody is nobody, so
    zero stays.
    """
    left_out = {key: number for key, number in numbers.items() if 0 < number < FEW}
    others = sorted(
        (key for key, number in numbers.items() if number >= FEW), key=lambda key: numbers[key]
    )
    while left_out and others and (len(left_out) == 1 or sum(left_out.values()) < FEW):
        key = others.pop(0)
        left_out[key] = numbers[key]
    return {key: None if key in left_out else number for key, number in numbers.items()}


def _without_few(found: Figures) -> Figures:
    numbers = {
        name: without_few({key: number or 0 for key, number in getattr(found, name).items()})
        for name in ("weeks", "kinds", "risks", "desks")
    }
    total = found.total if not found.total or found.total >= FEW else None
    by_risk = {risk: _unless_few(times) for risk, times in found.replies_by_risk.items()}
    return Figures(
        span=found.span,
        everywhere=True,
        total=total,
        replies=_unless_few(found.replies),
        replies_by_risk=by_risk,
        **numbers,
    )


def _unless_few(times: ReplyTimes) -> ReplyTimes:
    few = times.answered is not None and 0 < times.answered < FEW
    return ReplyTimes(None, None, None) if few else times


def _by(tx: Tx, here: ColumnElement[bool], column: ColumnElement[Any]) -> dict[Any, int]:
    """Count by a column, the most first."""
    found = tx.execute(select(column, func.count()).where(here).group_by(column)).all()
    return {key: int(number) for key, number in sorted(found, key=lambda row: (-row[1], row[0]))}


def _by_risk(tx: Tx, here: ColumnElement[bool]) -> dict[Risk, int]:
    return {Risk(key): number for key, number in _by(tx, here, cases.c.risk).items()}


def _by_week(tx: Tx, here: ColumnElement[bool], span: Span) -> dict[date, int]:
    weeks = dict.fromkeys(span.weeks(), 0)
    day = func.substr(type_coerce(cases.c.opened_at, _TEXT), 1, 10)
    for written, number in tx.execute(select(day, func.count()).where(here).group_by(day)).all():
        opened = date.fromisoformat(written)
        weeks[opened - timedelta(days=opened.weekday())] += int(number)
    return weeks


def _waits(tx: Tx, here: ColumnElement[bool]) -> dict[Risk, list[timedelta]]:
    waits: dict[Risk, list[timedelta]] = {risk: [] for risk in Risk}
    found = tx.execute(
        select(cases.c.risk, cases.c.opened_at, cases.c.first_reply_at).where(
            here, cases.c.first_reply_at.is_not(None)
        )
    )
    for risk, opened, replied in found:
        waits[Risk(risk)].append(replied - opened)
    return waits


def _times(waits: list[timedelta]) -> ReplyTimes:
    if not waits:
        return ReplyTimes(0, None, None)
    ordered = sorted(waits)

    def within(share: float) -> timedelta:
        return ordered[ceil(share * len(ordered)) - 1]

    return ReplyTimes(len(ordered), within(0.5), within(0.9))
