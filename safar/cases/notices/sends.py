"""Sends that are lent to one sender at a time, and what came of them.

A sender that dies leaves its send lent: when the lease is over another one takes it. So a notice
may be told twice, and is never lost.
"""

# ruff: noqa: PLR0913, PLR0917 - what is written down of a send is one argument each.

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, and_, case, or_, select, update

from safar.cases.notices import spreading
from safar.cases.notices.notice import Notice
from safar.cases.notices.who import digest_of, who_is_told
from safar.cases.office import Office
from safar.store.case_tables import case_notices, cases, desks
from safar.store.database import Database, Tx
from safar.store.notice_tables import case_notice_sends as sends
from safar.store.notice_tables import is_under_way

LEASE: Final = timedelta(minutes=3)
"""Far longer than a mail server or a webhook may take; after it the send is somebody else's."""

_FIRST_PAUSE: Final = timedelta(seconds=30)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_SET_BACK: Final = 2 * _LONGEST_PAUSE
"""Nothing is put off for so long: a moment further off is of a clock that was set back since."""
_MOST_DOUBLINGS: Final = 10


@dataclass(frozen=True)
class Claimed:
    """A send lent to one sender.

    Attributes:
        attempts: This try's number, from 1.
        address: Where to; None when it left content/desks.yaml.
    """

    id: int
    notice_id: int
    way: str
    attempts: int
    address: str | None = field(repr=False)
    notice: Notice = field(repr=False)


def claim(
    database: Database, office: Office, way: str, owner: str, console_url: str, most: int
) -> Claimed | None:
    """Lend the most urgent send of a way that is due; None when there is none.

    Args:
        database: The store.
        office: The surroundings.
        way: ``email`` or ``webhook``.
        owner: Name of the sender, unique among all that run.
        console_url: Address of the console, empty without one.
        most: Tries after which a send is given up.
    """
    now = office.clock()
    query = due(way, now).limit(1)
    with database.read() as tx:
        if tx.execute(query).first() is None:
            return None
    with database.write() as tx:
        row = tx.execute(query.with_for_update(skip_locked=True, of=sends)).one_or_none()
        while row is not None and row.attempts >= most:
            # Whoever tried it last did not live to say what came of it.
            spreading.fail(tx, office, row, row.error_code or "attempts")
            row = tx.execute(query.with_for_update(skip_locked=True, of=sends)).one_or_none()
        if row is None:
            return None
        tx.execute(
            update(sends)
            .where(sends.c.id == row.id)
            .values(
                state="leased",
                attempts=row.attempts + 1,
                lease_owner=owner,
                lease_until=now + LEASE,
                updated_at=now,
            )
        )
        address = address_of(tx, office, row)
        notice = notice_of(tx, office, row, console_url)
        return Claimed(row.id, row.notice_id, way, row.attempts + 1, address, notice)


def due(way: str, now: datetime) -> Select[Any]:
    """Return the query for what is due: red cases first, then what was queued first."""
    free = or_(
        and_(
            sends.c.state == "ready",
            or_(sends.c.not_before <= now, sends.c.not_before > now + _SET_BACK),
        ),
        and_(
            sends.c.state == "leased",
            or_(sends.c.lease_until <= now, sends.c.lease_until > now + _SET_BACK),
        ),
    )
    return (
        select(
            sends.c.id,
            sends.c.notice_id,
            sends.c.way,
            sends.c.target_digest,
            sends.c.attempts,
            sends.c.error_code,
            case_notices.c.case_id,
            case_notices.c.desk_id,
            case_notices.c.kind,
            case_notices.c.to_supervisor,
            case_notices.c.created_at,
            cases.c.risk,
        )
        .join(case_notices, case_notices.c.id == sends.c.notice_id)
        .join(cases, cases.c.id == case_notices.c.case_id)
        .where(is_under_way(), sends.c.way == way, free, case_notices.c.done_at.is_(None))
        .order_by(case((cases.c.risk == "red", 0), else_=1), sends.c.id)
    )


def address_of(tx: Tx, office: Office, row: Row[Any]) -> str | None:
    """Return the address that a send is for, None when desks.yaml has it no more."""
    for target in who_is_told(tx, office, row.desk_id, to_supervisor=row.to_supervisor):
        if target.way == row.way and digest_of(office, target) == row.target_digest:
            return target.address
    return None


def notice_of(tx: Tx, office: Office, row: Row[Any], console_url: str) -> Notice:
    """Return what is sent."""
    desk = office.plan.desk(row.desk_id)
    kept = select(desks.c.name).where(desks.c.id == row.desk_id)
    return Notice(
        key=f"notice-{row.id}",
        kind=row.kind,
        case_id=row.case_id,
        desk_id=row.desk_id,
        desk_name=desk.name if desk else tx.execute(kept).scalar_one(),
        risk=row.risk,
        to_supervisor=row.to_supervisor,
        at=row.created_at,
        zone=desk.hours.zone if desk else "UTC",
        language=(desk or office.plan.default_desk).language,
        link=f"{console_url}/cases/{row.case_id}" if console_url else "",
    )


def sent(database: Database, office: Office, claimed: Claimed, owner: str) -> bool:
    """Write down that it went out; False when the lease was lost meanwhile."""
    with database.write() as tx:
        if not _held(tx, claimed, owner):
            return False
        spreading.end(tx, office, claimed.id, claimed.notice_id, state="sent", error_code=None)
        return True


def again(
    database: Database, office: Office, claimed: Claimed, owner: str, code: str, wait: float
) -> bool:
    """Put it off, since it did not go out; False when the lease was lost.

    Args:
        database: The store.
        office: The surroundings.
        claimed: As `claim` gave it.
        owner: Who has it.
        code: Why it did not go out.
        wait: Seconds that the other side asked for.
    """
    now = office.clock()
    doubled = _FIRST_PAUSE * 2 ** min(claimed.attempts - 1, _MOST_DOUBLINGS)
    pause = max(min(doubled, _LONGEST_PAUSE), timedelta(seconds=wait))
    with database.write() as tx:
        if not _held(tx, claimed, owner):
            return False
        tx.execute(
            update(sends)
            .where(sends.c.id == claimed.id)
            .values(
                state="ready",
                not_before=now + pause,
                lease_owner=None,
                lease_until=None,
                error_code=code,
                updated_at=now,
            )
        )
        return True


def give_up(database: Database, office: Office, claimed: Claimed, owner: str, code: str) -> bool:
    """Write down that it never will go out; False when the lease was lost."""
    with database.write() as tx:
        if not _held(tx, claimed, owner):
            return False
        spreading.fail(tx, office, claimed, code)
        return True


def skip(database: Database, office: Office, claimed: Claimed, owner: str) -> None:
    """Leave out an address that is no longer the desk's; those that are now are told instead."""
    with database.write() as tx:
        if _held(tx, claimed, owner):
            spreading.leave_out(tx, office, claimed.id, claimed.notice_id)


def _held(tx: Tx, claimed: Claimed, owner: str) -> bool:
    """Lock a send, and say whether it is still lent to this owner for this try."""
    held = select(sends.c.id).where(
        sends.c.id == claimed.id,
        sends.c.state == "leased",
        sends.c.lease_owner == owner,
        sends.c.attempts == claimed.attempts,
    )
    return tx.execute(held.with_for_update()).first() is not None
