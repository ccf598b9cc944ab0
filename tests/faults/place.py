"""Where a row is played, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.faults.tally import Tally


@dataclass(frozen=True)
class Place:
    """A folder of the row's own, and what it needs: registry, model, the seed of chance."""

    folder: Path
    registry: Path
    model: Path
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What was counted, and what else is worth knowing, by its name."""

    tally: Tally
    notes: dict[str, int] = field(default_factory=dict)


class Row(Protocol):
    """One fault."""

    @property
    def name(self) -> str:
        """What is broken."""

    @property
    def resends(self) -> int:
        """How often one message may be sent again."""

    @property
    def felt(self) -> str:
        """A note without which the fault was not felt; empty where it cannot be missed."""

    def play(self, place: Place) -> Outcome:
        """Break it and count."""
