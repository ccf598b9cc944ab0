"""CSV that a spreadsheet opens without running anything in it.

A cell that begins with a sign of a formula is taken for one, whatever wrote it (OWASP, CSV
injection). Such a cell gets an apostrophe in front, which spreadsheets do not show.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """Return a cell's text that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = "".join(c if c.isprintable() else " " for c in str(value))
    # Spaces in front are cut off by some, and what is behind them then counts.
    return f"'{text}" if text.lstrip().startswith(_FORMULA_SIGNS) else text


def to_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV (RFC 4180), all cells safe."""
    return csv_rows([header]) + csv_rows(rows)


def csv_rows(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as they stand in such a file, for whoever writes it bit by bit."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return out.getvalue()
