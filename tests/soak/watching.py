"""Looks at the house while it works: how much waits, and what the processes hold."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from statistics import median

from sqlalchemy import func, select

from safar.gateway.outbox_rows import is_open
from safar.store.database import Database
from safar.store.tables import inbox, outbox
from tests.bench.processes import memory_of
from tests.e2e.services import House

_EVERY = 2.0
_SETTLED = 0.2
"""Of the run, the share after which memory must not grow: caches are full by then."""


@dataclass
class Sample:
    """One look: seconds since the beginning, messages unanswered, texts unsent, MB by process."""

    at: float
    unanswered: int
    unsent: int
    memory: dict[str, float] = field(default_factory=dict)


class Watcher(threading.Thread):
    """Looks every two seconds until told to stop."""

    def __init__(self, house: House, database: Database) -> None:
        """Take whom to look at."""
        super().__init__(daemon=True)
        self._house, self._database = house, database
        self._over = threading.Event()
        self.samples: list[Sample] = []

    @property
    def waiting(self) -> int:
        """How many messages waited at the last look."""
        last = self.samples[-1] if self.samples else None
        return last.unanswered + last.unsent if last else 0

    def run(self) -> None:
        """Look again and again."""
        began = time.monotonic()
        while not self._over.is_set():
            self.samples.append(self._look(time.monotonic() - began))
            self._over.wait(_EVERY)

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()

    def growth(self) -> dict[str, tuple[float, float]]:
        """Return MB by process, after the beginning and at the end: the median of each tenth."""
        seen = [sample for sample in self.samples if sample.memory]
        tenth = max(1, len(seen) // 10)
        start = int(len(seen) * _SETTLED)
        early, late = seen[start : start + tenth], seen[-tenth:]
        names = sorted(seen[-1].memory) if seen else []
        return {name: (_median(early, name), _median(late, name)) for name in names}

    def _look(self, at: float) -> Sample:
        with self._database.read() as tx:
            open_ = inbox.c.state.in_(["ready", "leased"])
            unanswered = tx.execute(
                select(func.count()).select_from(inbox).where(open_)
            ).scalar_one()
            unsent = tx.execute(
                select(func.count()).select_from(outbox).where(is_open(outbox))
            ).scalar_one()
        memory = {}
        for name, pid in self._house.services().items():
            try:
                memory[name] = memory_of(pid).rss
            except OSError:
                continue
        return Sample(at, int(unanswered), int(unsent), memory)


def _median(samples: list[Sample], name: str) -> float:
    return median([sample.memory[name] for sample in samples if name in sample.memory] or [0.0])
