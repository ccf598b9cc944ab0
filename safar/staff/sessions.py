"""Sessions: who has signed in with which browser, until when.

The browser has a random token, the store only its seal: who reads the store can enter nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Row, delete, insert, select, update

from safar.staff.access import Access
from safar.staff.permissions import Role
from safar.store.case_tables import staff
from safar.store.database import Database, Tx
from safar.store.staff_tables import staff_accounts, staff_sessions

IDLE: Final = timedelta(minutes=30)
"""After so long without a sign of the person a session ends."""
LONGEST: Final = timedelta(hours=10)
"""However busy they are."""
TO_GIVE_A_CODE: Final = timedelta(minutes=10)
"""Between password and code."""
_SEEN_EVERY: Final = timedelta(minutes=1)
"""So often that somebody is there is written down: not for each page."""

Stage = Literal["code", "whole"]
Way = Literal["password", "single_sign_on"]


@dataclass(frozen=True)
class Session:
    """A session that holds, and whose it is.

    Attributes:
        id: For lists; it opens nothing.
        stage: ``code`` while only the password was given.
        name_encrypted: Of the person.
    """

    id: str
    staff_id: str
    stage: Stage
    way: Way
    role: Role
    desk_id: str
    name_encrypted: str
    language: str | None
    started_at: datetime
    seen_at: datetime
    ends_at: datetime


def start(tx: Tx, access: Access, staff_id: str, stage: Stage, way: Way) -> str:
    """Begin a session; return the token for the browser, which is nowhere else."""
    now = access.clock()
    token = access.token()
    tx.execute(delete(staff_sessions).where(staff_sessions.c.ends_at <= now))
    tx.execute(
        insert(staff_sessions).values(
            digest=_digest(access, token),
            id=access.text("0123456789abcdef", 32),
            staff_id=staff_id,
            stage=stage,
            way=way,
            started_at=now,
            seen_at=now,
            ends_at=now + (LONGEST if stage == "whole" else TO_GIVE_A_CODE),
        )
    )
    return token


def find(database: Database, access: Access, token: str, *, present: bool = True) -> Session | None:
    """Return the session of a token while it holds; None where there is none.

    Args:
        database: The store.
        access: The surroundings.
        token: From the browser, whatever it is.
        present: Whether a person asks; a page that renews itself is no sign of one.
    """
    digest, now = _digest(access, token), access.clock()
    with database.read() as tx:
        row = tx.execute(_HOLDING.where(staff_sessions.c.digest == digest)).one_or_none()
    if row is None or not _holds(row, now):
        return None
    if present and now - row.seen_at >= _SEEN_EVERY:
        with database.write() as tx:
            tx.execute(
                update(staff_sessions).where(staff_sessions.c.digest == digest).values(seen_at=now)
            )
    return Session(**row._mapping)


def end(tx: Tx, session_id: str) -> None:
    """End one session."""
    tx.execute(delete(staff_sessions).where(staff_sessions.c.id == session_id))


def end_all(tx: Tx, staff_id: str, *, but: str | None = None) -> int:
    """End every session of a member of staff, except one if told; return how many."""
    wanted = delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id)
    if but is not None:
        wanted = wanted.where(staff_sessions.c.id != but)
    return tx.execute(wanted).rowcount


def of(tx: Tx, access: Access, staff_id: str) -> list[Session]:
    """Return the sessions of a member of staff that hold, the newest first."""
    now = access.clock()
    rows = tx.execute(
        _HOLDING.where(
            staff_sessions.c.staff_id == staff_id, staff_sessions.c.stage == "whole"
        ).order_by(staff_sessions.c.started_at.desc(), staff_sessions.c.id)
    )
    return [Session(**row._mapping) for row in rows if _holds(row, now)]


_HOLDING: Final = (
    select(
        staff_sessions.c.id,
        staff_sessions.c.staff_id,
        staff_sessions.c.stage,
        staff_sessions.c.way,
        staff.c.role,
        staff.c.desk_id,
        staff.c.name_encrypted,
        staff_accounts.c.language,
        staff_sessions.c.started_at,
        staff_sessions.c.seen_at,
        staff_sessions.c.ends_at,
    )
    .join(staff, staff.c.id == staff_sessions.c.staff_id)
    .join(staff_accounts, staff_accounts.c.staff_id == staff_sessions.c.staff_id)
    # Whoever was disabled is out at once, whatever their browser has.
    .where(staff.c.disabled_at.is_(None))
)


def _holds(row: Row[Any], now: datetime) -> bool:
    return bool(now < row.ends_at and now - row.seen_at < IDLE)


def _digest(access: Access, token: str) -> str:
    return access.keyring.seal("staff session", token)
