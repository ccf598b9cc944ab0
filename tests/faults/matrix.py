"""Plays rows, some beside each other, and makes the table of what came of them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console
from rich.table import Table

from safar.registry.build import build_registry
from tests.e2e.services import ROOT
from tests.faults.modem_rows import MODEM_ROWS
from tests.faults.place import Outcome, Place, Row
from tests.faults.twilio_rows import TWILIO_ROWS

ROWS: tuple[Row, ...] = (*TWILIO_ROWS, *MODEM_ROWS)
MODEL = ROOT / "bot" / "models" / "safar.tar.gz"


@dataclass(frozen=True)
class Played:
    """A row that was played.

    Attributes:
        row: The fault.
        outcome: What was counted; None where the row broke down.
        seconds: How long it took.
        trouble: Why it broke down, and the end of what the services said.
    """

    row: Row
    outcome: Outcome | None
    seconds: float
    trouble: str = ""

    @property
    def broken(self) -> list[str]:
        """The promises that did not hold: none lost, none too often, none out of order."""
        if self.outcome is None:
            return ["the row could not be played"]
        tally, felt = self.outcome.tally, self.row.felt
        found = [
            (bool(felt) and not self.outcome.notes.get(felt), "the fault was not felt"),
            (tally.came == 0, "nobody wrote"),
            (tally.lost > 0, "messages were lost"),
            (tally.most > 1 + self.row.resends, "an answer was sent too often"),
            (tally.out_of_order > 0, "answers left out of order"),
        ]
        return [words for wrong, words in found if wrong]


def play(rows: Sequence[Row], jobs: int, seed: int, told: Callable[[Played], None]) -> list[Played]:
    """Play rows, `jobs` of them at a time; return them in their order.

    Args:
        rows: what is played.
        jobs: how many at a time; most of the time is waiting.
        seed: of what is random.
        told: told of each row that is over.
    """
    with tempfile.TemporaryDirectory(prefix="safar-faults-") as made:
        folder = Path(made)
        now = datetime.now(timezone.utc)
        registry = build_registry(ROOT / "content", folder / "registry.db", now).path
        done: dict[int, Played] = {}
        with ThreadPoolExecutor(jobs) as pool:
            started = {}
            for number, row in enumerate(rows):
                own = folder / str(number)
                own.mkdir()
                place = Place(own, registry, MODEL, seed + number)
                started[pool.submit(_play_one, row, place)] = number
            for future in as_completed(started):
                played = future.result()
                done[started[future]] = played
                told(played)
        return [done[number] for number in range(len(rows))]


def table(played: Sequence[Played]) -> Table:
    """Return the matrix."""
    made = Table("fault", title="What became of messages while something was broken")
    for name in ("in", "lost", "doubled", "out of order", "s"):
        made.add_column(name, justify="right")
    made.add_column("what else", overflow="fold")
    for each in played:
        if each.outcome is None:
            made.add_row(each.row.name, *["?"] * 4, f"{each.seconds:.0f}", "could not be played")
            continue
        tally, notes = each.outcome.tally, each.outcome.notes
        said = [f"{name}: {number}" for name, number in notes.items()]
        if each.row.resends:
            said.append(f"at most {each.row.resends} resend is allowed")
        made.add_row(
            each.row.name,
            *map(str, (tally.came, tally.lost, tally.doubled, tally.out_of_order)),
            f"{each.seconds:.0f}",
            "; ".join([*each.broken, *said]),
            style="red" if each.broken else None,
        )
    return made


def show(played: Sequence[Played]) -> None:
    """Print the matrix, and the words of rows that broke down."""
    console = Console(width=130)
    console.print(table(played))
    for each in played:
        if each.trouble:
            console.print(f"{each.row.name}: {each.trouble}", markup=False, soft_wrap=True)


def _play_one(row: Row, place: Place) -> Played:
    began = time.monotonic()
    try:
        outcome = row.play(place)
    except Exception as error:  # noqa: BLE001 - the other rows go on, and the table says so
        said = place.folder / "said.log"
        last = said.read_text("utf-8", "replace").splitlines()[-20:] if said.is_file() else []
        trouble = "\n".join([f"{type(error).__name__}: {error}", *last])
        return Played(row, None, time.monotonic() - began, trouble)
    return Played(row, outcome, time.monotonic() - began)
