"""A process that dies between telling and writing that down: nothing lost, at most told twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from case_house import House
from notice_house import plan_with, states, undone

from safar.cases.notices.sends import LEASE
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from tests.peers.hooks import hooks

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).resolve().parents[2]
PROCESS = Path(__file__).with_name("notice_process.py")
NUMBER = 30
LATER = LEASE.total_seconds() / 60


def _house(database_url: str, url: str) -> tuple[House, dict[str, str]]:
    key, hash_key = KeyRing.generate(), KeyRing.generate()
    house = House(
        open_database(database_url), KeyRing([key], hash_key), plan_with(doha={"webhook": [url]})
    )
    house.hire()
    for n in range(NUMBER):
        house.open(house.talk(f"+97798000000{n:02}")[0])
    return house, os.environ | {"PYTHONPATH": str(ROOT), "KEY": key, "HASH": hash_key}


def test_killed_between_telling_and_writing_it_down(database_url: str) -> None:
    with hooks() as receiver:
        house, environment = _house(database_url, receiver.url)
        kills = (4, 11, 19, 25)
        for number, threshold in enumerate(kills):
            # By its clock the lease of the one that was killed is over.
            arguments = [database_url, receiver.url, str(number * LATER)]
            process = subprocess.Popen([sys.executable, str(PROCESS), *arguments], env=environment)
            try:
                while len(receiver.calls) < threshold and process.poll() is None:
                    time.sleep(0.001)
                process.send_signal(signal.SIGKILL)
            finally:
                process.kill()
                process.wait()
        last = [database_url, receiver.url, str(len(kills) * LATER)]
        subprocess.run(
            [sys.executable, str(PROCESS), *last], env=environment, check=True, timeout=60
        )
        told = Counter(receiver.keys())
        assert states(house) == [("webhook", "sent", None)] * NUMBER
        assert undone(house) == 0
        assert len(told) == NUMBER
        assert sum(told.values()) - NUMBER <= len(kills)
        # It was killed in the middle of it at least once, or this proves nothing.
        assert max(told.values()) >= 2
        house.database.close()


def test_two_processes_at_once_tell_each_once(database_url: str) -> None:
    with hooks() as receiver:
        house, environment = _house(database_url, receiver.url)
        arguments = [database_url, receiver.url, "0"]
        both = [
            subprocess.Popen([sys.executable, str(PROCESS), *arguments], env=environment)
            for _ in range(2)
        ]
        try:
            assert [process.wait(timeout=60) for process in both] == [0, 0]
        finally:
            for process in both:
                process.kill()
        assert states(house) == [("webhook", "sent", None)] * NUMBER
        assert Counter(Counter(receiver.keys()).values()) == {1: NUMBER}
        house.database.close()
