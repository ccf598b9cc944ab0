"""The tables of content/world as they were read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from safar.registry.schema import Entry, PartialDate
from safar.registry.world.models import (
    City,
    Ratification,
    TableDates,
    WorldDates,
    WorldEmergency,
    WorldMission,
)
from safar.registry.world.table import Row


@dataclass(frozen=True)
class World:
    """Rows with their lines; everything may be empty, but rows without dates are not."""

    dates: WorldDates | None = None
    missions: tuple[Row[WorldMission], ...] = ()
    emergency: tuple[Row[WorldEmergency], ...] = ()
    ratifications: tuple[Row[Ratification], ...] = ()
    cities: tuple[Row[City], ...] = ()

    def files(self) -> Iterator[tuple[str, list[Entry]]]:
        """Yield the name of each file with all it says, for the hash of the content."""
        if self.dates is not None:
            yield "world/dates.yaml", [self.dates]
        for each in fields(self):
            rows = getattr(self, each.name)
            if each.name != "dates" and rows:
                yield f"world/{each.name}.csv", [row.entry for row in rows]


def source_of(
    row: WorldMission | WorldEmergency | Ratification, table: TableDates
) -> tuple[str, PartialDate | None]:
    """Return the source of a row and its date; both are the row's own, or both the table's."""
    if row.source is None:
        return table.source, table.as_of
    return row.source, row.as_of
