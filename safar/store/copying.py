"""Copies rows between stores just as they are, whatever database each is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    event,
    literal_column,
    select,
    text,
)

# The tables enter the list when they are imported.
from safar.store import tables  # noqa: F401
from safar.store.columns import metadata
from safar.store.database import Database

_AT_ONCE: Final = 500

Progress = Callable[[int, int], None]

KEPT: Final = "schema_migrations"
"""The table that says of itself what the others look like; it is never copied."""


def copied_tables() -> list[Table]:
    """Return the tables with content, each after those that it refers to."""
    return [table for table in metadata.sorted_tables if table.name != KEPT]


def count(tx: Connection) -> int:
    """Return how many rows there are in all."""
    return sum(
        int(tx.execute(select(literal_column("count(*)")).select_from(table)).scalar_one())
        for table in copied_tables()
    )


def empty(tx: Connection) -> None:
    """Take every row out."""
    if tx.dialect.name == "postgresql":
        names = ", ".join(table.name for table in copied_tables())
        tx.execute(text(f"TRUNCATE {names}"))
        return
    for table in reversed(copied_tables()):
        tx.execute(table.delete())


def see_that_rows_belong(tx: Connection) -> bool:
    """Whether every row that another one refers to is there."""
    if tx.dialect.name == "postgresql":
        return True  # It has seen to that row by row.
    return tx.exec_driver_sql("PRAGMA foreign_key_check").first() is None


@contextmanager
def without_checks(database: Database) -> Iterator[None]:
    """Let SQLite not look, at each row that goes, through all that might refer to it.

    With fifty thousand texts that took more than five minutes, and it grows with their square. Call
    `see_that_rows_belong` in the end.
    """
    if database.dialect.name == "postgresql":
        yield
        return

    def trust(connection: Any, _entry: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.close()

    # It must be set outside of any transaction: so for new connections, and for these alone.
    event.listen(database.engine, "connect", trust)
    database.close()
    try:
        yield
    finally:
        event.remove(database.engine, "connect", trust)
        database.close()


def copy(source: Connection, target: Connection, progress: Progress | None = None) -> int:
    """Copy all rows into empty tables; return how many that were.

    Args:
        source: An open transaction that sees one moment.
        target: An open write transaction.
        progress: Told how many of how many are copied.
    """
    total, done = count(source), 0
    for table in copied_tables():
        for rows in _rows(source, table):
            target.execute(_insert(table), rows)
            done += len(rows)
            if progress is not None:
                progress(done, total)
    return done


def plain_columns(table: Table) -> list[str]:
    """Return the names of columns that hold something of their own."""
    return [column.name for column in table.columns if column.computed is None]


def _rows(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    # Without the types of the columns: a moment is its text here, a flag its number.
    names = plain_columns(table)
    columns: list[ColumnElement[Any]] = [
        literal_column(f'{table.name}."{name}"').label(name) for name in names
    ]
    wanted = select(*columns).select_from(table).order_by(*table.primary_key.columns)
    found = source.execution_options(yield_per=_AT_ONCE).execute(wanted)
    for rows in found.partitions():
        yield [_as_values(names, row) for row in rows]


def _as_values(names: Sequence[str], row: Any) -> dict[str, Any]:
    return dict(zip(names, row, strict=True))


def _insert(table: Table) -> Any:
    names = plain_columns(table)
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f":{name}" for name in names)
    return text(f"INSERT INTO {table.name} ({columns}) VALUES ({values})")  # noqa: S608
