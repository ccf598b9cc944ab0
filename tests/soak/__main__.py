"""Run it and print what came of it."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import select

from safar.registry.build import build_registry
from safar.store.database import Database, open_database
from safar.store.tables import inbox, outbox
from tests.bench.figures import percentile
from tests.e2e.services import NO_LIMITS, ROOT, House, running
from tests.faults.stage import outbox_id_of
from tests.faults.tally import Answer, Tally, tally
from tests.soak.load import Plan, Written, write
from tests.soak.watching import Watcher

MODEL = ROOT / "bot" / "models" / "safar.tar.gz"
MOST_GROWTH = 1.10
_EMPTY_WITHIN = 300.0


@dataclass(frozen=True)
class Result:
    """What came of a run."""

    plan: Plan
    written: Written
    tally: Tally
    watcher: Watcher
    seconds: float
    empty_after: float | None
    store_mb: float

    def broken(self) -> list[str]:
        """Return the promises that did not hold."""
        counted = self.tally
        found = [
            (counted.came != self.plan.messages, "not all was written"),
            (counted.lost > 0, f"{counted.lost} messages were lost"),
            (counted.doubled > 0, f"{counted.doubled} answers were sent twice"),
            (counted.out_of_order > 0, f"{counted.out_of_order} answers left out of order"),
            (self.empty_after is None, "the queues did not run empty"),
        ]
        for name, (early, late) in self.watcher.growth().items():
            grew = late > early * MOST_GROWTH + 5
            found.append((grew, f"the {name} grew from {early:.0f} to {late:.0f} MB"))
        return [words for wrong, words in found if wrong]

    def lines(self) -> list[tuple[str, str]]:
        """Return what to print, a line each."""
        calls = [1000 * each for each in self.written.seconds]
        deepest = max(sample.unanswered + sample.unsent for sample in self.watcher.samples)
        rate = self.plan.messages / self.seconds
        empty = "never" if self.empty_after is None else f"{self.empty_after:.0f} s after the last"
        return [
            ("messages, people", f"{self.plan.messages:,} from {self.plan.people:,}"),
            ("time, rate", f"{self.seconds:.0f} s, {rate:.0f} a second"),
            ("lost / doubled / out of order", _slashed(self.tally)),
            ("webhook answered within: half", f"{percentile(calls, 0.5):.0f} ms"),
            ("99 of 100", f"{percentile(calls, 0.99):.0f} ms"),
            ("the slowest", f"{max(calls):.0f} ms"),
            ("calls that had to be repeated", str(self.written.refused)),
            ("deepest queue", str(deepest)),
            ("queues empty", empty),
            *(
                (f"memory of the {name}", f"{early:.0f} MB after a fifth, {late:.0f} MB at the end")
                for name, (early, late) in self.watcher.growth().items()
            ),
            ("store on disk", f"{self.store_mb:.0f} MB"),
        ]


def main() -> int:
    """Return 0 when every promise held, 1 when one did not, 2 when nothing could be run."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--messages", type=int, default=Plan.messages)
    parser.add_argument("--people", type=int, default=Plan.people)
    parser.add_argument("--rate", type=float, default=Plan.rate, help="messages a second at most")
    options = parser.parse_args()
    if not MODEL.is_file():
        print("There is no trained model. Train one with: make train", file=sys.stderr)
        return 2
    result = run(Plan(options.messages, options.people, options.rate))
    for name, words in result.lines():
        print(f"{name:<32}{words}")
    for words in result.broken():
        print(f"NOT HELD: {words}")
    return int(bool(result.broken()))


def run(plan: Plan) -> Result:
    """Start the house, write, wait until all is answered, and count."""
    columns = (TextColumn("soak"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with tempfile.TemporaryDirectory(prefix="safar-soak-") as made:
        folder = Path(made)
        now = datetime.now(timezone.utc)
        registry = build_registry(ROOT / "content", folder / "registry.db", now).path
        home = folder / "home"
        home.mkdir()
        with (
            running(home, registry, MODEL, **NO_LIMITS) as house,
            Progress(*columns, console=Console(stderr=True)) as progress,
        ):
            task = progress.add_task("soak", total=plan.messages)
            house.tell_twilio("callbacks", statuses=["delivered"], target=house.gateway)
            database = open_database(f"sqlite:///{house.database}")
            watcher = Watcher(house, database)
            watcher.start()
            began = time.monotonic()

            def told(number: int) -> None:
                progress.update(task, completed=number)

            written = asyncio.run(write(house, plan, lambda: watcher.waiting, told))
            empty_after = _until_empty(watcher)
            seconds = time.monotonic() - began
            watcher.end()
            counted = _count(written.sids, house, database)
            database.close()
            store = sum(path.stat().st_size for path in home.glob("safar.db*")) / 1e6
            return Result(plan, written, counted, watcher, seconds, empty_after, store)


def _until_empty(watcher: Watcher) -> float | None:
    began = time.monotonic()
    while time.monotonic() - began < _EMPTY_WITHIN:
        looks = len(watcher.samples)
        while len(watcher.samples) == looks:
            time.sleep(0.1)
        if watcher.waiting == 0:
            return time.monotonic() - began
    return None


def _count(sids: Sequence[str], house: House, database: Database) -> Tally:
    with database.read() as tx:
        came = tx.execute(select(inbox.c.id, inbox.c.provider_message_id)).all()
        went = tx.execute(select(outbox.c.id, outbox.c.inbox_id)).all()
    sid_of = {row.id: row.provider_message_id for row in came}
    question_of = {row.id: sid_of[row.inbox_id] for row in went}
    place = {row.provider_message_id: row.id for row in came}
    answers = [Answer(each["to"], question_of[outbox_id_of(each)]) for each in house.sent()]
    return tally(sids, answers, place)


def _slashed(counted: Tally) -> str:
    return f"{counted.lost} / {counted.doubled} / {counted.out_of_order}"


if __name__ == "__main__":
    sys.exit(main())
