"""Play the fault matrix and print it."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.faults.matrix import MODEL, ROWS, Played, play, show
from tests.faults.own_disk import enter

SHORT = (
    "kill -9 of all processes",
    "disk full",
    "callbacks doubled, reordered, lost",
)
"""Rows that CI plays; the others break the same things elsewhere, or take an hour apart."""


def main() -> int:
    """Return 0 when every promise held, 1 when one did not, 2 when nothing could be played."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Break everything on purpose and count what was lost, doubled or reordered.",
    )
    parser.add_argument("--only", metavar="WORDS", help="rows whose name has these words")
    parser.add_argument("--jobs", type=int, default=3, help="rows at a time (3)")
    parser.add_argument("--seed", type=int, default=20, help="of what is random (20)")
    parser.add_argument("--list", action="store_true", help="name the rows and end")
    parser.add_argument("--short", action="store_true", help="the three rows that CI plays")
    options = parser.parse_args()
    rows = [
        row
        for row in ROWS
        if (options.only or "").lower() in row.name.lower()
        and (row.name in SHORT or not options.short)
    ]
    if options.list:
        print("\n".join(row.name for row in rows))
        return 0
    if not rows:
        print(f"No row is named so: {options.only}. See --list.", file=sys.stderr)
        return 2
    if not MODEL.is_file():
        print("There is no trained model. Train one with: make train", file=sys.stderr)
        return 2
    enter(sys.argv[1:])
    columns = (TextColumn("faults"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("faults", total=len(rows))

        def told(played: Played) -> None:
            progress.advance(task)
            words = ", ".join(played.broken) or "held"
            progress.console.print(f"{played.row.name}: {words} ({played.seconds:.0f} s)")

        played = play(rows, options.jobs, options.seed, told)
    show(played)
    return int(any(each.broken for each in played))


if __name__ == "__main__":
    sys.exit(main())
