"""Reads the record of what was done page by page, the newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from safar.store.case_tables import audit
from safar.store.database import Tx


@dataclass(frozen=True)
class Line:
    """One row of the record, without its hashes."""

    number: int
    at: datetime
    actor: str
    actor_id: str | None
    action: str
    subject: str
    subject_id: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Filter:
    """Which rows; empty: all.

    Attributes:
        action: What was done.
        subject: What kind of thing to, such as ``case``.
        subject_id: To which.
        actor_id: By which member of staff.
    """

    action: str = ""
    subject: str = ""
    subject_id: str = ""
    actor_id: str = ""


def lines(tx: Tx, wanted: Filter, *, before: int | None = None, limit: int = 50) -> list[Line]:
    """Return rows, the newest first.

    Args:
        tx: An open transaction.
        wanted: Which.
        before: Only those with a smaller number; None: from the newest on.
        limit: At most so many.
    """
    query = select(
        audit.c.number,
        audit.c.at,
        audit.c.actor,
        audit.c.actor_id,
        audit.c.action,
        audit.c.subject,
        audit.c.subject_id,
        audit.c.details,
    )
    for name in ("action", "subject", "subject_id", "actor_id"):
        value = getattr(wanted, name)
        if value:
            query = query.where(audit.c[name] == value)
    if before is not None:
        query = query.where(audit.c.number < before)
    return [_line(row) for row in tx.execute(query.order_by(audit.c.number.desc()).limit(limit))]


def actions(tx: Tx) -> list[str]:
    """Return every action that stands in the record, by name."""
    return sorted(tx.execute(select(audit.c.action).distinct()).scalars())


def subjects(tx: Tx) -> list[str]:
    """Return every kind of thing that something was done to, by name."""
    return sorted(tx.execute(select(audit.c.subject).distinct()).scalars())


def _line(row: Row[Any]) -> Line:
    try:
        details = json.loads(row.details)
    except ValueError:
        # Somebody changed the row; verifying says so, and the rest can be read.
        details = {}
    shown = details if isinstance(details, dict) else {}
    return Line(**{**row._mapping, "details": shown})
