"""The house of one row: real processes, wires that can be cut, a clock that can be moved."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from sqlalchemy import select

from safar.store.database import open_database
from safar.store.tables import inbox, outbox
from tests.e2e.services import (
    MESSAGE_PATH,
    NO_LIMITS,
    PUBLIC,
    House,
    make_house,
    opened,
)
from tests.faults.moved_clock import MovedClock
from tests.faults.own_disk import on_own_disk
from tests.faults.place import Outcome, Place
from tests.faults.tally import Answer, tally
from tests.faults.wire import Wire
from tests.peers.ports import free_port
from tests.peers.twilio.webhooks import succeeded

RULES = "#rc=3&rp=all&rt=4000&tt=15000"
"""How Twilio calls the webhook, as docs/operators/gateway.md has it set."""

CALLS_FAILED, ANSWERS_LOST, REFUSED = "webhook calls failed", "answers lost", "refused for now"
"""Notes that show that a fault was felt."""

_QUIET = 3.0
_STEP = 240.0
_LATER = 3600.0
_GIVE_UP = 150.0
_FINISHED = frozenset({"accepted", "sent", "delivered", "read", "failed", "dead", "canceled"})
_QUICK = {
    "SAFAR_POLL_SECONDS": "0.05",
    "SAFAR_TWILIO_RECONCILE_SECONDS": "1",
    "SAFAR_TWILIO_TIMEOUT_SECONDS": "2",
}


@dataclass
class Stage:
    """What a row breaks things with."""

    house: House
    clock: MovedClock
    to_gateway: Wire
    to_twilio: Wire
    rng: random.Random

    @property
    def database(self) -> Path:
        """The store."""
        return self.house.database

    def warm_up(self) -> None:
        """Let one person be answered: the worker has its model now."""
        warm = {"sender": "+9779899999999", "body": "hello"}
        httpx.post(f"{self.house.twilio}/_inbound", json=warm, timeout=_GIVE_UP).raise_for_status()
        assert self.house.wait_sent(1, within=_GIVE_UP), "Nobody answered."

    def wait(self, seconds: float) -> None:
        """Let things go on."""
        time.sleep(seconds)

    def kill(self, name: str, times: int, least: float = 0.4, most: float = 1.4) -> None:
        """Kill a service again and again, each time when it runs and after a random while."""
        for _ in range(times):
            self.wait(self.rng.uniform(least, most))
            while not self.house.kill(name):
                self.wait(0.02)

    def twilio_fails(self, **faults: Any) -> None:
        """Let requests to Twilio fail from now on; see `tests.peers.twilio.faults.Faults`."""
        self.house.tell_twilio("faults", **faults)

    def settle(self) -> None:
        """Wait until everything is answered, moving the time on while nothing happens.

        What is left open after some minutes stays so, and the count will tell.
        """
        ends = time.monotonic() + _GIVE_UP
        seen, since = None, time.monotonic()
        while time.monotonic() < ends and not (state := self._state()).finished:
            if state != seen:
                seen, since = state, time.monotonic()
            elif time.monotonic() - since > _QUIET:
                self.clock.move(_STEP)
                since = time.monotonic()
            self.wait(0.2)
        # Whoever would send again what was sent does so now.
        self.clock.move(_LATER)
        self.wait(_QUIET)

    def count(self) -> Outcome:
        """Count what became of what was written, and what else there is to know."""
        received = self.house.received()
        written = [each["sid"] for each in received]
        came, went = self._rows()
        sid_of = {row.id: row.provider_message_id for row in came}
        question_of = {row.id: sid_of[row.inbox_id] for row in went if row.inbox_id in sid_of}
        place = {row.provider_message_id: row.id for row in came}
        sent = self.house.sent()
        answers = [Answer(each["to"], question_of[outbox_id_of(each)]) for each in sent]
        last = {each["sid"]: each["status"] for each in sent}
        behind = [
            row
            for row in went
            if last.get(row.provider_message_id) == "delivered" and row.state != "delivered"
        ]
        delivered = [
            each for each in self.house.received() if any(map(succeeded, each["attempts"]))
        ]
        calls = [each for message in self.house.received() for each in message["attempts"]]
        said = "" if self.house.log is None else self.house.log.read_text("utf-8", "replace")
        notes = {
            CALLS_FAILED: sum(1 for each in calls if not succeeded(each)),
            ANSWERS_LOST: said.count('"event": "outbox.unknown"'),
            REFUSED: said.count('"event": "outbox.retry"'),
            "fetched from the list": len(written) - len(delivered),
            "made anew": sum(1 for row in went if row.error_code == "redecided"),
            "delivered and not known so": len(behind),
        }
        return Outcome(tally(written, answers, place), {k: n for k, n in notes.items() if n})

    def _state(self) -> _State:
        written = len(self.house.received())
        came, went = self._rows()
        waiting = sum(1 for row in came if row.state != "done")
        unsent = sum(1 for row in went if row.state not in _FINISHED)
        return _State(written, len(came), waiting, unsent, len(self.house.sent()))

    def _rows(self) -> tuple[list[Any], list[Any]]:
        database = open_database(f"sqlite:///{self.database}", busy_timeout_ms=60_000)
        try:
            with database.read() as tx:
                came = tx.execute(select(inbox).order_by(inbox.c.id)).all()
                went = tx.execute(select(outbox).order_by(outbox.c.id)).all()
        finally:
            database.close()
        return list(came), list(went)


@dataclass(frozen=True)
class _State:
    written: int
    came: int
    waiting: int
    unsent: int
    sent: int

    @property
    def finished(self) -> bool:
        return self.came >= self.written and not self.waiting and not self.unsent


@contextmanager
def staged(place: Place, disk_kib: int | None = None) -> Iterator[Stage]:
    """Start a house with wires and a clock of its own; end it afterwards.

    Args:
        place: where, and with what.
        disk_kib: size of a file system for the home alone; None leaves it on the machine's disk.
    """
    home = place.folder / "home"
    home.mkdir()
    clock = MovedClock(place.folder / "clock")
    twilio, gateway = free_port(), free_port()
    to_twilio, to_gateway = Wire(twilio), Wire(gateway)
    settings = NO_LIMITS | _QUICK | {"SAFAR_TWILIO_API_BASE_URL": to_twilio.url}
    house = make_house(
        home, place.registry, place.model, gateway, twilio, **clock.environment, **settings
    )
    house.log = place.folder / "said.log"
    try:
        with on_own_disk(home, disk_kib), opened(house):
            house.tell_twilio(
                "webhooks", message_url=PUBLIC + MESSAGE_PATH + RULES, target=to_gateway.url
            )
            house.tell_twilio(
                "callbacks", statuses=["sent", "delivered"], target=to_gateway.url, delay=0.05
            )
            stage = Stage(house, clock, to_gateway, to_twilio, random.Random(place.seed))
            stage.warm_up()
            yield stage
    finally:
        for wire in (to_twilio, to_gateway):
            wire.cut()


def outbox_id_of(message: dict[str, Any]) -> int:
    """Return the outbox row of a message that the stand-in took: its callback's address has it."""
    return int(parse_qs(urlsplit(message["status_callback"]).query)["outbox"][0])
