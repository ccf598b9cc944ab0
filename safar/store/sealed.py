"""All columns that are encrypted, in one place: what has another key must find every one of them.

A column is encrypted if its name ends in ``_encrypted``, and no other one is; tests hold both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

# The tables enter the list when they are imported.
from safar.store import tables  # noqa: F401
from safar.store.columns import metadata

ENDING = "_encrypted"


@dataclass(frozen=True)
class SealedColumn:
    """One encrypted column, and the column by which its rows are told apart."""

    table: Table
    column: Column[Any]
    key: Column[Any]

    @property
    def name(self) -> str:
        """Its name with its table's, such as ``inbox.body_encrypted``."""
        return f"{self.table.name}.{self.column.name}"


def sealed_columns() -> tuple[SealedColumn, ...]:
    """Return every encrypted column of the store, by the names of tables and columns.

    Raises:
        TypeError: The rows of a table with such a column have no key of one column.
    """
    found = []
    for table in sorted(metadata.tables.values(), key=lambda each: each.name):
        for column in sorted(table.columns, key=lambda each: each.name):
            if not column.name.endswith(ENDING):
                continue
            keys = list(table.primary_key.columns)
            if len(keys) != 1:
                raise TypeError(f"{table.name} has encrypted columns, so it needs a key of one.")
            found.append(SealedColumn(table, column, keys[0]))
    return tuple(found)
