"""The table of SMS segments, drawn in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from safar.desk.segments import Page


def show(page: Page, console: Console) -> None:
    """Print a row a topic and a column a variant; medians stand below."""
    head, rows = page.rows()
    table = Table(*head)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*row)
    console.print(table)
    over = [cost for cost in page.costs if cost.over or cost.failed]
    for cost in over:
        said = cost.failed or f"over its budget for {', '.join(cost.over)}"
        console.print(f"{cost.topic} in {cost.variant}: {said}")
    if not over:
        console.print("No answer is over its budget.")
