"""Somebody looked, and the person waits all the same: the supervisor is told, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from case_house import House
from case_plan import PLAN

from safar.cases import climbing
from safar.cases.handling import Outcome
from safar.cases.plan import Risk
from safar.cases.rows import Case
from safar.cases.timers import due, reply_due
from tests.clock import NOW

pytestmark = pytest.mark.both_databases
TOLD = ("unanswered", "doha", True)


def told(house: House, case: Case) -> int:
    return house.notices(case).count(TOLD)


def acknowledged(house: House) -> Case:
    case = house.open(danger=True)
    return house.do("acknowledge", case, "doha1")


@pytest.mark.parametrize("how", ["acknowledge", "take"])
def test_nobody_answers_in_time(house: House, how: str) -> None:
    case = house.open(danger=True)
    house.do(how, case, "doha1")
    house.pass_(29)
    assert house.climb() == 0
    house.pass_(1)
    assert house.climb() == 1
    assert told(house, case) == 1
    house.pass_(10_000)
    assert house.climb() == 0, "once"
    after = house.case(case)
    assert (after.desk_id, after.level, after.due_at) == ("doha", 0, None), "it climbs nowhere"
    assert after.late_at == NOW + timedelta(minutes=30), "it stays late"
    assert house.events(case)[-1] == "remind"


# What is done to a red case within the half hour, and how often its supervisor is told then.
WITHIN: dict[str, tuple[Callable[[House, Case], object], int]] = {
    "nothing": (lambda house, case: None, 1),
    "it is taken": (lambda house, case: house.do("take", case, "doha1"), 1),
    "a colleague gets it": (
        lambda house, case: house.do("assign", case, "doha1", house.staff["doha2"]), 1,
    ),
    "a note is written": (lambda house, case: house.do("note", case, "doha1", "z"), 1),
    "it is handed back without a word": (
        lambda house, case: [house.do(each, case, "doha1") for each in ("take", "hand_back")], 1,
    ),
    "it is answered": (
        lambda house, case: [house.do("take", case, "doha1"), house.reply(case, "doha1", "y")], 0,
    ),
    "it is closed": (lambda house, case: house.do("close", case, "doha1", Outcome.HELPED), 0),
    "it is passed on": (lambda house, case: house.do("transfer", case, "doha1", "rest"), 0),
}  # fmt: skip


@pytest.mark.parametrize("what", WITHIN)
def test_what_is_done_meanwhile(house: House, what: str) -> None:
    do, times = WITHIN[what]
    case = acknowledged(house)
    house.pass_(10)
    do(house, case)
    house.pass_(20)
    house.climb()
    assert told(house, case) == times
    if not times and what != "it is passed on":
        assert house.case(case).late_at is None


def test_who_comes_back_waits_for_an_answer_anew(house: House) -> None:
    case = acknowledged(house)
    house.do("take", case, "doha1")
    house.reply(case, "doha1", "y")
    house.do("hand_back", case, "doha1")
    house.do("close", case, "doha1", Outcome.HELPED)
    house.reopen(case)
    first = house.case(case).first_reply_at
    house.do("take", case, "doha2")
    house.pass_(30)
    assert house.climb() == 1
    assert told(house, case) == 1
    house.reply(case, "doha2", "here I am")
    assert house.case(case).late_at is None
    assert house.case(case).first_reply_at == first


def test_it_becomes_graver(house: House) -> None:
    case = house.open()
    house.do("acknowledge", case, "doha1")
    assert house.case(case).due_at == NOW + timedelta(minutes=60)
    house.add(case, danger=True)
    assert house.case(case).due_at == NOW + timedelta(minutes=30)
    house.pass_(30)
    assert house.climb() == 1
    house.add(case, danger=True)
    assert house.case(case).due_at is None, "told once"


def test_where_another_person_would_read_the_answer_none_is_due(house: House) -> None:
    case = acknowledged(house)
    house.talk(profile="Ana")
    house.talk(profile="Ben")
    after = house.case(case)
    assert after.detached_at is not None
    assert (after.due_at, after.late_at) == (None, None)
    later = house.open(danger=True)
    house.talk(profile="Cem")
    house.do("acknowledge", later, "doha1")
    assert house.case(later).due_at is None


def test_two_processes_tell_once(house: House) -> None:
    case = acknowledged(house)
    house.pass_(30)
    with house.database.read() as tx:
        steps = due(house.plan, climbing._late(tx, house.clock()), house.clock())
    assert len(steps) == 1
    assert house.climb() == 1
    with house.database.write() as tx:
        assert not climbing._do(tx, house.office, steps[0], house.clock())
    assert told(house, case) == 1


def test_only_hours_at_the_desk_count_and_no_line_is_no_timer() -> None:
    night = NOW.replace(hour=22)
    opens = NOW.replace(hour=5, minute=0) + timedelta(days=1)
    assert reply_due(PLAN, Risk.AMBER, "doha", night) == opens + timedelta(minutes=60)
    assert reply_due(PLAN, Risk.RED, "doha", night) == night + timedelta(minutes=30)
    assert reply_due(PLAN, Risk.GREEN, "doha", night) is None


def test_who_is_told_again_is_as_late_as_before(house: House) -> None:
    case = house.open(danger=True)
    first = NOW + timedelta(minutes=15)
    assert house.case(case).late_at == first
    house.pass_(15)
    house.climb()
    assert (house.case(case).level, house.case(case).late_at) == (1, first)
    house.pass_(15)
    house.climb()
    assert house.case(case).desk_id == "ngo"
    assert house.case(case).late_at == house.clock() + timedelta(minutes=15), "it has its own time"
