"""The numbers of a desk against a plain count, and how few of other desks are left out."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from math import ceil

import pytest
from case_house import House
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from safar.cases import figures
from safar.cases.figures import FEW, Figures, ReplyTimes, Span, without_few
from safar.cases.plan import Risk
from safar.store.case_tables import cases, staff
from tests.clock import NOW

SPAN = Span(date(2026, 10, 5), date(2026, 11, 1))
INSIDE = [
    datetime(2026, 10, 5, tzinfo=timezone.utc),
    datetime(2026, 11, 1, 23, 59, 59, 999_999, tzinfo=timezone.utc),
]
OUTSIDE = [
    datetime(2026, 10, 4, 23, 59, 59, 999_999, tzinfo=timezone.utc),
    datetime(2026, 11, 2, tzinfo=timezone.utc),
]


def filled(house: House, number: int = 60) -> None:
    """Open cases by dice, at all desks, in and around the weeks."""
    luck = random.Random(7)
    moments = INSIDE + OUTSIDE
    moments += [INSIDE[0] + timedelta(minutes=luck.randrange(-9000, 45_000)) for _ in range(number)]
    for n, opened in enumerate(moments):
        case = house.open(house.talk(f"+97798{n:08}")[0])
        replied = opened + timedelta(seconds=luck.randrange(100_000))
        values = {
            "opened_at": opened,
            "first_reply_at": replied if luck.random() < 0.7 else None,
            "desk_id": luck.choice(["doha", "doha", "doha", "ngo"] + ["rest"] * (n % 5 == 0)),
            "risk": luck.choice(["red", "amber", "amber", "green"]),
            "kind": luck.choice(["ask_wages", "greet", "greet", "emergency"]),
        }
        with house.database.write() as tx:
            tx.execute(update(cases).where(cases.c.id == case.id).values(**values))
    house.offer(house.talk("+97797")[0])


def plain(house: House, desk: str | None) -> dict[str, object]:
    """Count in Python what is counted in the store."""
    with house.database.read() as tx:
        rows = [
            row
            for row in tx.execute(select(cases)).all()
            if row.opened_at
            and date(2026, 10, 5) <= row.opened_at.date() <= date(2026, 11, 1)
            and desk in {None, row.desk_id}
        ]
    weeks = Counter(row.opened_at.date() - timedelta(row.opened_at.weekday()) for row in rows)
    waits = sorted(row.first_reply_at - row.opened_at for row in rows if row.first_reply_at)
    return {
        "total": len(rows),
        "weeks": {date(2026, 10, 5) + timedelta(7 * n): 0 for n in range(4)} | weeks,
        "kinds": dict(Counter(row.kind for row in rows)),
        "risks": dict.fromkeys(Risk, 0) | Counter(Risk(row.risk) for row in rows),
        "desks": dict(Counter(row.desk_id for row in rows)),
        "replies": ReplyTimes(
            len(waits), waits[ceil(len(waits) * 0.5) - 1], waits[ceil(len(waits) * 0.9) - 1]
        ),
    }


def of(house: House, who: str, span: Span = SPAN) -> Figures:
    with house.database.read() as tx:
        found = figures.of(tx, house.staff[who], span)
    assert found is not None
    return found


@pytest.mark.both_databases
def test_the_numbers_of_ones_own_desk(house: House) -> None:
    filled(house)
    for who, desk in (("doha1", "doha"), ("doha-boss", "doha"), ("ngo1", "ngo"), ("rest1", "rest")):
        found, counted = of(house, who), plain(house, desk)
        assert not found.everywhere
        for name in ("total", "weeks", "kinds", "risks", "replies"):
            assert getattr(found, name) == counted[name], (who, name)
        assert found.desks == {}, "of other desks nothing is said"
        answered = [each.answered for each in found.replies_by_risk.values()]
        assert sum(filter(None, answered)) == found.replies.answered


@pytest.mark.both_databases
@pytest.mark.parametrize("role", ["editor", "auditor"])
def test_who_handles_no_cases_sees_all_desks_without_small_numbers(house: House, role: str) -> None:
    filled(house)
    with house.database.write() as tx:
        tx.execute(update(staff).where(staff.c.id == house.staff["doha1"]).values(role=role))
    found, counted = of(house, "doha1"), plain(house, None)
    assert found.everywhere
    assert (found.total, found.replies) == (counted["total"], counted["replies"])
    for name in ("weeks", "kinds", "risks", "desks"):
        assert getattr(found, name) == without_few(counted[name]), name
    assert found.desks["rest"] is None, "or the test proves little"


@pytest.mark.both_databases
def test_a_handful_of_cases_is_not_shown_at_all(house: House) -> None:
    for n in range(FEW - 1):
        house.open(house.talk(f"+97798{n:08}")[0])
    with house.database.write() as tx:
        tx.execute(update(staff).where(staff.c.id == house.staff["rest1"]).values(role="auditor"))
        tx.execute(update(cases).values(first_reply_at=NOW + timedelta(hours=1)))
    span = Span.weeks_before(NOW.date(), 2)
    found = of(house, "rest1", span)
    assert found.total is None
    assert found.replies == ReplyTimes(None, None, None)
    assert set(found.kinds.values()) == {None}
    assert list(found.weeks.values()) == [0, None]
    assert of(house, "doha1", span).total == FEW - 1, "one's own desk is shown"


@pytest.mark.both_databases
def test_who_has_left_sees_nothing(house: House) -> None:
    with house.database.write() as tx:
        tx.execute(update(staff).where(staff.c.id == house.staff["doha1"]).values(disabled_at=NOW))
    with house.database.read() as tx:
        assert figures.of(tx, house.staff["doha1"], SPAN) is None
        assert figures.of(tx, "nobody", SPAN) is None


@pytest.mark.both_databases
def test_of_no_cases_there_are_figures(house: House) -> None:
    found = of(house, "doha1")
    assert (found.total, found.kinds, set(found.weeks.values())) == (0, {}, {0})
    assert found.replies == ReplyTimes(0, None, None)
    assert list(found.risks) == [Risk.RED, Risk.AMBER, Risk.GREEN]


@given(st.dictionaries(st.integers(0, 20), st.integers(0, 12)))
def test_what_is_left_out_cannot_be_worked_out(numbers: dict[int, int]) -> None:
    shown = without_few(numbers)
    assert list(shown) == list(numbers)
    assert all(shown[key] in {None, number} for key, number in numbers.items())
    hidden = [number for key, number in numbers.items() if shown[key] is None]
    assert all(not 0 < number < FEW for number in shown.values() if number is not None)
    some = [number for number in numbers.values() if number]
    if not hidden:
        assert all(number >= FEW for number in some)
    elif sorted(hidden) != sorted(some):
        # Who knows the sum of all learns the sum of these, and that is not one small number.
        assert len(hidden) >= 2
        assert sum(hidden) >= FEW


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_span_is_whole_weeks_and_no_more_than_a_year(one: date, other: date) -> None:
    span = Span.around(one, other)
    assert span == Span.around(other, one)
    assert (span.first.weekday(), span.last.weekday()) == (0, 6)
    assert span.first <= max(one, other) <= span.last
    weeks = span.weeks()
    assert len(weeks) == ((span.last - span.first).days + 1) // 7 <= figures.LONGEST
    if len(weeks) < figures.LONGEST:
        assert span.first <= min(one, other)


def test_so_many_weeks_with_this_one() -> None:
    assert Span.weeks_before(date(2026, 11, 23), 2) == Span(date(2026, 11, 16), date(2026, 11, 29))
