"""How much was sent today: to a person, into a range of numbers, to a country, in all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import NamedTuple

from sqlalchemy import select

from safar.store.database import Tx
from safar.store.dialect import add_to_row
from safar.store.tables import usage


class Scope(NamedTuple):
    """What is counted: its kind, and which one. Never a whole number or a name."""

    kind: str
    key: str


class Used(NamedTuple):
    """Messages and SMS segments of one day."""

    messages: int
    segments: int


def add(
    tx: Tx, scopes: Iterable[Scope], now: datetime, *, segments: int, messages: int = 1
) -> None:
    """Add to today's counts of all `scopes`."""
    for scope in scopes:
        add_to_row(
            tx,
            usage,
            {"day": _day(now), "scope": scope.kind, "key": scope.key},
            {"messages": messages, "segments": segments},
        )


def used(tx: Tx, scope: Scope, now: datetime) -> Used:
    """Return today's counts."""
    row = tx.execute(
        select(usage.c.messages, usage.c.segments).where(
            usage.c.day == _day(now), usage.c.scope == scope.kind, usage.c.key == scope.key
        )
    ).one_or_none()
    return Used(row.messages, row.segments) if row else Used(0, 0)


def totals(tx: Tx, kind: str, now: datetime) -> dict[str, Used]:
    """Return today's counts of every key of a kind."""
    rows = tx.execute(
        select(usage.c.key, usage.c.messages, usage.c.segments).where(
            usage.c.day == _day(now), usage.c.scope == kind
        )
    )
    return {row.key: Used(row.messages, row.segments) for row in rows}


def history(tx: Tx, kind: str, since: datetime) -> list[tuple[str, str, int, int]]:
    """Return (day, key, messages, segments) of a kind since a day, oldest first."""
    rows = tx.execute(
        select(usage.c.day, usage.c.key, usage.c.messages, usage.c.segments)
        .where(usage.c.scope == kind, usage.c.day >= _day(since))
        .order_by(usage.c.day, usage.c.key)
    )
    return [(row.day, row.key, row.messages, row.segments) for row in rows]


def _day(now: datetime) -> str:
    return now.astimezone(timezone.utc).date().isoformat()
