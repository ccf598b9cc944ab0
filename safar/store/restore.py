"""Puts a backup in the place of the store: all of it in one transaction, or nothing.

So whoever is killed in the middle of it leaves the store as it was. What the backup cannot know,
since it came later, is put right in the same transaction: see `in_flight` and `wishes`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import text

from safar.store import audit, backup_file, copying, in_flight, wishes, wishes_kept
from safar.store.backup_file import BackupError, Manifest
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx, open_database
from safar.store.wishes import Noted, Wishes

Progress = Callable[[int, int], None]

_WORK: Final = "restore-"
_CLOCKS_DIFFER: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Restored:
    """What was put back.

    Attributes:
        rows: How many rows.
        under_way: How many texts are of unknown outcome, how many messages are read for danger.
        wishes: How many people were forgotten once more, and so on.
        wishes_until: Until when wishes are known, UTC.
        replaced: How far the audit of the store that was replaced had been.
    """

    manifest: Manifest
    rows: int
    under_way: dict[str, int]
    wishes: dict[str, int]
    wishes_until: datetime
    replaced: str


@dataclass(frozen=True)
class Order:
    """How a backup is put back.

    Attributes:
        replace: Whether a store that holds something may be written over.
        unused_since: Whether nothing has run since the backup was made: what waits goes on then.
        without_wishes: Whether it is put back though nobody knows who was forgotten meanwhile.
        noted: Wishes that were kept outside of the store.
        kept_for: How long backups are kept: what is older is refused.
    """

    kept_for: timedelta
    replace: bool = False
    unused_since: bool = False
    without_wishes: bool = False
    noted: tuple[Noted, ...] = ()


def restore(  # noqa: PLR0913, PLR0917 - one value each
    database: Database,
    keyring: KeyRing,
    path: Path,
    order: Order,
    now: datetime,
    workspace: Path,
    progress: Progress | None = None,
    between: Callable[[], object] = lambda: None,
) -> Restored:
    """Put a backup in the place of what is in a store.

    Args:
        database: The store; nobody else may have it open.
        keyring: Of the installation that made the backup.
        path: The backup; it is not changed.
        order: How.
        now: UTC.
        workspace: A folder with room for a copy of the backup.
        progress: Told how much of how much is done.
        between: Called before the transaction ends; for tests.

    Raises:
        BackupError: It must not be put back; nothing was changed.
        StoreVersionError: A newer Safar has made it.
        StoreUnavailableError: The store is locked, full or away; nothing was changed.
    """
    if not is_alone(database):
        raise BackupError(
            "Something has the store open. Stop Safar on every machine, and whatever else looks"
            " into the store; then try again."
        )
    manifest = backup_file.read_manifest(path, keyring)
    _see_that_it_is_of_time(manifest, order, now)
    with database.read() as tx:
        filled = copying.count(tx) > 0
    if filled and not order.replace:
        raise BackupError(
            "There is something in the store already. Back it up too, if it can be read; then"
            " say --replace."
        )
    backup_file.verify(path, manifest, progress)
    with (
        _brought_up_to_date(path, workspace, now) as source,
        copying.without_checks(database),
        database.write() as tx,
        source.read() as rows,
    ):
        wanted, until = _wishes(tx, keyring, manifest, order, filled, now)
        head = audit.head_of(tx).note() if filled else ""
        copying.empty(tx)
        done = copying.copy(rows, tx, progress)
        under_way = in_flight.put_right(tx, now, went_on=not order.unused_since)
        kept = wishes_kept.carry_out(tx, keyring, wanted, now)
        _write_down(tx, keyring, manifest, head, now)
        if not copying.see_that_rows_belong(tx):
            raise BackupError(f"{path.name} has rows that belong to none. Take another backup.")
        between()
    database.scrub()
    return Restored(manifest, done, under_way, kept, until, head)


def is_alone(database: Database) -> bool:
    """Whether nobody else has the store open, as far as that can be seen."""
    database.close()
    with database.engine.connect().execution_options(safar_writes=None) as connection:
        if database.dialect.name == "postgresql":
            others = connection.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            )
            return int(others.scalar_one()) == 0
        driver = connection.connection.dbapi_connection
        if driver is None:
            return False
        alone = _can_lock(driver)
    # The lock lasts as long as its connection.
    database.close()
    return alone


def _can_lock(driver: object) -> bool:
    cursor = driver.cursor()  # type: ignore[attr-defined]
    waits = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
    try:
        cursor.execute("PRAGMA busy_timeout=200")
        # With a write-ahead log whoever has the file open holds a lock, also while they do nothing.
        cursor.execute("PRAGMA locking_mode=EXCLUSIVE")
        cursor.execute("BEGIN EXCLUSIVE")
        cursor.execute("ROLLBACK")
    except driver.OperationalError:  # type: ignore[attr-defined]
        return False
    finally:
        cursor.execute("PRAGMA locking_mode=NORMAL")
        cursor.execute(f"PRAGMA busy_timeout={int(waits)}")
        cursor.close()
    return True


def _see_that_it_is_of_time(manifest: Manifest, order: Order, now: datetime) -> None:
    made = manifest.made_at
    if made > now + _CLOCKS_DIFFER:
        raise BackupError(
            f"The backup says it was made at {made:%Y-%m-%d %H:%M} UTC, which is still to come. Set"
            " the clock of this machine right first."
        )
    if made < now - order.kept_for:
        raise BackupError(
            f"The backup is of {made:%Y-%m-%d}. Who was forgotten is known for"
            f" {order.kept_for.days} days only, so people in it could come back who asked to be"
            " forgotten. Take a newer one."
        )


def _wishes(  # noqa: PLR0913, PLR0917 - one value each
    tx: Tx, keyring: KeyRing, manifest: Manifest, order: Order, filled: bool, now: datetime
) -> tuple[Wishes, datetime]:
    """Return the wishes that must hold, and until when they are known."""
    known = list(order.noted)
    if filled:
        known.append(Noted(at=now, wishes=wishes.read(tx, keyring)))
    if order.unused_since:
        known.append(Noted(at=now, wishes=Wishes()))
    later = [each for each in known if each.at >= manifest.made_at]
    if not later and not order.without_wishes:
        raise BackupError(
            "Nobody can say who asked to be forgotten, or to be left alone, after this backup was"
            f" made: the store is empty, and no {wishes.FILE_NAME} is younger than the backup. Give"
            " the one of the lost store with --wishes. If it is lost too, say --without-wishes:"
            " then those people come back."
        )
    found = Wishes()
    for each in sorted(known, key=lambda each: each.at):
        found = each.wishes.and_those(found)
    return found, max((each.at for each in known), default=manifest.made_at)


@contextmanager
def _brought_up_to_date(path: Path, workspace: Path, now: datetime) -> Iterator[Database]:
    """Open a copy of the backup with today's schema; the backup stays as it is."""
    workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in workspace.glob(f"{_WORK}*"):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=_WORK, dir=workspace) as folder:
        copy = Path(folder) / "copy.db"
        shutil.copyfile(path, copy)
        copy.chmod(0o600)
        source = open_database(f"sqlite:///{copy}", clock=lambda: now)
        try:
            yield source
        finally:
            source.close()


def _write_down(tx: Tx, keyring: KeyRing, manifest: Manifest, head: str, now: datetime) -> None:
    details = {
        "made_at": manifest.made_at.isoformat(),
        "head": manifest.audit_head,
        "replaced": head,
    }
    audit.append(tx, keyring, audit.Deed("operator", "restore", "store", "all", None, details), now)
