"""A backup is one SQLite file, whatever the store is in: its tables as they were, and a manifest.

The manifest says what is in the file: how many rows each table has, a digest of them, the head of
the audit. It is sealed with the hash key, so what was altered, or is damaged where SQLite does not
see it, is noticed, and so are keys of another installation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from safar.store import sqlite
from safar.store.crypto import KeyRing
from safar.store.errors import CryptoError, StoreError

FORMAT: Final = "safar-backup/1"
TABLE: Final = "safar_backup"
_PROBE: Final = "safar"
_SCHEMA: Final = "schema_migrations"
_AT_ONCE: Final = 1000

Progress = Callable[[int, int], None]


class BackupError(StoreError):
    """A backup cannot be made, read or put back; the sentence says what to do."""


class TableNote(BaseModel):
    """What is noted of one table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    digest: str


class Manifest(BaseModel):
    """What is in a backup.

    Attributes:
        made_at: The moment that the rows are of, UTC.
        source: ``sqlite`` or ``postgresql``.
        migrations: Of the schema that the rows are in.
        tables: What is noted of each table.
        audit_head: How far the audit was, as `audit.Head.note` says it.
        probe: A word that the keys of the installation open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    format: str = FORMAT
    made_at: AwareDatetime
    source: str
    migrations: tuple[str, ...]
    tables: dict[str, TableNote]
    audit_head: str
    probe: str

    @property
    def rows(self) -> int:
        """How many rows with content there are in all."""
        return sum(note.rows for name, note in self.tables.items() if name != _SCHEMA)


@contextmanager
def opened(path: Path, *, writes: bool = False) -> Iterator[Any]:
    """Open the file with the SQLite library that the store uses, outside any transaction.

    Raises:
        BackupError: It is no SQLite file, or cannot be read.
    """
    library = sqlite.choose(sqlite.installed())
    mode = "rw" if writes else "ro"
    try:
        connection = library.module.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True)
        connection.isolation_level = None
        with closing(connection):
            yield connection
    except library.module.DatabaseError as error:
        # Its words may hold parts of a row.
        raise BackupError(
            f"{path.name} cannot be read as a backup: it is damaged, or another kind of file."
        ) from error


def write_manifest(  # noqa: PLR0913 - what it says, one argument each
    path: Path,
    keyring: KeyRing,
    *,
    made_at: datetime,
    source: str,
    audit_head: str,
    progress: Progress | None = None,
) -> Manifest:
    """Look through a file of tables, and note in it what is there.

    Raises:
        BackupError: SQLite finds it damaged.
    """
    with opened(path, writes=True) as connection:
        # One file, that needs no other beside it.
        connection.execute("PRAGMA journal_mode=delete")
        _see_that_it_is_whole(connection, path)
        manifest = Manifest(
            made_at=made_at,
            source=source,
            migrations=_migrations(connection),
            tables=_notes(connection, progress),
            audit_head=audit_head,
            probe=keyring.encrypt(_PROBE),
        )
        text = manifest.model_dump_json()
        connection.execute("BEGIN")
        connection.execute(f"CREATE TABLE {TABLE} (manifest TEXT NOT NULL, seal TEXT NOT NULL)")
        connection.execute(
            f"INSERT INTO {TABLE} VALUES (?, ?)",  # noqa: S608 - a name of ours
            (text, keyring.seal("backup", text)),
        )
        connection.execute("COMMIT")
    return manifest


def read_manifest(path: Path, keyring: KeyRing) -> Manifest:
    """Return what a backup says of itself.

    Raises:
        BackupError: It is none, it was altered, or these are not its keys.
    """
    with opened(path) as connection:
        if TABLE not in _names(connection, "table"):
            raise BackupError(f"{path.name} is a database, but no backup made by Safar.")
        (text, seal) = connection.execute(f"SELECT manifest, seal FROM {TABLE}").fetchone()  # noqa: S608
    if seal != keyring.seal("backup", text):
        raise BackupError(
            f"{path.name} was made with another SAFAR_HASH_KEY, or was altered. Put the .env that"
            " was kept with the backup in place first."
        )
    try:
        said = json.loads(text).get("format")
        if said != FORMAT:
            raise BackupError(f"{path.name} was made by another version of Safar ({said}).")
        manifest = Manifest.model_validate_json(text)
    except (ValueError, ValidationError, AttributeError) as error:
        raise BackupError(f"What {path.name} says of itself cannot be read.") from error
    try:
        keyring.decrypt(manifest.probe)
    except CryptoError as error:
        raise BackupError(
            f"No key in SAFAR_KEYS opens {path.name}. Add the key that was in use when it was made"
            " at the end of the list."
        ) from error
    return manifest


def verify(path: Path, manifest: Manifest, progress: Progress | None = None) -> None:
    """See that a backup holds what its manifest says.

    Raises:
        BackupError: It does not; the sentence names the tables.
    """
    with opened(path) as connection:
        _see_that_it_is_whole(connection, path)
        found = _notes(connection, progress)
    wrong = sorted(
        name for name in {*found, *manifest.tables} if found.get(name) != manifest.tables.get(name)
    )
    if wrong:
        raise BackupError(
            f"{path.name} does not hold what it held when it was made: {', '.join(wrong)}. Take"
            " another backup."
        )


def _see_that_it_is_whole(connection: Any, path: Path) -> None:
    said = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
    if said != ["ok"]:
        raise BackupError(f"{path.name} is damaged. Take another backup, and look at the disk.")
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise BackupError(f"{path.name} has rows that belong to none. Take another backup.")


def _names(connection: Any, kind: str) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%' ORDER BY name",
        (kind,),
    )
    return [row[0] for row in rows]


def _migrations(connection: Any) -> tuple[str, ...]:
    rows = connection.execute("SELECT name FROM schema_migrations ORDER BY name")
    return tuple(row[0] for row in rows)


def _notes(connection: Any, progress: Progress | None) -> dict[str, TableNote]:
    names = [name for name in _names(connection, "table") if name != TABLE]
    counts = {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for name in names
    }
    total, done = sum(counts.values()), 0
    found = {}
    for name in names:
        digest = hashlib.sha256()
        for rows in _rows(connection, name):
            for row in rows:
                digest.update(json.dumps(row, ensure_ascii=True).encode())
                digest.update(b"\n")
            done += len(rows)
            if progress is not None:
                progress(done, total)
        found[name] = TableNote(rows=counts[name], digest=digest.hexdigest())
    return found


def _rows(connection: Any, name: str) -> Iterator[list[Any]]:
    # What is computed from other columns is left out by this pragma: it is no content.
    shape = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
    columns = ", ".join(f'"{column[1]}"' for column in sorted(shape, key=lambda each: each[1]))
    keys = [each for each in sorted(shape, key=lambda each: each[5]) if each[5]]
    order = ", ".join(f'"{each[1]}"' for each in keys)
    cursor = connection.execute(
        f'SELECT {columns} FROM "{name}" ORDER BY {order}'  # noqa: S608 - names of the schema
    )
    while rows := cursor.fetchmany(_AT_ONCE):
        yield rows
