"""People who write, wait for the answer and write again; and how long they waited."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from typing import Protocol

from tests.bench.figures import percentile
from tests.bench.processes import memory_of, processor_seconds

MESSAGES_EACH = 4
"""Messages of one person before another one takes the place."""
ENDS = 20
"""Turns at either end of the long conversation that are compared."""
ANSWERS_WITHIN = 60.0

Say = Callable[[str], None]


class BenchError(RuntimeError):
    """Nothing can be measured; the message says why and what to do."""


class System(Protocol):
    """What is measured, once it runs."""

    @property
    def texts(self) -> Sequence[Sequence[str]]:
        """Return conversations, of `MESSAGES_EACH` messages each."""

    def ask(self, person: int, text: str) -> None:
        """Send a message of a person and return when the answer is there."""

    def pids(self) -> Mapping[str, int]:
        """Return the processes by name; the one that holds the model is "worker"."""


@dataclass(frozen=True)
class Plan:
    """How much is measured; each side gets its messages in `rounds` turns, one after the other."""

    rounds: int = 4
    alone: int = 96
    crowd: int = 512
    people: int = 8
    long: int = 400
    imports: int = 3


QUICK = Plan(rounds=2, alone=24, crowd=128, long=60, imports=1)


@dataclass
class Waits:
    """How long each answer took, in seconds, and what all took together."""

    each: list[float] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0

    def add(self, other: Waits) -> None:
        """Count `other` as part of this."""
        self.each += other.each
        self.seconds += other.seconds
        self.processor += other.processor

    def figures(self, name: str) -> dict[str, float]:
        """Return the usual figures, times in milliseconds."""
        return {
            f"{name}.rate": len(self.each) / self.seconds,
            f"{name}.p50": 1000 * percentile(self.each, 0.5),
            f"{name}.p99": 1000 * percentile(self.each, 0.99),
            f"{name}.processor": 1000 * self.processor / len(self.each),
        }


class Talk:
    """The people of one system; whoever begins a conversation is new."""

    def __init__(self, system: System) -> None:
        """Keep what is measured."""
        self._system = system
        self._persons = itertools.count(1)
        self._faithful = next(self._persons)
        self._texts = itertools.cycle(text for one in system.texts for text in one)

    def crowd(self, people: int, messages: int) -> Waits:
        """Let `people` write at the same time, each one conversation after the other."""
        each = max(1, messages // people // MESSAGES_EACH)

        def write() -> list[float]:
            with ThreadPoolExecutor(people) as pool:
                parts = pool.map(self._conversations, [each] * people)
                return [wait for part in parts for wait in part]

        return self._watched(write)

    def more_of_the_long(self, messages: int) -> Waits:
        """Let the one person who never stops write `messages` more."""
        texts = itertools.islice(self._texts, messages)
        return self._watched(lambda: [self._timed(self._faithful, text) for text in texts])

    def memory(self) -> dict[str, float]:
        """Return what the processes hold now."""
        found: dict[str, float] = {"memory.all": 0.0}
        for name, pid in self._system.pids().items():
            memory = memory_of(pid)
            found[f"memory.{name}.rss"] = memory.rss
            found["memory.all"] += memory.pss
        return found

    def _watched(self, write: Callable[[], list[float]]) -> Waits:
        pids = list(self._system.pids().values())
        began, before = time.perf_counter(), processor_seconds(pids)
        each = write()
        return Waits(each, time.perf_counter() - began, processor_seconds(pids) - before)

    def _conversations(self, count: int) -> list[float]:
        waits = []
        for _ in range(count):
            person = next(self._persons)
            for text in self._system.texts[person % len(self._system.texts)]:
                waits.append(self._timed(person, text))
        return waits

    def _timed(self, person: int, text: str) -> float:
        began = time.perf_counter()
        self._system.ask(person, text)
        return time.perf_counter() - began


def measure(plan: Plan, systems: Sequence[System], say: Say) -> list[dict[str, float]]:
    """Return the figures of each system, all of which run and have answered once.

    They are asked by turns: a shared machine is faster in one minute than in the next, and a
    comparison of two minutes would be of the machine.
    """
    talks = [Talk(system) for system in systems]
    found: list[dict[str, float]] = [{} for _ in talks]
    say("warming up")
    for talk in talks:
        talk.crowd(1, 3 * MESSAGES_EACH)
    for name, people, messages in (("alone", 1, plan.alone), ("crowd", plan.people, plan.crowd)):
        say(f"{people} at a time, {messages} messages")
        waits = [Waits() for _ in talks]
        for _ in range(plan.rounds):
            for talk, sum_of in zip(talks, waits, strict=True):
                sum_of.add(talk.crowd(people, messages // plan.rounds))
        for one, sum_of in zip(found, waits, strict=True):
            one.update(sum_of.figures(name))
    for talk, one in zip(talks, found, strict=True):
        one.update(talk.memory())
    say(f"one conversation of {plan.long} messages")
    parts: list[list[Waits]] = [[] for _ in talks]
    for _ in range(plan.long // ENDS):
        for talk, blocks in zip(talks, parts, strict=True):
            blocks.append(talk.more_of_the_long(ENDS))
    for one, blocks in zip(found, parts, strict=True):
        for name, block in (("long.first", blocks[0]), ("long.last", blocks[-1])):
            one[name] = 1000 * median(block.each)
            one[f"{name}.processor"] = 1000 * block.processor / ENDS
    return found
