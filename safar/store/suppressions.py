"""Who asked to be left alone, by keyed digest of their address, and what was said about consent.

Kept apart from people: "forget me" erases a person, never their wish not to be written to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, insert, select, update

from safar.store.database import Tx
from safar.store.dialect import insert_or_update
from safar.store.tables import consent_events, suppressions

Origin = Literal["person", "provider", "operator"]

DANGER_AGAIN = timedelta(hours=24)
"""A person who asked to be left alone and is in danger gets the numbers once in so long."""


def suppress(tx: Tx, digest: str, channel: str, origin: Origin, now: datetime) -> None:
    """Note that nobody may write to this address until they ask again; repeats change nothing."""
    if is_suppressed(tx, digest):
        return
    insert_or_update(
        tx,
        suppressions,
        {"digest": digest},
        {"channel": channel, "origin": origin, "since": now, "danger_told_at": None},
    )
    _note(tx, digest, channel, "stop", origin, now)


def lift(tx: Tx, digest: str, channel: str, now: datetime) -> bool:
    """Note that they may be written to again; return whether they had been suppressed."""
    done = tx.execute(delete(suppressions).where(suppressions.c.digest == digest))
    if done.rowcount:
        _note(tx, digest, channel, "start", "person", now)
    return bool(done.rowcount)


def is_suppressed(tx: Tx, *digests: str) -> bool:
    """Whether nothing may be sent to a person with these addresses."""
    found = tx.execute(select(suppressions.c.digest).where(suppressions.c.digest.in_(digests)))
    return found.first() is not None


def share(tx: Tx, digests: Sequence[str], now: datetime) -> None:
    """Let a wish noted at one address of a person hold at their others, too."""
    known = tx.execute(select(suppressions).where(suppressions.c.digest.in_(digests))).all()
    if not known:
        return
    for digest in set(digests) - {row.digest for row in known}:
        values = {**known[0]._mapping}
        del values["digest"]
        insert_or_update(tx, suppressions, {"digest": digest}, values)
        _note(tx, digest, known[0].channel, "stop", known[0].origin, now)


def may_tell_danger(tx: Tx, digests: Sequence[str], now: datetime) -> bool:
    """Whether a suppressed person may get the numbers now; if so that is noted as done.

    All texts of one answer are queued at the same `now`, and count as one.

    Args:
        tx: An open write transaction.
        digests: Of all their addresses on the channel: the numbers are told to a person, not to
            each of their ids.
        now: UTC.
    """
    own = suppressions.c.digest.in_(digests)
    for told in tx.execute(select(suppressions.c.danger_told_at).where(own)).scalars():
        # One that is still to come was told before the clock was set back.
        if told is not None and told < now < told + DANGER_AGAIN:
            return False
    tx.execute(update(suppressions).where(own).values(danger_told_at=now))
    return True


def _note(  # noqa: PLR0913, PLR0917 - a row has many columns
    tx: Tx, digest: str, channel: str, kind: str, origin: str, now: datetime
) -> None:
    tx.execute(
        insert(consent_events).values(
            digest=digest, channel=channel, kind=kind, origin=origin, at=now
        )
    )
