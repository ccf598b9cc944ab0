"""Conditions about moments that stay right when the machine's clock is set back.

A small board without a battery for its clock guesses the time when it starts, and is put right when
the network is there: perhaps hours back. What was written before that bears moments of a future
that is not near. Nothing is written in the future, so a row whose ``updated_at`` lies ahead of now
was written by a clock that has been set back, and what it waits for is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, or_

CLOCKS_DIFFER = timedelta(minutes=1)
"""How far apart the clocks of machines that share a store may be, without being set back."""


def reached(column: ColumnElement[Any], table: FromClause, now: datetime) -> ColumnElement[bool]:
    """Make the condition that a moment has come, or was named by a clock set back since then.

    Args:
        column: The moment, such as ``not_before`` or the end of a lease.
        table: Its table, which has a column ``updated_at``.
        now: UTC.
    """
    return or_(column <= now, table.c.updated_at > now + CLOCKS_DIFFER)


def within(column: ColumnElement[Any], now: datetime, span: timedelta) -> ColumnElement[bool]:
    """Make the condition that something happened in the last `span`, and not in the future."""
    return and_(column > now - span, column <= now + CLOCKS_DIFFER)
