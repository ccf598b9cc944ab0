"""Where the parts of a chart are, in units of its own: the page stretches it to its width.

Colours and sizes come from the style sheet, since no style may stand in a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HEIGHT: Final = 100.0
STEP: Final = 10.0
"""From one column to the next."""
_GAP: Final = 1.5
_STUB: Final = 6.0
"""Height of a column whose number is not shown: the same for each."""


@dataclass(frozen=True)
class Bar:
    """One line of a chart that lies: how much of the whole width it takes, in percent."""

    label: str
    number: int | None
    width: float
    colour: str = ""


@dataclass(frozen=True)
class Column:
    """One column of a chart that stands."""

    label: str
    number: int | None
    x: float
    y: float
    width: float
    height: float


def bars(rows: Sequence[tuple[str, int | None]], colours: Sequence[str] = ()) -> tuple[Bar, ...]:
    """Return a line for each number, the longest over the whole width; none for what is hidden."""
    most = max((number or 0 for _, number in rows), default=0)
    return tuple(
        Bar(
            label,
            number,
            round(100 * (number or 0) / most, 2) if most else 0.0,
            colours[place] if colours else "",
        )
        for place, (label, number) in enumerate(rows)
    )


def columns(rows: Sequence[tuple[str, int | None]]) -> tuple[Column, ...]:
    """Return a column for each number from left to right, the highest over the whole height."""
    most = max((number or 0 for _, number in rows), default=0)
    made = []
    for place, (label, number) in enumerate(rows):
        high = _STUB if number is None else HEIGHT * number / most if most else 0.0
        made.append(
            Column(
                label,
                number,
                x=round(place * STEP + _GAP, 2),
                y=round(HEIGHT - high, 2),
                width=STEP - 2 * _GAP,
                height=round(high, 2),
            )
        )
    return tuple(made)
