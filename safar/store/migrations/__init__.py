"""Numbered changes of the schema, each applied once and in order, all in one transaction.

A migration is a module ``vNNNN_what.py`` with ``statements(words) -> Sequence[str]``. Once
released it is never edited; a later change is a new module, added to `MIGRATIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, text

from safar.store.dialect import Dialect, Words
from safar.store.errors import StoreVersionError
from safar.store.migrations import (
    v0001_initial,
    v0002_gateway,
    v0003_people,
    v0004_lanes,
    v0005_understood,
    v0006_cases,
    v0007_staff_access,
    v0008_notices,
    v0009_retention,
    v0010_case_lists,
    v0011_case_links,
)
from safar.store.tables import schema_migrations


@dataclass(frozen=True)
class Migration:
    """A name, kept in the table ``schema_migrations``, and its statements."""

    name: str
    statements: Callable[[Words], Sequence[str]]


MIGRATIONS: tuple[Migration, ...] = (
    Migration("0001_initial", v0001_initial.statements),
    Migration("0002_gateway", v0002_gateway.statements),
    Migration("0003_people", v0003_people.statements),
    Migration("0004_lanes", v0004_lanes.statements),
    Migration("0005_understood", v0005_understood.statements),
    Migration("0006_cases", v0006_cases.statements),
    Migration("0007_staff_access", v0007_staff_access.statements),
    Migration("0008_notices", v0008_notices.statements),
    Migration("0009_retention", v0009_retention.statements),
    Migration("0010_case_lists", v0010_case_lists.statements),
    Migration("0011_case_links", v0011_case_links.statements),
)


def migrate(
    tx: Connection,
    dialect: Dialect,
    now: datetime,
    migrations: Sequence[Migration] = MIGRATIONS,
) -> list[str]:
    """Apply what is missing.

    Args:
        tx: An open write transaction; a failure leaves the schema as it was.
        dialect: Spelling of the database in use.
        now: Written beside each applied name (UTC).
        migrations: In order; given only by tests.

    Returns:
        Names applied now, often none.

    Raises:
        StoreVersionError: The database has migrations that are not in ``migrations``.
    """
    dialect.lock_for_migration(tx)
    tx.execute(text(_table_statement(dialect.words)))
    applied = set(tx.execute(select(schema_migrations.c.name)).scalars())
    unknown = sorted(applied - {migration.name for migration in migrations})
    if unknown:
        raise StoreVersionError(
            f"The database was written by a newer Safar (it has {', '.join(unknown)}, which this"
            " version does not know). Start the newer version, or restore a backup made before"
            " the update."
        )
    missing = [migration for migration in migrations if migration.name not in applied]
    for migration in missing:
        for statement in migration.statements(dialect.words):
            tx.execute(text(statement))
        tx.execute(insert(schema_migrations).values(name=migration.name, applied_at=now))
    return [migration.name for migration in missing]


def _table_statement(words: Words) -> str:
    return (
        "CREATE TABLE IF NOT EXISTS schema_migrations"
        f" (name TEXT PRIMARY KEY NOT NULL, applied_at TEXT NOT NULL){words.strict}"
    )
