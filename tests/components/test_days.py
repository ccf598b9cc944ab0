"""Calendar days in texts, as people of many languages write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from safar.answers.resources import Resources
from safar.phrasing.languages import load_languages

ROOT = Path(__file__).resolve().parents[2]
LOCALES = sorted({each.cldr for each in load_languages(ROOT / "content" / "languages.yaml")})
days = st.dates(date(1951, 1, 1), date(2059, 12, 31))


def found(resources: Resources, text: str) -> list[str]:
    return [day.value for day in resources.days().find(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my visa ends 14/07/2026 what now", "2026-07-14"),
        ("iqama 2026-07-14", "2026-07-14"),
        ("5-3-26 ko aaya", "2026-03-05"),
        ("07/25/2026", "2026-07-25"),
        ("٣١/١٢/٢٠٢٥", "2025-12-31"),
        ("contract ended on 3rd March", "--03-03"),
        ("July 14, 2026", "2026-07-14"),
        ("12 de octubre de 2026", "2026-10-12"),
        ("от 5 марта", "--03-05"),
        ("15 मार्चमा आएको", "--03-15"),
        ("ngày 5 tháng 3 năm 2026", "2026-03-05"),
    ],
)
def test_a_day_is_read(resources: Resources, text: str, value: str) -> None:
    assert found(resources, text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.500.000 rupiah",
        "call 0171-23-45",
        "31/02/2026",
        "2082-03-15",
        "pay 10/12 of it",
        "room 3.5.2.1",
        "I came 3 months ago",
    ],
)
def test_what_is_no_day(resources: Resources, text: str) -> None:
    assert found(resources, text) == []


@given(days, st.sampled_from(LOCALES))
def test_what_cldr_writes_is_read(resources: Resources, day: date, locale: str) -> None:
    text = format_date(day, "d MMMM y", locale=locale.replace("-", "_"))
    assert found(resources, f"({text})") == [day.isoformat()]


@given(st.text(max_size=60))
def test_any_text_is_borne_and_places_hold(resources: Resources, text: str) -> None:
    for day in resources.days().find(text):
        assert 0 <= day.start < day.end <= len(text)
