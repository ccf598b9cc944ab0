"""Every stored secret gets the newest key, in small steps, while everything runs.

Each row is looked at: one that the newest key opens is left alone, so a run that was broken off is
taken up by beginning again. A row is written only if it is still as it was read, so what a service
changed meanwhile stays. Digests by which people are found are made with the hash key, which never
changes, and are not touched.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, literal_column, select, update

from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.sealed import SealedColumn, sealed_columns

BATCH: Final = 200
_PAUSE: Final = 0.005
"""Seconds between two batches: who waits to write comes first."""

Progress = Callable[[int, int], None]


@dataclass
class Counted:
    """How many secrets each key of the ring has made.

    Attributes:
        by_key: By place in the ring, 0 the newest.
        unreadable: Of each column, the keys of rows that no key opens.
        moved: How many got the newest key in this run.
    """

    by_key: Counter[int] = field(default_factory=Counter)
    unreadable: dict[str, list[str]] = field(default_factory=dict)
    moved: int = 0

    @property
    def without_key(self) -> int:
        """How many rows no key opens."""
        return sum(map(len, self.unreadable.values()))

    @property
    def old(self) -> int:
        """How many secrets need a key that is not the newest."""
        return sum(count for place, count in self.by_key.items() if place > 0)

    def note(self, column: SealedColumn, key: object, place: int | None) -> None:
        """Count one secret."""
        if place is None:
            self.unreadable.setdefault(column.name, []).append(str(key))
        else:
            self.by_key[place] += 1


def status(database: Database, keyring: KeyRing, progress: Progress | None = None) -> Counted:
    """Count the secrets by the key that made them. Nothing is changed.

    Raises:
        StoreUnavailableError: The store is locked, damaged or away.
    """
    counted = Counted()
    for column, rows in _batches(database, progress):
        for row in rows:
            counted.note(column, row.key, keyring.place_of(row.token))
    return counted


def rotate(
    database: Database,
    keyring: KeyRing,
    progress: Progress | None = None,
    *,
    pause: Callable[[float], object] = time.sleep,
) -> Counted:
    """Encrypt anew, with the newest key, what an older one has made.

    Args:
        database: The store.
        keyring: The newest key first, those before it behind.
        progress: Told how many of how many were looked at.
        pause: Waits some seconds between two batches.

    Returns:
        What was found, as `status` would count it now.

    Raises:
        StoreUnavailableError: The store is locked, full or away; call it again later.
    """
    counted = Counted()
    for column, rows in _batches(database, progress):
        anew = []
        for row in rows:
            place = keyring.place_of(row.token)
            if place:
                # Before the store is locked: a batch takes a while to encrypt.
                anew.append({"key": row.key, "old": row.token, "new": keyring.rotate(row.token)})
            else:
                counted.note(column, row.key, place)
        if not anew:
            continue
        with database.write() as tx:
            tx.execute(_write_anew(column), anew)
        counted.by_key[0] += len(anew)
        counted.moved += len(anew)
        pause(_PAUSE)
    return counted


def _write_anew(column: SealedColumn) -> Any:
    return (
        update(column.table)
        # As it was read: what was changed since has the newest key, or is gone.
        .where(column.key == bindparam("key"), column.column == bindparam("old"))
        .values({column.column.name: bindparam("new")})
    )


def _batches(
    database: Database, progress: Progress | None
) -> Iterator[tuple[SealedColumn, list[Row[Any]]]]:
    """Yield the secrets of each column in order, some at a time, each in a short look."""
    columns = sealed_columns()
    total, done = 0, 0
    with database.read() as tx:
        for column in columns:
            total += tx.execute(select(func.count()).where(_filled(column))).scalar_one()
    for column in columns:
        after: object = None
        while True:
            wanted = select(column.key.label("key"), column.column.label("token"))
            wanted = wanted.where(_filled(column)).order_by(column.key).limit(BATCH)
            if after is not None:
                wanted = wanted.where(column.key > after)
            with database.read() as tx:
                rows = list(tx.execute(wanted))
            if not rows:
                break
            after = rows[-1].key
            done += len(rows)
            yield column, rows
            if progress is not None:
                progress(done, max(total, done))


def _filled(column: SealedColumn) -> Any:
    return column.column != literal_column("''")
