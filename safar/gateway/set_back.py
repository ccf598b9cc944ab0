"""What to do when the clock was set back: a machine without internet has only its own.

A queue full of moments that are still to come would stand still until they do: for hours, or for
years after a clock that said 2031. A row that was written later than it is now shows it, and its
times are set back by as much.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Table, and_, select, update

from safar.store.database import Tx

TOLERANCE = timedelta(minutes=1)
"""Clocks of several machines that share a store differ a little."""

_WAITS = ("not_before", "lease_until", "unknown_at", "expires_at", "updated_at")
_LOOKED_BACK = timedelta(hours=12)

_log = structlog.get_logger(__name__)


def set_back(tx: Tx, table: Table, still_open: ColumnElement[bool], now: datetime) -> None:
    """Set back the times of rows that were written in what is now the future.

    Args:
        tx: An open write transaction.
        table: The inbox or the outbox.
        still_open: Which of its rows somebody still waits for.
        now: UTC.
    """
    rows = tx.execute(select(table).where(still_open, table.c.updated_at > now + TOLERANCE)).all()
    for row in rows:
        too_late = row.updated_at - now
        values: dict[str, Any] = {}
        for name in _WAITS:
            moment = getattr(row, name, None)
            if moment is not None and moment > now:
                values[name] = moment - too_late
        if getattr(row, "sending_at", None) is not None:
            # By the provider's clock nobody knows when that was: its list is read further back.
            values["sending_at"] = min(row.sending_at, now - _LOOKED_BACK)
        tx.execute(update(table).where(table.c.id == row.id).values(**values))
    if rows:
        _log.warning("clock.set_back", table=table.name, rows=len(rows))


def within(column: ColumnElement[Any], now: datetime, span: timedelta) -> ColumnElement[bool]:
    """Make the condition that something happened in the last `span`, and not in the future."""
    return and_(column > now - span, column <= now + TOLERANCE)
