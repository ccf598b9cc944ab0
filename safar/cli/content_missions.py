"""`safar content import-missions`: missions of the whole world from an export of Wikidata."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from safar.registry.errors import ContentError
from safar.registry.world.embassies import Taken, take_embassies
from safar.registry.world.models import WorldMission
from safar.registry.world.table import read_table, write_table


def import_missions(export: Path, target: Path) -> tuple[Taken, int]:
    """Write what can be used of `export` to `target`; rows that an editor has dated stay.

    Returns:
        What was taken, and the number of rows that were kept because they have their own source.

    Raises:
        ContentError: `target` has rows that cannot be read; nothing was written.
        OSError, ValueError: see `take_embassies`; nothing was written.
    """
    rows, problems = read_table(target, target.name, WorldMission)
    if problems:
        raise ContentError(problems)
    taken = take_embassies(export)
    edited = [row.entry for row in rows if row.entry.source is not None]
    ours = {_place(mission) for mission in edited}
    missions = [m for m in taken.missions if _place(m) not in ours] + edited
    target.parent.mkdir(parents=True, exist_ok=True)
    write_table(target, sorted(missions, key=_place), WorldMission)
    return taken, len(edited)


def _place(mission: WorldMission) -> tuple[str, str, str, str]:
    return mission.origin, mission.destination, mission.kind, mission.city


def show(taken: Taken, edited: int, target: Path, console: Console) -> None:
    """Print how many rows were taken, and what became of the others."""
    table = Table("left out or mended", "rows")
    table.columns[1].justify = "right"
    for reason, count in taken.left_out.most_common():
        table.add_row(reason, str(count))
    console.print(table)
    console.print(
        f"{target}: {len(taken.missions)} missions of {taken.rows} rows; "
        f"{edited} rows of yours kept."
    )
