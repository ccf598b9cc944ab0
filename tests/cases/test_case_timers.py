"""What is due, as a pure function; and carried out once, whoever tries and whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from case_house import House
from case_plan import PLAN
from sqlalchemy import func, select, update

from safar.cases import climbing, record
from safar.cases.climbing import carry_out
from safar.cases.plan import Risk
from safar.cases.states import State
from safar.cases.timers import Step, Waiting, What, due, first_due
from safar.store import audit
from safar.store.case_tables import case_events, case_notices, cases
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from tests.clock import NOW

ROOT = Path(__file__).resolve().parents[2]
PROCESS = Path(__file__).with_name("climbing_process.py")
QUARTER = timedelta(minutes=15)
RED = Waiting(1, State.OPEN, Risk.RED, 0, "doha", NOW)

# The case, what is done, the level and desk afterwards.
STEPS: dict[str, tuple[Waiting, What | None, int, str]] = {
    "red at its desk": (RED, What.SUPERVISOR, 1, "doha"),
    "red, the supervisor knows": (replace(RED, level=1), What.NEXT_DESK, 2, "ngo"),
    "red at the next desk": (replace(RED, level=2, desk_id="ngo"), What.SUPERVISOR, 3, "ngo"),
    "red from there to the default desk": (
        replace(RED, level=3, desk_id="ngo"), What.NEXT_DESK, 4, "rest",
    ),
    "red at the end of the way": (
        replace(RED, level=5, desk_id="rest"), What.REMIND, 7, "rest",
    ),
    "red at a desk that is not in the file any more": (
        replace(RED, level=1, desk_id="gone"), What.NEXT_DESK, 2, "rest",
    ),
    "amber at its desk": (replace(RED, risk=Risk.AMBER), What.SUPERVISOR, 1, "doha"),
    "amber goes nowhere": (replace(RED, risk=Risk.AMBER, level=1), What.REMIND, 3, "doha"),
    "reopened is open": (replace(RED, state=State.REOPENED), What.SUPERVISOR, 1, "doha"),
    "an offer": (replace(RED, state=State.OFFERED), What.LAPSE, 0, "doha"),
    "another person at the telephone": (
        replace(RED, state=State.WITH_PERSON, detached=True), What.HAND_BACK, 0, "doha",
    ),
    "acknowledged, and nobody answered": (
        replace(RED, state=State.ACKNOWLEDGED, level=2), What.UNANSWERED, 2, "doha",
    ),
    "taken, and nobody answered": (
        replace(RED, state=State.WITH_PERSON), What.UNANSWERED, 0, "doha",
    ),
    "handed back without an answer": (
        replace(RED, state=State.HANDED_BACK), What.UNANSWERED, 0, "doha",
    ),
    "another person at the telephone, so nobody is answered": (
        replace(RED, state=State.ACKNOWLEDGED, detached=True), None, 0, "",
    ),
    "acknowledged, nothing is waited for": (
        replace(RED, state=State.ACKNOWLEDGED, due_at=None), None, 0, "",
    ),
    "closed": (replace(RED, state=State.CLOSED), None, 0, ""),
    "not yet": (replace(RED, due_at=NOW + timedelta(microseconds=1)), None, 0, ""),
    "nothing is waited for": (replace(RED, due_at=None), None, 0, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", STEPS)
def test_what_is_due(case: str) -> None:
    waiting, what, level, desk_id = STEPS[case]
    found = [(step.what, step.to_level, step.to_desk) for step in due(PLAN, [waiting], NOW)]
    assert found == ([] if what is None else [(what, level, desk_id)])


def test_the_longest_overdue_first_and_one_step_each() -> None:
    late = [replace(RED, case_id=n, due_at=NOW - timedelta(hours=n % 3)) for n in range(6)]
    steps = due(PLAN, late, NOW)
    assert [step.case_id for step in steps] == [2, 5, 1, 4, 0, 3]
    assert {step.next_due for step in steps} == {NOW + QUARTER}


def test_red_does_not_wait_for_office_hours_and_amber_does() -> None:
    night = NOW.replace(hour=22)
    assert first_due(PLAN, Risk.RED, "doha", night) == night + QUARTER
    opens = NOW.replace(hour=5, minute=0) + timedelta(days=1)
    assert first_due(PLAN, Risk.AMBER, "doha", night) == opens + timedelta(minutes=240)
    assert first_due(PLAN, Risk.AMBER, "gone", night) == night + timedelta(minutes=240)


@pytest.mark.both_databases
def test_a_red_case_climbs_until_somebody_looks(house: House) -> None:
    case = house.open(danger=True)
    assert house.climb() == 0
    told = [("opened", "doha", False)]
    way = [
        ("climbed_supervisor", "doha", True),
        ("climbed_next_desk", "ngo", False),
        ("climbed_supervisor", "ngo", True),
        ("climbed_next_desk", "rest", False),
        ("climbed_supervisor", "rest", True),
        ("climbed_remind", "rest", True),
        ("climbed_remind", "rest", True),
    ]
    for step in way:
        house.pass_(14)
        assert house.climb() == 0
        house.pass_(1)
        assert house.climb() == 1
        assert house.climb() == 0
        told.append(step)
        assert house.notices(case) == told
    house.do("take", case, "rest1")
    house.reply(case, "rest1", "we come")
    house.pass_(10_000)
    assert house.climb() == 0
    assert house.events(case) == ["offer", "consent", *["climb"] * len(way), "take", "reply"]


@pytest.mark.both_databases
def test_after_a_standstill_each_desk_has_its_time(house: House) -> None:
    case = house.open(danger=True)
    house.pass_(60 * 24 * 7)
    assert [house.climb(), house.climb()] == [1, 0]
    assert house.case(case).level == 1


@pytest.mark.both_databases
def test_an_offer_lapses(house: House) -> None:
    case = house.offer(house.talk()[0])
    house.pass_(60 * 24)
    assert house.climb() == 1
    assert (house.case(case).state, house.notices(case)) == ("declined", [])


@pytest.mark.both_databases
def test_a_step_that_is_not_due_any_more_is_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody acknowledges between the look and the step."""
    case = house.open(danger=True)
    house.pass_(15)
    real = climbing.due

    def look(*arguments: Any) -> list[Step]:
        found = real(*arguments)
        monkeypatch.setattr(climbing, "due", real)
        house.do("acknowledge", case, "doha1")
        return found

    monkeypatch.setattr(climbing, "due", look)
    assert house.climb() == 0
    assert (house.case(case).state, house.case(case).level) == ("acknowledged", 0)


