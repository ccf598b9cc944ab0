"""Processes are killed in the middle of their work; no message may suffer."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import safar.store
from safar.gateway import inbox, outbox
from safar.gateway.messages import InboundMessage
from safar.store.crypto import KeyRing
from safar.store.database import open_database

MESSAGES, PEOPLE = 150, 12
KILL_AT = (15, 50, 85, 120)  # lines of the effects file
PROCESS = Path(__file__).with_name("crash_process.py")
ROOT = Path(safar.store.__file__).parents[2]


def _lines(path: Path) -> list[list[str]]:
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.both_databases
@pytest.mark.timeout(180)
def test_killed_processes_lose_and_repeat_nothing(tmp_path, clock, dialect, database_url) -> None:
    url, effects = database_url, tmp_path / "effects"
    key, hash_key = KeyRing.generate(), KeyRing.generate()
    keyring, database = KeyRing([key], hash_key), open_database(url)
    for number in range(MESSAGES):
        message = InboundMessage(
            provider="fake",
            provider_message_id=f"in-{number}",
            channel="sms",
            sender_kind="phone",
            sender=f"+97798412345{number % PEOPLE:02}",
            recipient="+1500",
            body=str(number),
        )
        inbox.receive(database, keyring, message, clock())

    started = 0

    def start() -> subprocess.Popen[bytes]:
        nonlocal started
        started += 1
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "CRASH_KEY": key,
            "CRASH_HASH": hash_key,
        }
        return subprocess.Popen(
            [sys.executable, str(PROCESS), url, str(effects), f"owner-{started}"],
            env=environment,
            stdout=subprocess.DEVNULL,
        )

    chance = random.Random(20261123)
    processes = [start(), start()]
    try:
        for threshold in KILL_AT:
            while len(_lines(effects)) < threshold:
                assert [process.poll() for process in processes] == [None, None]
                time.sleep(0.001)
            place = chance.randrange(2)
            processes[place].send_signal(signal.SIGKILL)
            assert processes[place].wait() == -signal.SIGKILL
            processes[place] = start()
        assert [process.wait(timeout=120) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
            process.wait()

    lines = _lines(effects)
    repeated = {row for row, times in Counter(line[0] for line in lines).items() if times > 1}
    order: dict[str, list[int]] = defaultdict(list)
    for _, conversation, number in lines:
        order[conversation].append(int(number))
    assert repeated == set()
    assert sorted(sum(order.values(), [])) == list(range(MESSAGES))
    assert len(order) == PEOPLE
    assert all(numbers == sorted(numbers) for numbers in order.values())
    assert inbox.counts(database) == {"done": MESSAGES}
    assert outbox.counts(database) == {"accepted": MESSAGES}
    with database.read() as tx:
        assert (
            dialect == "postgresql"
            or tx.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        )
    database.close()
