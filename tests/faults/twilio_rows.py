"""Faults on the way over Twilio, one row each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.own_disk import check_own_disk
from tests.faults.people import Traffic, Writing
from tests.faults.place import Outcome, Place
from tests.faults.stage import ANSWERS_LOST, CALLS_FAILED, REFUSED, Stage, staged

MANY = Traffic(people=12, each=6, seconds=8.0)
SLOW = Traffic(people=8, each=6, seconds=44.0)
AWAY = Traffic(people=10, each=6, seconds=26.0)
HOUR = 3600.0
_DISK_KIB = 16_384


@dataclass(frozen=True)
class TwilioRow:
    """One fault while people write by SMS over Twilio's stand-in.

    Attributes:
        name: What is broken, for the table.
        breaks: Breaks it while people write.
        traffic: Who writes how much.
        resends: How often a message may be sent again: 1 where the provider took it and then said
            that it had not, which nobody can find out.
        felt: A note that must be there: else nothing was broken, and the row shows nothing.
        small_disk: Whether the store lies on a file system of its own, which can be filled.
    """

    name: str
    breaks: Callable[[Stage], None]
    traffic: Traffic = MANY
    resends: int = 0
    felt: str = ""
    small_disk: bool = False

    def play(self, place: Place) -> Outcome:
        """Start everything, let people write, break it, and count when all is quiet again."""
        with staged(place, _DISK_KIB if self.small_disk else None) as stage:
            writing = Writing(stage.house, self.traffic)
            self.breaks(stage)
            writing.wait()
            stage.settle()
            return stage.count()


def nothing(stage: Stage) -> None:
    """Break nothing: what is counted without a fault."""


def kill_gateway(stage: Stage) -> None:
    """Kill the gateway five times."""
    stage.kill("gateway", 5, 1.5, 3.0)


def kill_worker(stage: Stage) -> None:
    """Kill the worker three times; it needs seconds to load its model."""
    stage.kill("worker", 3)


def kill_dispatcher(stage: Stage) -> None:
    """Kill the dispatcher five times."""
    stage.kill("dispatcher", 5)


def power_cut(stage: Stage) -> None:
    """Kill all processes in the same moment, twice, and start again as a machine does."""
    for _ in range(2):
        stage.wait(stage.rng.uniform(2.0, 4.0))
        pids = stage.house.services()
        stage.house.supervisor.kill()
        for name in pids:
            stage.house.kill(name)
        stage.house.supervisor.wait()
        stage.wait(0.5)
        stage.house.start()


def locked(stage: Stage) -> None:
    """Hold the store's write lock for 40 s, far longer than anybody waits for it."""
    stage.wait(1.0)
    connection = sqlite3.connect(stage.database, isolation_level=None, timeout=20)
    try:
        connection.execute("BEGIN IMMEDIATE")
        stage.wait(40.0)
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def full_disk(stage: Stage) -> None:
    """Fill the disk to the last byte for some seconds."""
    stage.wait(1.0)
    check_own_disk(stage.database.parent)
    ballast = stage.database.with_name("ballast")
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 512, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
        stage.wait(8.0)
    ballast.unlink()


def hanging_before(stage: Stage) -> None:
    """Let Twilio hang before it takes a message: half of the requests, then none."""
    stage.twilio_fails(mode="hang", times=8, share=0.5, seconds=10, seed=1)


def hanging_after(stage: Stage) -> None:
    """Let Twilio take a message and then hang."""
    stage.twilio_fails(mode="hang_after_accept", times=8, share=0.5, seconds=10, seed=2)


def storm(stage: Stage) -> None:
    """Throttle four of five requests, forty times."""
    stage.twilio_fails(mode=["429", "problem"], times=40, share=0.8, seed=3)


def error_after(stage: Stage) -> None:
    """Let Twilio take every second message and answer HTTP 500; its list shows it."""
    stage.twilio_fails(mode="500_after_accept", times=20, share=0.5, seed=4)


def lost_answers(stage: Stage) -> None:
    """Take messages and answer with all kinds of nonsense."""
    stage.twilio_fails(
        mode=["drop_after_accept", "garbage", "500_after_accept", "garbage_before_accept", "503"],
        times=20,
        share=0.5,
        seed=5,
    )


def lies(stage: Stage) -> None:
    """Let Twilio take a message, answer HTTP 500, not list it, and report nothing."""
    stage.house.tell_twilio("callbacks", statuses=[])
    stage.house.tell_twilio("lists", lag=100 * HOUR)
    stage.twilio_fails(mode="500_after_accept", times=12, share=0.4, seed=6)


def callbacks(stage: Stage) -> None:
    """Report every status three times, in any order, and lose a tenth of the reports."""
    stage.house.tell_twilio(
        "callbacks",
        statuses=["queued", "sending", "sent", "delivered"],
        target=stage.to_gateway.url,
        copies=3,
        order="shuffled",
        lose=0.1,
        seed=7,
        delay=0.02,
    )


def clock_jumps(stage: Stage) -> None:
    """Set the time of day forward and back by minutes and hours, ending half an hour back."""
    for seconds in (2 * HOUR, -HOUR, 300.0, -2 * HOUR, 90.0, HOUR / 2 - 390.0):
        stage.wait(1.2)
        stage.clock.move(seconds)


def network_away(hours: float) -> Callable[[Stage], None]:
    """Cut the network both ways for so many hours, which pass in 20 s."""

    def away(stage: Stage) -> None:
        stage.wait(2.0)
        wires = (stage.to_gateway, stage.to_twilio)
        for wire in wires:
            wire.cut()
        for _ in range(40):
            stage.wait(0.5)
            stage.clock.move(hours * HOUR / 40)
        for wire in wires:
            wire.mend()

    return away


TWILIO_ROWS = (
    TwilioRow("nothing", nothing),
    TwilioRow("kill -9 of the gateway", kill_gateway, Traffic(12, 6, 16.0), felt=CALLS_FAILED),
    TwilioRow("kill -9 of the worker", kill_worker),
    TwilioRow("kill -9 of the dispatcher", kill_dispatcher, Traffic(12, 6, 10.0)),
    TwilioRow("kill -9 of all processes", power_cut, Traffic(12, 6, 20.0), felt=CALLS_FAILED),
    TwilioRow("database locked for 40 s", locked, SLOW, felt=CALLS_FAILED),
    TwilioRow("disk full", full_disk, Traffic(12, 6, 12.0), felt=CALLS_FAILED, small_disk=True),
    TwilioRow("provider hangs before it takes a message", hanging_before, felt=ANSWERS_LOST),
    TwilioRow("provider takes a message and hangs", hanging_after, felt=ANSWERS_LOST),
    TwilioRow("429 storm", storm, felt=REFUSED),
    TwilioRow("5xx after accept", error_after, felt=ANSWERS_LOST),
    TwilioRow("answers lost, cut off or nonsense", lost_answers, felt=ANSWERS_LOST),
    TwilioRow("5xx after accept, and not in the list", lies, resends=1, felt=ANSWERS_LOST),
    TwilioRow("callbacks doubled, reordered, lost", callbacks),
    TwilioRow("clock jumps", clock_jumps),
    TwilioRow("network away for one hour", network_away(1), AWAY, felt=CALLS_FAILED),
    TwilioRow("network away for six hours", network_away(6), AWAY, felt=CALLS_FAILED),
)
