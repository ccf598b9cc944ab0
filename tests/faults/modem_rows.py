"""Faults of a field office: its modem, the process around it, and the dispatcher.

The telephone is libGammu's dummy (`tests.peers.gammu_phone`). A dispatcher of its own process sends
through it, and answers every message with the message's own words.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from sqlalchemy import select

from safar.store.crypto import KeyRing
from safar.store.database import open_database
from safar.store.tables import inbox
from tests.e2e.services import ROOT
from tests.faults.place import Outcome, Place
from tests.faults.tally import Answer, tally
from tests.peers.gammu_phone import GammuPhone, concatenation

PEOPLE, EACH = 5, 6
_PAUSE = 0.25
_GIVE_UP = 180.0
_QUIET = 2.5
_PROCESS = ROOT / "tests" / "gateway" / "modem" / "modem_crash_process.py"
_MODEM_PROCESS = b"tests.peers.gammu_phone_child"


@dataclass
class FieldOffice:
    """A dummy telephone and the process that serves it."""

    folder: Path
    rng: random.Random
    phone: GammuPhone
    keys: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    @property
    def url(self) -> str:
        """Address of the store."""
        return f"sqlite:///{self.folder}/safar.db"

    def start(self) -> None:
        """Start the dispatcher."""
        self.starts += 1
        command = [str(_PROCESS), self.url, str(self.phone.folder), f"owner-{self.starts}"]
        with (self.folder / "said.log").open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                env=os.environ | self.keys | {"PYTHONPATH": str(ROOT)},
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """Kill the dispatcher; what it started dies with it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def kill_modem_process(self) -> bool:
        """Kill the process that holds the modem; False when there is none at this moment."""
        assert self.process is not None
        for each in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = each.read_bytes().split(b"\0")
                if _MODEM_PROCESS in words and str(self.process.pid).encode() in words:
                    os.kill(int(each.parent.name), signal.SIGKILL)
                    return True
        return False

    def write(self) -> list[tuple[str, str]]:
        """Let people write, every second message in two parts, the second part first."""
        written = []
        base = datetime.now(timezone.utc) - timedelta(hours=1)
        for number in range(PEOPLE * EACH):
            sender, at = f"+977981234567{number % PEOPLE}", base + timedelta(seconds=number)
            first, second = f"question {number:02} begins, ", f"and ends {number:02}"
            if number % 2:
                self.phone.receive(second, sender, at=at, udh=concatenation(number, 2, 2))
                self.phone.receive(first, sender, at=at, udh=concatenation(number, 2, 1))
            else:
                self.phone.receive(first + second, sender, at=at)
            written.append((sender, first + second))
            time.sleep(_PAUSE)
        return written

    def settle(self, texts: int) -> None:
        """Wait until everything was answered, or for some minutes."""
        ends = time.monotonic() + _GIVE_UP
        while time.monotonic() < ends:
            if len({each.text for each in self.phone.sent()}) >= texts and not self.phone.held():
                break
            time.sleep(0.2)
        time.sleep(_QUIET)

    def count(self, written: list[tuple[str, str]]) -> Outcome:
        """Count what the network took."""
        keyring = KeyRing([self.keys["CRASH_KEY"]], self.keys["CRASH_HASH"])
        database = open_database(self.url)
        with database.read() as tx:
            rows = tx.execute(select(inbox.c.id, inbox.c.body_encrypted).order_by(inbox.c.id))
            place = {keyring.decrypt(row.body_encrypted): row.id for row in rows}
        database.close()
        answers = [Answer(each.number, each.text) for each in self.phone.sent()]
        return Outcome(
            tally([text for _, text in written], answers, place),
            {"left on the SIM card": len(self.phone.held())} if self.phone.held() else {},
        )


@dataclass(frozen=True)
class ModemRow:
    """One fault of a field office; see `tests.faults.place.Row`."""

    name: str
    breaks: Callable[[FieldOffice], None]
    resends: int = 0
    felt: str = ""

    def play(self, place: Place) -> Outcome:
        """Start the office, let people write, break it, and count when all is quiet again."""
        phone = GammuPhone.make(place.folder / "phone")
        keys = {"CRASH_KEY": KeyRing.generate(), "CRASH_HASH": KeyRing.generate()}
        office = FieldOffice(place.folder, random.Random(place.seed), phone, keys)
        office.start()
        try:
            with ThreadPoolExecutor(1) as beside:
                breaking = beside.submit(self.breaks, office)
                written = office.write()
                breaking.result()
            office.settle(len(written))
            return office.count(written)
        finally:
            office.kill()


def kill_dispatcher(office: FieldOffice) -> None:
    """Kill the dispatcher four times."""
    for _ in range(4):
        time.sleep(office.rng.uniform(1.0, 2.0))
        office.kill()
        office.start()


def kill_modem_process(office: FieldOffice) -> None:
    """Kill the process that holds the modem four times."""
    for _ in range(4):
        time.sleep(office.rng.uniform(0.8, 1.6))
        while not office.kill_modem_process():
            time.sleep(0.01)


def unplug(office: FieldOffice) -> None:
    """Pull the stick out for two seconds, twice."""
    for _ in range(2):
        time.sleep(office.rng.uniform(1.5, 2.5))
        office.phone.unplug()
        time.sleep(2.0)
        office.phone.plug_in()


def hang(office: FieldOffice) -> None:
    """Let the modem hang before it sends, and refuse.

    Never twice over one text: what is in doubt is sent again once, since it may have been sent.
    """
    office.phone.tell("send-spare", ["ok", "hang", "refused", "ok", "kill", "ok", "timeout"])


def lose_answers(office: FieldOffice) -> None:
    """Let the modem send and not say so."""
    office.phone.tell("send", ["ok", "hang-sent", "ok", "kill-sent", "ok", "timeout-sent"])


MODEM_ROWS = (
    ModemRow("modem unplugged", unplug),
    ModemRow("modem: kill -9 of its process", kill_modem_process, resends=1),
    ModemRow("modem: kill -9 of the dispatcher", kill_dispatcher, resends=1),
    ModemRow("modem hangs before it sends", hang),
    ModemRow("modem sends and does not say so", lose_answers, resends=1),
)
