"""Notices by SMS: they go into the outbox, where sending has its limits, its order and its stop.

The number of a member of staff is an address of its own kind there. So it has a conversation
of its own, and what somebody wrote from the same telephone has nothing to do with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Row, and_, func, or_, select, update

from safar.cases.notices import spreading
from safar.cases.notices.notice import Notice
from safar.cases.notices.sends import address_of, due, notice_of
from safar.cases.notices.settings import NoticeSettings
from safar.cases.office import Office
from safar.store import counters
from safar.store.case_tables import case_notices
from safar.store.database import Database, Tx
from safar.store.notice_tables import case_notice_sends as sends
from safar.store.notice_tables import is_under_way
from safar.store.tables import outbox

WAY: Final = "sms"
Queue = Callable[[Tx, datetime, Notice, str, str], int | None]
"""Puts a notice to a number into the outbox under a key and returns its row; None when the number
asked to be left alone."""

_AT_ONCE: Final = 50
_HOUR: Final = timedelta(hours=1)
_HEARD_NOTHING: Final = timedelta(hours=24)
"""After so long without a word a text that the provider took counts as told."""
_ARRIVED: Final = frozenset({"delivered", "read"})
_LOST: Final = frozenset({"failed", "undelivered", "canceled", "dead"})

_log = structlog.get_logger(__name__)


def hand_over(
    database: Database, office: Office, queue: Queue | None, settings: NoticeSettings
) -> int:
    """Put what is due by SMS into the outbox, and see what became of what was; return how much.

    Args:
        database: The store.
        office: The surroundings.
        queue: Puts a text into the outbox; None where no provider is set up for that.
        settings: How many an hour, and where the console is.

    Raises:
        StoreUnavailableError: The store cannot be used; nothing is told twice for that.
    """
    spreading.spread(database, office)
    _follow_up(database, office)
    handed = 0
    query = due(WAY, office.clock()).limit(1)
    for _ in range(_AT_ONCE):
        with database.read() as tx:
            if tx.execute(query).first() is None:
                break
        with database.write() as tx:
            # In one transaction with the outbox: so it is handed over once.
            row = tx.execute(query.with_for_update(skip_locked=True, of=sends)).one_or_none()
            if row is not None:
                handed += _hand_over(tx, office, queue, settings, row)
    return handed


def _hand_over(
    tx: Tx, office: Office, queue: Queue | None, settings: NoticeSettings, row: Row[Any]
) -> bool:
    now = office.clock()
    if queue is None:
        spreading.fail(tx, office, row, "not_set_up")
        return False
    address = address_of(tx, office, row)
    if address is None:
        spreading.leave_out(tx, office, row.id, row.notice_id)
        return False
    free_at = _free_at(tx, row.target_digest, settings.sms_per_hour, now)
    if free_at is not None:
        _put(tx, row.id, now, not_before=free_at, error_code="limit")
        counters.add(tx, "notices.limit", now)
        return False
    notice = notice_of(tx, office, row, settings.console_url)
    outbox_id = queue(tx, now, notice, address, f"notice:{row.id}:{row.attempts}")
    if outbox_id is None:
        spreading.fail(tx, office, row, "opted_out")
        return False
    _put(
        tx,
        row.id,
        now,
        state="handed_over",
        attempts=row.attempts + 1,
        outbox_id=outbox_id,
        handed_over_at=now,
        error_code=None,
    )
    _log.info("notice.handed_over", send_id=row.id, outbox_id=outbox_id)
    return True


def _free_at(tx: Tx, digest: str, most: int, now: datetime) -> datetime | None:
    """Return when a number may get the next one, None where it may now."""
    told = sends.c.handed_over_at
    recent = (sends.c.target_digest == digest, told > now - _HOUR, told <= now)
    count, oldest = tx.execute(select(func.count(), func.min(told)).where(*recent)).one()
    if count < most:
        return None
    free_at: datetime = oldest + _HOUR
    return free_at


def _follow_up(database: Database, office: Office) -> None:
    """Settle what the provider has said something about, or nothing for a day."""
    now = office.clock()
    handed = (
        select(
            sends.c.id,
            sends.c.notice_id,
            sends.c.way,
            sends.c.handed_over_at,
            outbox.c.id.label("outbox_id"),
            outbox.c.state,
            outbox.c.error_code,
        )
        .join(case_notices, case_notices.c.id == sends.c.notice_id)
        .join(outbox, outbox.c.id == sends.c.outbox_id)
        .where(
            is_under_way(),
            sends.c.way == WAY,
            sends.c.state == "handed_over",
            case_notices.c.done_at.is_(None),
        )
        .order_by(sends.c.id)
        .limit(_AT_ONCE)
    )
    taken = outbox.c.state.in_(["accepted", "sent"])
    ended = handed.where(
        or_(
            outbox.c.state.in_([*_ARRIVED, *_LOST]),
            and_(taken, sends.c.handed_over_at <= now - _HEARD_NOTHING),
        )
    )
    with database.read() as tx:
        if tx.execute(ended.limit(1)).first() is None:
            return
    with database.write() as tx:
        for row in tx.execute(ended.with_for_update(skip_locked=True, of=sends)).all():
            if row.state not in _LOST:
                spreading.end(tx, office, row.id, row.notice_id, state="sent", error_code=None)
                continue
            # The gateway itself tries some failures a second time.
            second = select(outbox.c.id).where(outbox.c.replaces_id == row.outbox_id)
            replaced = tx.execute(second.limit(1)).scalar_one_or_none()
            if replaced is None:
                spreading.fail(tx, office, row, row.error_code or row.state)
            else:
                _put(tx, row.id, now, outbox_id=replaced)


def _put(tx: Tx, send_id: int, now: datetime, **values: Any) -> None:
    tx.execute(update(sends).where(sends.c.id == send_id).values(updated_at=now, **values))
