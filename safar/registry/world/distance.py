"""How far two places on earth are from each other."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Final, NamedTuple

_EARTH_RADIUS_KM: Final = 6371.0


class Position(NamedTuple):
    """Degrees north and east."""

    lat: float
    lon: float


def kilometres(one: Position, other: Position) -> float:
    """Return the distance as the crow flies; roads are longer, but seldom in another order."""
    south, north = radians(one.lat), radians(other.lat)
    across = radians(other.lon - one.lon)
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(across / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))
