"""Daily counters of things that must leave no other trace, such as forged webhook calls."""

from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy import func, select

from safar.store.database import Tx
from safar.store.dialect import add_to_row
from safar.store.tables import counters


def add(tx: Tx, name: str, now: datetime, amount: int = 1) -> None:
    """Add to today's counter.

    Args:
        tx: An open write transaction.
        name: A fixed word, such as ``webhook.bad_signature``; never a person's data.
        now: UTC; its day is the row.
        amount: How many.
    """
    add_to_row(tx, counters, {"name": name, "day": _day(now)}, {"value": amount})


def value(tx: Tx, name: str, now: datetime) -> int:
    """Return today's count, 0 when nothing was counted."""
    found = tx.execute(
        select(counters.c.value).where(counters.c.name == name, counters.c.day == _day(now))
    ).scalar_one_or_none()
    return found or 0


def today(tx: Tx, now: datetime) -> dict[str, int]:
    """Return all of today's counters."""
    rows = tx.execute(
        select(counters.c.name, counters.c.value)
        .where(counters.c.day == _day(now))
        .order_by(counters.c.name)
    )
    return {row.name: row.value for row in rows}


def _day(now: datetime) -> str:
    return now.astimezone(timezone.utc).date().isoformat()


def totals(tx: Tx, prefix: str, since: datetime) -> dict[str, int]:
    """Return what was counted since a day, by the names that begin with `prefix`, most first."""
    total = func.sum(counters.c.value)
    rows = tx.execute(
        select(counters.c.name, total)
        .where(counters.c.name.startswith(prefix, autoescape=True), counters.c.day >= _day(since))
        .group_by(counters.c.name)
        .order_by(total.desc(), counters.c.name)
    )
    return {name: int(value) for name, value in rows}
