"""What an address of the list and what a search says, read back; and what makes no sense."""

from __future__ import annotations

import random
from datetime import datetime, timezone
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.cases.listing import Place, Tab, Wanted
from safar.cases.plan import Risk
from safar.console.queue_address import Asked, asked_for, moment, written_moment
from safar.console.search_words import LONGEST, Sort, read
from safar.messaging.case_reference import new_reference

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(timezone.utc))
CODES = st.none() | st.sampled_from(["NP", "QA"])
WANTED = st.builds(
    Wanted,
    tab=st.sampled_from(Tab),
    risk=st.none() | st.sampled_from(Risk),
    kind=st.none() | st.sampled_from(["ask_wages", "emergency"]),
    origin=CODES,
    destination=CODES,
    country=CODES,
    assignee=st.sampled_from([None, "me", "nobody"]),
    late=st.booleans(),
)
PLACES = st.builds(Place, st.integers(0, 2), MOMENTS, st.integers(0, 10**18 - 1))
COUNTRIES = {"Nepal": "NP", "Niger": "NE", "Nigeria": "NG", "Qatar": "QA", "कतार": "QA"}
REGIONS = {"NP", "QA"}


@given(WANTED, st.none() | PLACES, st.none() | MOMENTS)
def test_an_address_says_what_was_asked(
    wanted: Wanted, after: Place | None, seen: datetime | None
) -> None:
    asked = Asked(wanted, after, seen)
    assert asked_for(dict(parse_qsl(asked.query(after=after)))) == asked
    assert asked_for(dict(parse_qsl(asked.query()))) == Asked(wanted, None, seen)


@given(st.dictionaries(st.sampled_from([*Wanted.__dataclass_fields__, "after", "seen"]), st.text()))
def test_whatever_an_address_says_is_a_list(query: dict[str, str]) -> None:
    asked = asked_for(query)
    assert asked_for(dict(parse_qsl(asked.query(after=asked.after)))) == asked


@given(MOMENTS)
def test_a_moment_is_read_back(at: datetime) -> None:
    assert moment(written_moment(at)) == at


@pytest.mark.parametrize("written", ["", "-1", "x", "1.5", "१२", "9" * 17, " 1"])
def test_what_is_no_moment(written: str) -> None:
    assert moment(written) is None


@given(st.text(max_size=2 * LONGEST))
def test_whatever_is_typed_is_read(text: str) -> None:
    sought = read(text, REGIONS, COUNTRIES)
    assert (sought.sort is Sort.REFERENCE) == bool(sought.reference)
    assert (sought.sort is Sort.COUNTRY) == bool(sought.country)
    assert sought.sort is Sort.NUMBER or not sought.numbers
    assert all(each.startswith("+") and each[1:].isdigit() for each in sought.numbers)


@given(st.integers(0, 10**6))
def test_a_reference_is_never_taken_for_a_number(seed: int) -> None:
    reference = new_reference(random.Random(seed).choice)
    for text in (reference, reference.lower(), reference.replace("-", "")):
        assert read(text, REGIONS, COUNTRIES).reference == reference


NUMBERS = {
    "+977 984-123 4567": ("+9779841234567",),
    "00977 9841234567": ("+9779841234567",),
    "(+977) 9841234567": ("+9779841234567",),
    "9841234567": ("+9779841234567",),
    "9779841234567": ("+9779841234567",),
    "+९७७ ९८४१२३४५६७": ("+9779841234567",),
    "3312 3456": ("+97433123456",),
    "12345": None,
    "call 9841234567": None,
    "98412345678901234567890": (),
}


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number(text: str) -> None:
    sought = read(text, REGIONS, COUNTRIES)
    expected = NUMBERS[text]
    if expected is None:
        assert sought.sort is not Sort.NUMBER
        return
    assert sought.sort is Sort.NUMBER
    assert set(expected) <= set(sought.numbers)
    assert "98412" not in repr(sought)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Nepal", "NP"),
        ("  qaTAR ", "QA"),
        ("np", "NP"),
        ("नेपाल", ""),
        ("कतार", "QA"),
        ("Niger", "NE"),
        ("Nig", ""),
        ("Qat", "QA"),
        ("Qa", "QA"),
        ("q", ""),
        ("", ""),
    ],
)
def test_a_country(text: str, code: str) -> None:
    assert read(text, REGIONS, COUNTRIES).country == code