@pytest.mark.both_databases
def test_two_processes_at_once_climb_once(house: House, database_url: str) -> None:
    opened = [house.open(house.talk(f"+97798000000{n:02}")[0], danger=True) for n in range(12)]
    for turn in range(3):
        house.pass_(15)
        done: list[int] = []
        start = threading.Barrier(3)

        def climb(start: threading.Barrier = start, done: list[int] = done) -> None:
            own = open_database(database_url)
            start.wait()
            done.append(carry_out(own, house.office))
            own.close()

        threads = [threading.Thread(target=climb) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(done), sum(done)) == (3, len(opened))
        assert {house.case(case).level for case in opened} == {turn + 1}
    for case in opened:
        assert house.events(case).count("climb") == 3
        assert len(house.notices(case)) == 4


class Crash(BaseException):
    """The process dies here."""


@pytest.mark.both_databases
@pytest.mark.parametrize("where", ["before the timeline", "before the audit", "before the commit"])
def test_a_crash_within_a_step_leaves_nothing_half_done(
    house: House, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    case = house.open(danger=True)
    house.pass_(15)
    before = (house.case(case), house.events(case), house.notices(case))

    def die(*_: object, **__: object) -> None:
        raise Crash

    def commit_never(*arguments: Any) -> bool:
        real_do(*arguments)
        raise Crash

    real_do = climbing._do
    with monkeypatch.context() as patch:
        if where == "before the timeline":
            patch.setattr(record, "write_down", die)
        elif where == "before the audit":
            patch.setattr(audit, "append", die)
        else:
            patch.setattr(climbing, "_do", commit_never)
        with pytest.raises(Crash):
            house.climb()
    assert (house.case(case), house.events(case), house.notices(case)) == before
    assert house.climb() == 1
    assert house.events(case)[-1] == "climb"
    with house.database.read() as tx:
        assert audit.verify(tx, house.keyring).faults == ()


@pytest.mark.both_databases
@pytest.mark.timeout(120)
def test_killed_processes_climb_each_case_once(database_url: str) -> None:
    key, hash_key = KeyRing.generate(), KeyRing.generate()
    database = open_database(database_url)
    house = House(database, KeyRing([key], hash_key))
    house.hire()
    number = 40
    for n in range(number):
        house.open(house.talk(f"+97798000000{n:02}")[0], danger=True)
    with database.write() as tx:  # due long ago by the clock of the processes
        tx.execute(update(cases).values(due_at=NOW))
    environment = os.environ | {"PYTHONPATH": str(ROOT), "KEY": key, "HASH": hash_key}

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, str(PROCESS), database_url], env=environment)

    def climbed() -> int:
        with database.read() as tx:
            return int(
                tx.execute(select(func.count()).where(case_events.c.action == "climb")).scalar_one()
            )

    processes = [start(), start()]
    try:
        for threshold in (8, 20, 30):
            while climbed() < threshold:
                time.sleep(0.002)
            processes[0].send_signal(signal.SIGKILL)
            processes[0].wait()
            processes = [processes[1], start()]
        assert [process.wait(timeout=60) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
    with database.read() as tx:
        assert set(tx.execute(select(cases.c.level)).scalars()) == {1}
        per_case = select(func.count()).group_by(case_events.c.case_id)
        climbs = per_case.where(case_events.c.action == "climb")
        assert list(tx.execute(climbs).scalars()) == [1] * number
        notices = select(func.count()).where(case_notices.c.kind == "climbed_supervisor")
        assert tx.execute(notices).scalar_one() == number
        assert audit.verify(tx, house.keyring).faults == ()
    database.close()
