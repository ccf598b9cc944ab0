"""From a notice to its sends: one row for each address, and the end of a notice when all ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import Row, and_, case, delete, select, update

from safar.cases.notices.addresses import Target
from safar.cases.notices.who import digest_of, who_is_told
from safar.cases.office import Office
from safar.store import counters
from safar.store.case_tables import case_notices, cases
from safar.store.database import Database, Tx
from safar.store.dialect import insert_or_ignore
from safar.store.notice_tables import UNDER_WAY
from safar.store.notice_tables import case_notice_sends as sends

NONE: Final = "none"
"""The way of a notice that nobody is named for."""

_AT_ONCE: Final = 100

_log = structlog.get_logger(__name__)


def spread(database: Database, office: Office) -> int:
    """Make the sends of notices that have none yet; return of how many notices."""
    without = (
        case_notices.c.done_at.is_(None),
        ~select(sends.c.id).where(sends.c.notice_id == case_notices.c.id).exists(),
    )
    with database.read() as tx:
        # Looked at often: it must not stand in the way of those who have something to write.
        if tx.execute(select(case_notices.c.id).where(*without).limit(1)).first() is None:
            return 0
    with database.write() as tx:
        found = tx.execute(
            select(case_notices)
            .where(*without)
            .order_by(case_notices.c.id)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True, of=case_notices)
        ).all()
        for row in found:
            _spread(tx, office, row)
    return len(found)


def leave_out(tx: Tx, office: Office, send_id: int, notice_id: int) -> None:
    """Skip a send whose address left desks.yaml, and tell who is there now."""
    _end(tx, office, send_id, "skipped", "address_gone")
    row = tx.execute(select(case_notices).where(case_notices.c.id == notice_id)).one()
    if row.done_at is None:
        _spread(tx, office, row)
    _close(tx, office, notice_id)


def fail(tx: Tx, office: Office, row: Any, code: str) -> None:
    """Give a send up, in a transaction that holds it; `row` has its ``id``, notice and way."""
    end(tx, office, row.id, row.notice_id, state="failed", error_code=code)
    counters.add(tx, f"notices.failed.{row.way}", office.clock())
    _log.error("notice.failed", send_id=row.id, way=row.way, error_code=code)


def end(  # noqa: PLR0913 - what is written down of an end is one argument each
    tx: Tx, office: Office, send_id: int, notice_id: int, *, state: str, error_code: str | None
) -> None:
    """Settle a send for good, and its notice when it was the last one."""
    _end(tx, office, send_id, state, error_code)
    _close(tx, office, notice_id)


def retry_failed(database: Database, now: datetime) -> int:
    """Try everything that was given up once more, at today's addresses; return how much."""
    # Of a person who was forgotten meanwhile nobody need be told.
    known = (
        select(case_notices.c.id)
        .join(cases, cases.c.id == case_notices.c.case_id)
        .where(cases.c.erased_at.is_(None))
    )
    failed = and_(sends.c.state == "failed", sends.c.notice_id.in_(known))
    with database.write() as tx:
        found = tx.execute(select(sends.c.notice_id).where(failed)).scalars().all()
        tx.execute(
            update(case_notices).where(case_notices.c.id.in_(set(found))).values(done_at=None)
        )
        # Spread anew: perhaps somebody is named by now.
        tx.execute(delete(sends).where(failed, sends.c.way == NONE))
        tx.execute(
            update(sends)
            .where(failed)
            .values(
                state="ready",
                # By SMS a try has a number of its own, which is not used twice.
                attempts=case((sends.c.way == "sms", sends.c.attempts), else_=0),
                not_before=now,
                outbox_id=None,
                error_code=None,
                updated_at=now,
            )
        )
    return len(found)


def _end(tx: Tx, office: Office, send_id: int, state: str, error_code: str | None) -> None:
    tx.execute(
        update(sends)
        .where(sends.c.id == send_id)
        .values(
            state=state,
            error_code=error_code,
            lease_owner=None,
            lease_until=None,
            updated_at=office.clock(),
        )
    )


def _spread(tx: Tx, office: Office, row: Row[Any]) -> None:
    found = who_is_told(tx, office, row.desk_id, to_supervisor=row.to_supervisor)
    for target in found:
        insert_or_ignore(tx, sends, _row(office, row.id, target))
    if found:
        return
    # Kept as a row, so that it is seen that nobody was told.
    nobody = _row(office, row.id, None)
    if insert_or_ignore(tx, sends, nobody) is not None:
        counters.add(tx, "notices.no_address", office.clock())
        _log.error("notice.no_address", notice_id=row.id, desk_id=row.desk_id)
    _close(tx, office, row.id)


def _row(office: Office, notice_id: int, target: Target | None) -> dict[str, Any]:
    now = office.clock()
    return {
        "notice_id": notice_id,
        "way": target.way if target else NONE,
        "target_digest": digest_of(office, target) if target else "",
        "state": "ready" if target else "failed",
        "error_code": None if target else "no_address",
        "attempts": 0,
        "not_before": now,
        "updated_at": now,
    }


def _close(tx: Tx, office: Office, notice_id: int) -> None:
    under_way = select(sends.c.id).where(
        sends.c.notice_id == notice_id, sends.c.state.in_(UNDER_WAY)
    )
    if tx.execute(under_way.limit(1)).first() is None:
        tx.execute(
            update(case_notices)
            .where(case_notices.c.id == notice_id, case_notices.c.done_at.is_(None))
            .values(done_at=office.clock())
        )
