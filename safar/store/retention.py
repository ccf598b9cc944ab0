"""What has been kept long enough goes: in small steps, each a short transaction of its own.

A step takes the oldest rows that are due, skips those that somebody else holds, and is done with
them: so a run that is broken off has lost nothing, and two runs at once share the work. Texts leave
their rows, which stay empty, so that a message that comes twice is still known.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select

from safar.store import audit
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.retention_kinds import KINDS, Kind
from safar.store.retention_settings import RetentionSettings

BATCH: Final = 200
_PAUSE: Final = 0.02
"""Seconds between two steps: whoever wants to write meanwhile has his turn."""


class Due(NamedTuple):
    """How many rows of a kind would go now."""

    kind: Kind
    days: int
    rows: int


def due(database: Database, settings: RetentionSettings, now: datetime) -> list[Due]:
    """Count what would go now; nothing is changed.

    Raises:
        StoreUnavailableError: The store is locked, damaged or away.
    """
    found = []
    for kind in KINDS:
        with database.read() as tx:
            rows = kind.due(settings.limit(kind.field, now)).subquery()
            count = tx.execute(select(func.count()).select_from(rows)).scalar_one()
        found.append(Due(kind, getattr(settings, kind.field), int(count)))
    return found


def purge(  # noqa: PLR0913 - one value each
    database: Database,
    keyring: KeyRing,
    settings: RetentionSettings,
    now: datetime,
    *,
    most: int | None = None,
    actor: str = "system",
    pause: Callable[[float], object] = time.sleep,
) -> dict[str, int]:
    """Let go what is due; return how many rows of each kind that were, without those of none.

    The journal of SQLite still has what went: call `Database.scrub` afterwards.

    Args:
        database: The store.
        keyring: Digests and seals.
        settings: How long each kind is kept.
        now: UTC.
        most: About so many rows at most, the rest another time; None: all.
        actor: Who asked for it, for the audit: ``system`` or ``operator``.
        pause: Waits some seconds between two steps.

    Raises:
        StoreUnavailableError: The store is locked, full or away; what was done is done.
    """
    gone: dict[str, int] = {}
    for kind in KINDS:
        limit = settings.limit(kind.field, now)
        before: Sequence[Any] = ()
        while most is None or sum(gone.values()) < most:
            keys = _step(database, keyring, kind, limit, now)
            # The same ones again: something keeps them from going, so another time.
            if not keys or keys == before:
                break
            before = keys
            gone[kind.name] = gone.get(kind.name, 0) + len(keys)
            pause(_PAUSE)
    if gone:
        _write_down(database, keyring, gone, actor, now)
    return gone


def _step(
    database: Database, keyring: KeyRing, kind: Kind, limit: datetime, now: datetime
) -> Sequence[Any]:
    wanted = kind.due(limit).limit(BATCH)
    with database.read() as tx:
        # Who finds nothing must not stand in the way of those who have something to write.
        if not tx.execute(wanted.limit(1)).first():
            return []
    with database.write() as tx:
        if kind.locks:
            wanted = wanted.with_for_update(skip_locked=True, of=kind.table)
        keys = list(tx.execute(wanted).scalars())
        if keys:
            kind.purge(tx, keyring, keys, now, limit)
        return keys


def _write_down(
    database: Database, keyring: KeyRing, gone: Mapping[str, int], actor: str, now: datetime
) -> None:
    with database.write() as tx:
        audit.append(tx, keyring, audit.Deed(actor, "purge", "store", "all", None, gone), now)
