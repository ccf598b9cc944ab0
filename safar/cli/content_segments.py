"""The table of SMS segments, drawn in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from safar.desk.segments import Page

_LEFT = 27
_COLUMN = 11
"""Characters that the widest topic and the widest variant take, borders included."""


def show(page: Page, console: Console) -> None:
    """Print a row a topic and a column a variant, in as many tables as the width asks for."""
    head, rows = page.rows()
    at_once = max(1, (console.width - _LEFT) // _COLUMN)
    for first in range(1, len(head), at_once):
        chosen = slice(first, first + at_once)
        table = Table(head[0], *head[chosen])
        for column in table.columns[1:]:
            column.justify = "right"
        for row in rows:
            table.add_row(row[0], *row[chosen])
        console.print(table)
    over = [cost for cost in page.costs if cost.over or cost.failed]
    for cost in over:
        said = cost.failed or f"over its budget for {', '.join(cost.over)}"
        console.print(f"{cost.topic} in {cost.variant}: {said}")
    if not over:
        console.print("No answer is over its budget.")
