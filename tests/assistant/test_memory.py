"""What a conversation keeps and for how long, and what becomes of a row that is broken."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.assistant.memory import LONGEST_STATE, Memory
from tests.clock import NOW

HOUR = timedelta(hours=1)
OF_THE_PERSON = {"variant": "ne", "variant_chosen": True, "origin": "NP", "destination": "QA"}
OF_THE_SESSION = {"pending_topic": "ask_wages:origin", "last_topic": "danger", "misunderstood": 1.0}


@pytest.mark.parametrize(
    ("silence", "kept"),
    [
        (timedelta(0), {**OF_THE_PERSON, **OF_THE_SESSION}),
        (HOUR, {**OF_THE_PERSON, **OF_THE_SESSION}),
        (HOUR + timedelta(seconds=1), OF_THE_PERSON),
        (timedelta(days=90), OF_THE_PERSON),
        (timedelta(days=90, seconds=1), {}),
        (-timedelta(minutes=5), {**OF_THE_PERSON, **OF_THE_SESSION}),  # the clock was put right
    ],
    ids=str,
)
def test_a_session_ends_with_silence_and_the_person_stays_for_a_while(silence, kept) -> None:
    stored = Memory(slots={**OF_THE_PERSON, **OF_THE_SESSION}).write(NOW)
    assert Memory.read(stored, NOW + silence, HOUR).slots == kept


def test_each_message_makes_the_session_last_longer() -> None:
    stored = Memory(slots=dict(OF_THE_SESSION)).write(NOW)
    for number in range(1, 5):
        at = NOW + number * timedelta(minutes=50)
        memory = Memory.read(stored, at, HOUR)
        assert memory.slots == OF_THE_SESSION
        stored = memory.write(at)


def test_empty_slots_take_no_room() -> None:
    empty = {"city": None, "misunderstood": 0.0, "variant_chosen": False, "origin": "NP"}
    assert json.loads(Memory(slots=empty).write(NOW))["slots"] == {"origin": "NP"}


UNREADABLE = {
    "nothing": None,
    "empty": "",
    "no JSON": "{",
    "a list": "[]",
    "null": "null",
    "a number": "7",
    "slots are a list": '{"slots": []}',
    "a slot is an object": '{"slots": {"origin": {"code": "NP"}}}',
    "time is a word": '{"at": "yesterday", "slots": {"origin": "NP"}}',
    "time without zone": '{"at": "2026-11-23T09:30:00", "slots": {"origin": "NP"}}',
    "not UTF-8 any more": '{"slots": {"origin": "\udcff"}}',
}


@pytest.mark.parametrize("stored", UNREADABLE.values(), ids=UNREADABLE)
def test_a_row_that_cannot_be_read_is_forgotten(stored) -> None:
    memory = Memory.read(stored, NOW, HOUR)
    assert memory == Memory(at=NOW)
    assert Memory.read(memory.write(NOW), NOW, HOUR).slots == {}


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_row_stops_a_conversation(stored: str) -> None:
    assert isinstance(Memory.read(stored, NOW, HOUR).write(NOW), str)


@pytest.mark.parametrize(
    "row",
    [
        {"at": NOW.isoformat(), "slots": {"origin": "NP"}},
        {"version": 0, "at": NOW.isoformat(), "slots": {"origin": "NP"}, "events": [1, 2]},
        {"version": 9, "at": NOW.isoformat(), "slots": {"origin": "NP"}, "understood": None},
    ],
    ids=["without a version", "of an older Safar", "of a newer Safar"],
)
def test_rows_of_other_versions_are_read_as_far_as_they_are_known(row) -> None:
    assert Memory.read(json.dumps(row), NOW, HOUR).slots == {"origin": "NP"}


def test_an_oversized_row_keeps_language_and_origin() -> None:
    slots = {"variant": "ne", "origin": "NP", "last_topic": "x" * 50_000}
    stored = Memory(slots=slots).write(NOW)
    assert len(stored) <= LONGEST_STATE
    memory = Memory.read(stored, NOW, HOUR)
    assert (memory.slots, memory.at) == ({"variant": "ne", "origin": "NP"}, NOW)
