"""Figures: how they are computed of what was measured, and how they are shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

NOTHING = "–"
"""Stands in the table for what was not measured."""


class Figure(BaseModel):
    """One measured thing, of ours and of the baseline; None where it was not measured.

    `key` names it among all others; `name` is its line of the table, indented below another's.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    name: str
    unit: str
    better: Literal["more", "less"]
    ours: float | None = None
    baseline: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours divided by the baseline."""
        if self.ours is None or not self.baseline:
            return None
        return self.ours / self.baseline


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of `values` that at least `share` (0 to 1) of them do not exceed.

    Raises:
        ValueError: there are no values, or `share` is out of bounds.
    """
    if not values or not 0 <= share <= 1:
        raise ValueError("A percentile needs values, and a share between 0 and 1.")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def number(value: float | None) -> str:
    """Write `value` with three digits that count; what noise makes of the fourth is no news."""
    if value is None:
        return NOTHING
    for bound, places in ((9.995, 2), (99.95, 1)):
        if abs(value) < bound:
            return f"{value:.{places}f}"
    return f"{value:,.0f}"


def table(figures: Sequence[Figure]) -> str:
    """Set the figures in columns of plain text."""
    rows = [("", "ours", "baseline", "ratio", "unit", "better is")]
    for figure in figures:
        ratio = figure.ratio
        times = NOTHING if ratio is None else f"{number(ratio)}×"
        rows.append(
            (
                figure.name,
                number(figure.ours),
                number(figure.baseline),
                times,
                figure.unit,
                figure.better,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in (1, 2, 3) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
