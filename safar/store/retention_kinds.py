"""The kinds of things that go after a time: which rows are due, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    delete,
    exists,
    literal_column,
    or_,
    select,
    update,
)

from safar.store import retention_cases, retention_people
from safar.store.case_tables import case_notices, cases, form_marks
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.erasure import EMPTY_INBOX, EMPTY_OUTBOX, hide_ids
from safar.store.notice_tables import case_notice_sends
from safar.store.people import FORGOTTEN
from safar.store.retention_cases import OPEN_STATES
from safar.store.staff_tables import staff_recovery_codes, staff_sessions, staff_waits
from safar.store.tables import (
    consent_events,
    conversations,
    counters,
    forgettings,
    inbox,
    outbox,
    received_parts,
    sent_parts,
    status_events,
    suppressions,
    usage,
)

Purge = Callable[[Tx, KeyRing, Sequence[Any], datetime, datetime], None]
"""Lets rows go, by their keys; the two times are now, and the moment before which things go."""

# Literal words: with bound values the partial indexes could not be used.
_EMPTY: ColumnElement[Any] = literal_column("''")


@dataclass(frozen=True)
class Kind:
    """One kind of thing that is kept for a time.

    Attributes:
        name: For people.
        field: Of `RetentionSettings`.
        table: Whose rows are due.
        fate: What becomes of them.
        due: Makes the question for the keys of rows that are due before a moment, oldest first.
        purge: Lets them go.
        locks: Whether rows that somebody else holds are left for the next time.
    """

    name: str
    field: str
    table: Table
    fate: str
    due: Callable[[datetime], Select[Any]]
    purge: Purge
    locks: bool = True


def _needed_by_case(conversation_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the person of a conversation has a case that has not ended."""
    own = conversations.alias("own")
    return exists(
        select(cases.c.id)
        .join(own, own.c.contact_id == cases.c.contact_id)
        .where(own.c.id == conversation_id, cases.c.state.in_(OPEN_STATES))
    )


def _texts_in(limit: datetime) -> Select[Any]:
    return (
        select(inbox.c.id)
        .where(
            inbox.c.received_at < limit,
            inbox.c.body_encrypted != _EMPTY,
            inbox.c.state.in_(["done", "dead"]),
            ~_needed_by_case(inbox.c.conversation_id),
        )
        .order_by(inbox.c.received_at)
    )


def _empty_in(
    tx: Tx, keyring: KeyRing, ids: Sequence[Any], _now: datetime, _limit: datetime
) -> None:
    hide_ids(tx, keyring, [inbox.c.id.in_(ids)])
    tx.execute(update(inbox).where(inbox.c.id.in_(ids)).values(**EMPTY_INBOX))


def _understood(limit: datetime) -> Select[Any]:
    return (
        select(inbox.c.id)
        .where(
            inbox.c.received_at < limit,
            inbox.c.understood_encrypted.is_not(None),
            inbox.c.state.in_(["done", "dead"]),
            ~_needed_by_case(inbox.c.conversation_id),
        )
        .order_by(inbox.c.received_at)
    )


def _forget_understood(
    tx: Tx, _keyring: KeyRing, ids: Sequence[Any], _now: datetime, _limit: datetime
) -> None:
    tx.execute(update(inbox).where(inbox.c.id.in_(ids)).values(understood_encrypted=None))


def _texts_out(limit: datetime) -> Select[Any]:
    return (
        select(outbox.c.id)
        .where(
            outbox.c.created_at < limit,
            outbox.c.body_encrypted != _EMPTY,
            outbox.c.state.not_in(["ready", "leased", "sending", "unknown"]),
            ~_needed_by_case(outbox.c.conversation_id),
        )
        .order_by(outbox.c.created_at)
    )


def _empty_out(
    tx: Tx, _keyring: KeyRing, ids: Sequence[Any], _now: datetime, _limit: datetime
) -> None:
    tx.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**EMPTY_OUTBOX))
    tx.execute(delete(status_events).where(status_events.c.outbox_id.in_(ids)))


def _memory(limit: datetime) -> Select[Any]:
    waiting = exists(
        select(inbox.c.id).where(
            inbox.c.conversation_id == conversations.c.id, inbox.c.state.in_(["ready", "leased"])
        )
    )
    return (
        select(conversations.c.id)
        .where(
            conversations.c.updated_at < limit,
            conversations.c.state_encrypted.is_not(None),
            conversations.c.person_has_it.in_([False]),
            ~waiting,
            ~_needed_by_case(conversations.c.id),
        )
        .order_by(conversations.c.updated_at)
    )


