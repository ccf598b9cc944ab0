"""What was under way when a backup was made, once that backup is in use.

The store went on after the backup, and what it did then is not known any more. So nothing that
waited may be sent as if it had not been: most of it was.

- A text that waited, or was being sent, is of unknown outcome. The provider is asked: what it has
  is noted, what it surely has not is sent, unless it grew too old and is decided anew; what nobody
  can tell is given up.
- A message that waited for its answer is read for danger only. Who cried for help may get the
  numbers twice; everybody else got the answer they waited for, and writes again if not.
- A message for an officer goes to the case: that is no sending.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Integer, case, func, literal_column, select, text, update

from safar.store.case_tables import cases
from safar.store.copying import copied_tables
from safar.store.database import Tx
from safar.store.staff_tables import staff_accounts, staff_sessions
from safar.store.tables import conversations, inbox, outbox

RESTORED: Final = "restored"
"""Code of what was under way when its store was lost."""

JUMP: Final = 1_000_000
"""So many numbers are left out: those given after the backup stand in callbacks and in logs."""

CASE_JUMP: Final = 1000
"""The same for cases, whose numbers people read."""

_NO_LEASE: Final[dict[str, Any]] = {"lease_owner": None, "lease_until": None}
_ONCE_MORE: Final = 1
_CONSENT: Final = ("stop", "start", "help")


def put_right(tx: Tx, now: datetime, *, went_on: bool) -> dict[str, int]:
    """Set what was under way to states in which nothing is sent twice; return how much that was.

    Args:
        tx: The open write transaction in which the backup is put back.
        now: UTC.
        went_on: Whether the store was used after the backup was made.
    """
    done = {"texts": _outbox(tx, now, went_on), "messages": _inbox(tx, now, went_on)}
    _staff(tx)
    _number_on(tx, jump=went_on)
    return done


def _outbox(tx: Tx, now: datetime, went_on: bool) -> int:
    unknown = {
        "state": "unknown",
        "unknown_at": now,
        "not_before": now,
        "sending_at": func.coalesce(outbox.c.sending_at, outbox.c.created_at),
        # As one that was sent again already: where nobody can tell, it is not sent once more.
        "resends": case((outbox.c.resends < _ONCE_MORE, _ONCE_MORE), else_=outbox.c.resends),
        "error_code": RESTORED,
        "updated_at": now,
        **_NO_LEASE,
    }
    if went_on:
        was_open = outbox.c.state.in_(["ready", "leased", "sending", "unknown"])
        return int(tx.execute(update(outbox).where(was_open).values(**unknown)).rowcount)
    tx.execute(
        update(outbox)
        .where(outbox.c.state == "leased")
        .values(state="ready", updated_at=now, **_NO_LEASE)
    )
    sending = update(outbox).where(outbox.c.state == "sending").values(**unknown)
    return int(tx.execute(sending).rowcount)


def _inbox(tx: Tx, now: datetime, went_on: bool) -> int:
    was_open = inbox.c.state.in_(["ready", "leased"])
    free: dict[str, Any] = {"state": "ready", "not_before": now, "updated_at": now, **_NO_LEASE}
    if not went_on:
        leased = update(inbox).where(inbox.c.state == "leased").values(**free)
        tx.execute(leased)
        return 0
    for_officer = (
        select(conversations.c.id)
        .where(
            conversations.c.id == inbox.c.conversation_id,
            conversations.c.person_has_it.in_([True]),
        )
        .exists()
    )
    # What STOP and START asked for was done when they came.
    tx.execute(
        update(inbox)
        .where(was_open, inbox.c.treatment.in_(_CONSENT))
        .values(**{**free, "state": "done", "error_code": RESTORED})
    )
    tx.execute(update(inbox).where(was_open, for_officer).values(**free))
    done = tx.execute(
        update(inbox)
        .where(was_open, ~for_officer)
        .values(treatment="danger_only", error_code=RESTORED, **free)
    )
    return int(done.rowcount)


def _staff(tx: Tx) -> None:
    """Let everybody sign in anew: who was shut out after the backup must not be in again."""
    tx.execute(staff_sessions.delete())
    tx.execute(update(staff_accounts).values(invitation_digest=None, invitation_until=None))


def _number_on(tx: Tx, *, jump: bool) -> None:
    """Let new rows be numbered on from those put back; `jump`: without those given meanwhile."""
    for table in copied_tables():
        # The audit is numbered by itself, without gaps.
        if "id" not in table.c or not isinstance(table.c.id.type, Integer):
            continue
        by = 0 if not jump else CASE_JUMP if table is cases else JUMP
        if tx.dialect.name == "sqlite":
            # SQLite itself has noted the highest number of the rows put back.
            values = {"by": by, "name": table.name}
            found = tx.execute(
                text("UPDATE sqlite_sequence SET seq = seq + :by WHERE name = :name"), values
            )
            if not found.rowcount:
                tx.execute(
                    text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :by)"), values
                )
        else:
            highest = select(func.coalesce(func.max(table.c.id), 0) + by).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, literal_column("'id'"))
            tx.execute(
                select(func.setval(sequence, func.greatest(highest, func.nextval(sequence))))
            )
