"""The order in which missions are named: what is near, and what can help, first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from safar.registry.schema import Mission
from safar.registry.world.distance import Position, kilometres

_ORDER: Final = (
    "embassy",
    "high_commission",
    "labour_office",
    "consulate_general",
    "consulate",
    "office",
    "other",
)
_SAME_KM: Final = 10
"""Distances that differ by less are alike: coordinates of cities are no better."""
_UNKNOWN_KM: Final = 100_000.0


def by_distance(
    missions: Iterable[Mission], city: str | None, position: Callable[[str], Position | None]
) -> list[Mission]:
    """Return `missions` in the order in which to name them to somebody in `city`.

    Args:
        missions: of one origin in one destination.
        city: where the person is, if known.
        position: where a city of the destination is, as far as known.
    """
    here = position(city) if city else None

    def key(mission: Mission) -> tuple[bool, bool, int, int]:
        there = city is not None and mission.city.casefold() == city.casefold()
        at = position(mission.city) if here else None
        away = 0.0 if there else kilometres(here, at) if here and at else _UNKNOWN_KM
        rank = _ORDER.index(mission.kind) if mission.kind in _ORDER else len(_ORDER)
        return mission.kind == "honorary_consulate", not there, round(away / _SAME_KM), rank

    return sorted(missions, key=key)
