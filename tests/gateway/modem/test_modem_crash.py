"""The whole way, killed again and again: SIM card, store, answer, modem."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

import safar.store
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from tests.clock import NOW
from tests.gateway.modem.modem_office import until
from tests.peers.gammu_phone import concatenation

PEOPLE, EACH = 4, 5
KILL_AT = (3, 9, 15)  # messages sent
PROCESS = Path(__file__).with_name("modem_crash_process.py")
ROOT = Path(safar.store.__file__).parents[2]


@pytest.mark.timeout(120)
def test_killed_dispatchers_lose_nothing_on_the_whole_way(tmp_path, phone) -> None:
    url = f"sqlite:///{tmp_path}/safar.db"
    keys = {"CRASH_KEY": KeyRing.generate(), "CRASH_HASH": KeyRing.generate()}
    expected: dict[str, list[str]] = defaultdict(list)
    for number in range(PEOPLE * EACH):
        sender, at = f"+977981234567{number % PEOPLE}", NOW - timedelta(minutes=60 - number)
        first, second = f"question {number:02} begins, ", f"and ends {number:02}"
        # Every message has two parts, the second one first.
        phone.receive(second, sender, at=at, udh=concatenation(number, 2, 2))
        phone.receive(first, sender, at=at, udh=concatenation(number, 2, 1))
        expected[sender].append(first + second)

    def start(number: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, str(PROCESS), url, str(phone.folder), f"owner-{number}"],
            env=os.environ | keys | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait_for(sent: int) -> None:
        end = time.monotonic() + 40
        while len({(each.number, each.text) for each in phone.sent()}) < sent:
            assert process.poll() is None
            assert time.monotonic() < end, f"{len(phone.sent())} were sent."
            time.sleep(0.005)

    process = start(0)
    try:
        for number, threshold in enumerate(KILL_AT, start=1):
            wait_for(threshold)
            process.send_signal(signal.SIGKILL)
            process.wait()
            process = start(number)
        wait_for(PEOPLE * EACH)
        until(lambda: not phone.held())
    finally:
        process.kill()
        process.wait()

    sent = defaultdict(list)
    for each in phone.sent():
        sent[each.number].append(each.text)
    # A kill between the network's answer and its note may send one text twice, never none.
    repeated = sum(Counter((n, t) for n, texts in sent.items() for t in texts).values())
    assert repeated - PEOPLE * EACH <= len(KILL_AT)
    assert {number: list(dict.fromkeys(texts)) for number, texts in sent.items()} == expected
    database = open_database(url)
    with database.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one() == PEOPLE * EACH
    database.close()
