"""How notices to staff do at this moment, for doctor and metrics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal_column, select

from safar.store.case_tables import case_notices
from safar.store.database import Tx
from safar.store.notice_tables import case_notice_sends as sends


@dataclass(frozen=True)
class NoticeCounts:
    """Notices that wait, and what was given up.

    Attributes:
        waiting: Notices of which something is still to be told.
        oldest_seconds: Age of the oldest of them.
        failed: Sends that were given up, by way and code.
    """

    waiting: int
    oldest_seconds: float
    failed: dict[tuple[str, str], int]


def notice_counts(tx: Tx, now: datetime) -> NoticeCounts:
    """Count them."""
    waiting, oldest = tx.execute(
        select(func.count(), func.min(case_notices.c.created_at)).where(
            case_notices.c.done_at.is_(None)
        )
    ).one()
    code = func.coalesce(sends.c.error_code, "")
    failed = tx.execute(
        select(sends.c.way, code, func.count())
        # A literal word: with a bound value the partial index could not be used.
        .where(sends.c.state == literal_column("'failed'"))
        .group_by(sends.c.way, code)
        .order_by(sends.c.way, code)
    )
    return NoticeCounts(
        int(waiting),
        0.0 if oldest is None else max(0.0, (now - oldest).total_seconds()),
        {(row[0], row[1]): int(row[2]) for row in failed.all()},
    )
