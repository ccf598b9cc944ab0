"""The lines of the table: which figures, in which words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from tests.bench.figures import Figure
from tests.bench.talk import ENDS, Plan

Better = Literal["more", "less"]


def rows(plan: Plan, ours: Mapping[str, float], baseline: Mapping[str, float]) -> list[Figure]:
    """Return all figures, by the names under which they were measured."""
    people, long = f"{plan.people} people", f"of {plan.long}"
    lines: list[tuple[str, str, str, Better]] = [
        ("alone.rate", "messages a second, 1 person", "1/s", "more"),
        ("alone.p50", "  answer within, half of them", "ms", "less"),
        ("alone.p99", "  answer within, 99 of 100", "ms", "less"),
        ("alone.processor", "  processor time a message", "ms", "less"),
        ("crowd.rate", f"messages a second, {people}", "1/s", "more"),
        ("crowd.p50", "  answer within, half of them", "ms", "less"),
        ("crowd.p99", "  answer within, 99 of 100", "ms", "less"),
        ("crowd.processor", "  processor time a message", "ms", "less"),
        ("long.first", f"one conversation: first {ENDS} turns", "ms", "less"),
        ("long.last", f"  last {ENDS} {long}", "ms", "less"),
        ("long.first.processor", f"  processor time, first {ENDS}", "ms", "less"),
        ("long.last.processor", f"  processor time, last {ENDS} {long}", "ms", "less"),
        ("start", "start to first answer", "s", "less"),
        ("memory.all", "memory, all processes (PSS)", "MB", "less"),
        ("memory.worker.rss", "  worker | Rasa server (RSS)", "MB", "less"),
        ("memory.gateway.rss", "  gateway (RSS)", "MB", "less"),
        ("memory.dispatcher.rss", "  dispatcher (RSS)", "MB", "less"),
        ("memory.supervisor.rss", "  supervisor (RSS)", "MB", "less"),
        ("import.seconds", "import of Rasa", "s", "less"),
        ("import.memory", "  memory after it (RSS)", "MB", "less"),
        ("disk", "installed libraries (ours with the tools of developers)", "MB", "less"),
    ]
    return [
        Figure(
            key=key,
            name=name,
            unit=unit,
            better=better,
            ours=ours.get(key),
            baseline=baseline.get(key),
        )
        for key, name, unit, better in lines
    ]
