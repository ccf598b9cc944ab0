"""When a person is back: over weekends, holidays, nights, and where clocks are changed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from case_plan import ALWAYS, OFFICE
from hypothesis import given
from hypothesis import strategies as st

from safar.cases.hours import after, back_at, is_open
from safar.cases.plan import WEEKDAYS, OfficeHours

DOHA = OfficeHours.model_validate(OFFICE)  # sunday to thursday, 08:00 to 15:00; UTC+3
BERLIN = OfficeHours.model_validate(
    {"zone": "Europe/Berlin", "open": [{"days": list(WEEKDAYS), "from": "01:00", "to": "04:00"}]}
)
SPLIT = OfficeHours.model_validate(
    {
        "zone": "Asia/Kathmandu",  # UTC+5:45
        "open": [
            {"days": ["mon"], "from": "09:00", "to": "12:00"},
            {"days": ["mon"], "from": "11:00", "to": "13:00"},
            {"days": ["tue"], "from": "22:00", "to": "24:00"},
            {"days": ["wed"], "from": "00:00", "to": "02:00"},
        ],
        "closed": ["2026-11-30"],
    }
)
NEVER = OfficeHours.model_validate({"zone": "UTC"})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


BACK = {
    "now, as it is open": (DOHA, "2026-11-23 06:00", "2026-11-23 06:00"),
    "the moment it opens": (DOHA, "2026-11-23 05:00", "2026-11-23 05:00"),
    "a minute before": (DOHA, "2026-11-23 04:59", "2026-11-23 05:00"),
    "the moment it closes": (DOHA, "2026-11-23 12:00", "2026-11-24 05:00"),
    "over the weekend of friday and saturday": (DOHA, "2026-11-26 12:00", "2026-11-29 05:00"),
    "between two entries that overlap": (SPLIT, "2026-11-23 06:30", "2026-11-23 06:30"),
    "over a holiday": (SPLIT, "2026-11-30 02:00", "2026-12-01 16:15"),
    "past midnight": (SPLIT, "2026-11-24 18:15", "2026-11-24 18:15"),
    "after a night": (SPLIT, "2026-11-24 20:15", "2026-12-01 16:15"),
    "on the day clocks go forward": (BERLIN, "2026-03-29 02:00", "2026-03-29 23:00"),
    "in summer": (BERLIN, "2026-07-01 20:00", "2026-07-01 23:00"),
    "on the day clocks go back": (BERLIN, "2026-10-25 02:59", "2026-10-25 02:59"),
}


@pytest.mark.parametrize("when", BACK)
def test_when_a_person_is_back(when: str) -> None:
    hours, now, expected = BACK[when]
    found = back_at(hours, at(now))
    assert found == at(expected)
    assert is_open(hours, at(now)) == (now == expected)


def test_nothing_is_promised_where_there_are_no_hours() -> None:
    assert back_at(NEVER, at("2026-11-23 06:00")) is None
    assert not is_open(NEVER, at("2026-11-23 06:00"))


LATER = {
    "within the day": (DOHA, "2026-11-23 05:30", 60, "2026-11-23 06:30"),
    "up to the last minute": (DOHA, "2026-11-23 11:00", 60, "2026-11-23 12:00"),
    "on the next day": (DOHA, "2026-11-23 11:30", 60, "2026-11-24 05:30"),
    "from the night on": (DOHA, "2026-11-23 20:00", 60, "2026-11-24 06:00"),
    "over the weekend": (DOHA, "2026-11-26 11:30", 60, "2026-11-29 05:30"),
    "overlapping entries count once": (SPLIT, "2026-11-23 03:15", 240, "2026-11-23 07:15"),
    "across midnight": (SPLIT, "2026-11-24 16:15", 180, "2026-11-24 19:15"),
    "an hour that is not there": (BERLIN, "2026-03-29 00:00", 121, "2026-03-29 23:01"),
    "around the clock without hours": (
        NEVER,
        "2026-11-23 05:30",
        60,
        "2026-11-23 06:30",
    ),
}


@pytest.mark.parametrize("when", LATER)
def test_after_so_many_minutes_of_being_open(when: str) -> None:
    hours, start, minutes, expected = LATER[when]
    assert after(hours, at(start), minutes) == at(expected)


spans = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda span: span[0] < span[1])
openings = st.lists(st.tuples(st.sampled_from(WEEKDAYS), spans), min_size=1, max_size=6)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=timezone.utc, second=0, microsecond=0)
)


def hours_of(given_openings: list[tuple[str, tuple[int, int]]], zone: str) -> OfficeHours:
    entries: list[dict[str, Any]] = [
        {"days": [day], "from": f"{start:02}:00", "to": f"{end:02}:00"}
        for day, (start, end) in given_openings
    ]
    return OfficeHours.model_validate({"zone": zone, "open": entries})


@given(openings, moments, st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York"]))
def test_it_is_open_when_a_person_is_said_to_be_back_and_not_before(
    given_openings: list[tuple[str, tuple[int, int]]], now: datetime, zone: str
) -> None:
    hours = hours_of(given_openings, zone)
    back = back_at(hours, now)
    assert back is not None
    assert now <= back <= now + timedelta(days=8)
    assert is_open(hours, back)
    if back > now:
        assert not is_open(hours, back - timedelta(minutes=1))
    local = back.astimezone(ZoneInfo(zone))
    assert WEEKDAYS[local.weekday()] in {day for day, _ in given_openings}


@given(openings, moments, st.integers(1, 2000), st.integers(1, 2000))
def test_minutes_add_up(
    given_openings: list[tuple[str, tuple[int, int]]], now: datetime, one: int, other: int
) -> None:
    hours = hours_of(given_openings, "Asia/Qatar")
    assert after(hours, after(hours, now, one), other) == after(hours, now, one + other)
    assert after(hours, now, one) >= now + timedelta(minutes=one)


def test_around_the_clock_every_minute_counts() -> None:
    hours = OfficeHours.model_validate(ALWAYS)
    start = at("2026-11-23 23:59")
    assert after(hours, start, 5000) == start + timedelta(minutes=5000)