def _forget_memory(
    tx: Tx, _keyring: KeyRing, ids: Sequence[Any], _now: datetime, _limit: datetime
) -> None:
    tx.execute(update(conversations).where(conversations.c.id.in_(ids)).values(**FORGOTTEN))


def _consent(limit: datetime) -> Select[Any]:
    newer = consent_events.alias("newer")
    overtaken = exists(
        select(newer.c.id).where(
            newer.c.digest == consent_events.c.digest, newer.c.id > consent_events.c.id
        )
    )
    holds = exists(
        select(suppressions.c.digest).where(suppressions.c.digest == consent_events.c.digest)
    )
    return (
        select(consent_events.c.id)
        .where(consent_events.c.at < limit, or_(overtaken, ~holds))
        .order_by(consent_events.c.id)
    )


def _deleted(table: Table, key: str = "id") -> Purge:
    column = table.c[key]

    def purge(
        tx: Tx, _keyring: KeyRing, found: Sequence[Any], _now: datetime, _limit: datetime
    ) -> None:
        tx.execute(delete(table).where(column.in_(found)))

    return purge


def _delete_notices(
    tx: Tx, _keyring: KeyRing, ids: Sequence[Any], _now: datetime, _limit: datetime
) -> None:
    tx.execute(delete(case_notice_sends).where(case_notice_sends.c.notice_id.in_(ids)))
    tx.execute(delete(case_notices).where(case_notices.c.id.in_(ids)))


def _older(table: Table, time: str, key: str = "id", *more: ColumnElement[bool]) -> Any:
    """Make the question for rows of a time."""

    def due(limit: datetime) -> Select[Any]:
        return select(table.c[key]).where(table.c[time] < limit, *more).order_by(table.c[time])

    return due


def _old_days(table: Table) -> Callable[[datetime], Select[Any]]:
    def due(limit: datetime) -> Select[Any]:
        day = limit.date().isoformat()
        return select(table.c.day).where(table.c.day < day).distinct().order_by(table.c.day)

    return due


_DONE_NOTICE = case_notices.c.done_at.is_not(None)
_USED_CODE = staff_recovery_codes.c.used_at.is_not(None)

KINDS: Final[tuple[Kind, ...]] = (
    Kind("texts in", "texts_days", inbox, "emptied", _texts_in, _empty_in),
    Kind("texts out", "texts_days", outbox, "emptied", _texts_out, _empty_out),
    Kind(
        "parts", "texts_days", received_parts, "deleted",
        _older(received_parts, "received_at"), _deleted(received_parts),
    ),
    Kind(
        "parts sent", "texts_days", sent_parts, "deleted",
        _older(sent_parts, "sent_at"), _deleted(sent_parts),
    ),
    Kind("understood", "understood_days", inbox, "emptied", _understood, _forget_understood),
    Kind("memory", "memory_days", conversations, "emptied", _memory, _forget_memory),
    Kind(
        "cases", "cases_days", cases, "emptied", retention_cases.due, retention_cases.empty
    ),
    Kind(
        "people", "people_days", retention_people.TABLE, "forgotten",
        retention_people.due, retention_people.forget, locks=False,
    ),
    Kind("consent", "consent_days", consent_events, "deleted", _consent,
         _deleted(consent_events)),
    Kind("notices", "notices_days", case_notices, "deleted",
         _older(case_notices, "created_at", "id", _DONE_NOTICE), _delete_notices),
    Kind("sessions", "access_days", staff_sessions, "deleted",
         _older(staff_sessions, "ends_at", "digest"), _deleted(staff_sessions, "digest")),
    Kind("failed sign-ins", "access_days", staff_waits, "deleted",
         _older(staff_waits, "failed_at", "key"), _deleted(staff_waits, "key")),
    Kind("recovery codes", "access_days", staff_recovery_codes, "deleted",
         _older(staff_recovery_codes, "used_at", "id", _USED_CODE),
         _deleted(staff_recovery_codes)),
    Kind("form marks", "access_days", form_marks, "deleted",
         _older(form_marks, "at"), _deleted(form_marks)),
    Kind("usage", "usage_days", usage, "deleted", _old_days(usage), _deleted(usage, "day"),
         locks=False),
    Kind("counts", "usage_days", counters, "deleted", _old_days(counters),
         _deleted(counters, "day"), locks=False),
    Kind("forgettings", "backups_days", forgettings, "deleted",
         _older(forgettings, "at", "digest"), _deleted(forgettings, "digest")),
)  # fmt: skip
"""In the order in which they go: what is smaller and says more first."""
