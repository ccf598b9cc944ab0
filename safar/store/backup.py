"""Makes a copy of the whole store while it is in use: one moment of it, in one file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from safar.store import audit, backup_file, copying
from safar.store.backup_file import BackupError, Manifest
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from safar.store.errors import StoreUnavailableError

Progress = Callable[[int, int], None]

_PAGES: Final = 1000
"""Pages copied at a time; nobody waits meanwhile, it is for the bar."""
_ENDINGS: Final = ("", "-wal", "-shm", "-journal")


def make(
    database: Database,
    keyring: KeyRing,
    path: Path,
    now: datetime,
    progress: Progress | None = None,
) -> Manifest:
    """Write a backup; the file is there whole and looked through, or not at all.

    Args:
        database: The store; whoever works with it goes on.
        keyring: Seals the manifest.
        path: Where to; a file that is there already is left alone.
        now: UTC.
        progress: Told how much of how much is copied, then how much is looked through.

    Raises:
        BackupError: There is such a file, or what was copied is damaged.
        StoreUnavailableError: The store is locked, damaged or away.
        OSError: It cannot be written.
    """
    if path.exists():
        raise BackupError(f"{path} is there already. Give another name, or take it away first.")
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        # Before SQLite does, so that only this user may read it.
        os.close(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        copy = _copy_sqlite if database.dialect.name == "sqlite" else _copy_rows
        head = copy(database, beside, now, progress)
        manifest = backup_file.write_manifest(
            beside,
            keyring,
            made_at=now,
            source=database.dialect.name,
            audit_head=head.note(),
            progress=progress,
        )
        _sync(beside)
        try:
            # The name is taken first: so nobody's file is written over, on a stick neither, where
            # there are no links.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError as error:
            raise BackupError(f"{path} is there already. Give another name.") from error
        beside.replace(path)
        _sync(path.parent)
    finally:
        for ending in _ENDINGS:
            beside.with_name(beside.name + ending).unlink(missing_ok=True)
    return manifest


def _copy_sqlite(
    database: Database, path: Path, _now: datetime, progress: Progress | None
) -> audit.Head:
    """Copy the file page by page.

    The transaction that is open meanwhile keeps the moment: without it SQLite would begin again at
    each write of somebody else, and never end.
    """
    with database.read() as tx, backup_file.opened(path, writes=True) as target:
        head = audit.head_of(tx)
        source: Any = tx.connection.dbapi_connection

        def tell(_status: int, remaining: int, total: int) -> None:
            if progress is not None:
                progress(total - remaining, total)

        try:
            source.backup(target, pages=_PAGES, progress=tell)
        except source.OperationalError as error:
            raise StoreUnavailableError(
                "locked", "The store could not be copied now: it is locked. Try again."
            ) from error
        return head


def _copy_rows(
    database: Database, path: Path, now: datetime, progress: Progress | None
) -> audit.Head:
    """Copy the rows of all tables as one transaction sees them."""
    with _store_at(path, now) as target, database.read() as tx, target.write() as into:
        head = audit.head_of(tx)
        copying.copy(tx, into, progress)
        return head


@contextmanager
def _store_at(path: Path, now: datetime) -> Iterator[Database]:
    target = open_database(f"sqlite:///{path}", clock=lambda: now)
    try:
        yield target
    finally:
        target.close()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
