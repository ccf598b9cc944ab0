"""A case as the store has it, without what was said: that is read apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, literal_column, select

from safar.cases.errors import UnknownCaseError
from safar.cases.plan import Risk
from safar.cases.states import ENDED, State
from safar.store.case_tables import cases
from safar.store.database import Tx
from safar.store.tables import conversations

# Literal words: with bound values the partial index could not be used.
_ENDED: list[ColumnElement[Any]] = [literal_column(f"'{state.value}'") for state in sorted(ENDED)]


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes:
        reference: What the person has in hand, such as ``K7MA-42QX``; a digest once forgotten.
        for_other: Whether it is about somebody else than who writes.
        level: How far it has climbed unacknowledged.
        due_at: When something is due in it, see `safar.cases.timers`.
        late_at: When its desk must have looked, or answered: it is late from then on.
        detached_at: When another person turned up at the telephone.
    """

    id: int
    reference: str = field(repr=False)
    contact_id: str
    conversation_id: str
    for_other: bool
    origin: str | None
    destination: str | None
    city: str | None
    kind: str
    variant: str | None
    risk: Risk
    state: State
    desk_id: str
    assignee_id: str | None
    consented_at: datetime | None
    outcome: str | None
    level: int
    due_at: datetime | None
    late_at: datetime | None
    detached_at: datetime | None
    erased_at: datetime | None
    offered_at: datetime
    opened_at: datetime | None
    acknowledged_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None
    reopened_at: datetime | None


_COLUMNS = [cases.c[name] for name in Case.__dataclass_fields__]


def read(tx: Tx, case_id: int) -> Case:
    """Return a case.

    Raises:
        UnknownCaseError: There is none with this id.
    """
    return _known(tx.execute(select(*_COLUMNS).where(cases.c.id == case_id)).one_or_none())


def lock(tx: Tx, case_id: int) -> Case:
    """Return a case that nobody else changes till the end of the transaction.

    Its conversation is locked first: so it is wherever both are, and nobody waits in a circle.

    Raises:
        UnknownCaseError: There is none with this id.
    """
    lock_conversation(tx, read(tx, case_id).conversation_id)
    row = tx.execute(select(*_COLUMNS).where(cases.c.id == case_id).with_for_update())
    return _known(row.one_or_none())


def lock_conversation(tx: Tx, conversation_id: str) -> Row[Any]:
    """Return the row of a conversation that nobody else changes till the end of the transaction.

    Raises:
        UnknownCaseError: There is no such conversation.
    """
    row = tx.execute(
        select(
            conversations.c.id,
            conversations.c.contact_id,
            conversations.c.variant,
            conversations.c.person_has_it,
            conversations.c.earlier_until,
        )
        .where(conversations.c.id == conversation_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise UnknownCaseError("There is no such conversation.")
    return row


def open_case(tx: Tx, conversation_id: str) -> Case | None:
    """Return the case of a conversation that has not ended, an offer included; None without one."""
    row = tx.execute(
        select(*_COLUMNS).where(
            cases.c.conversation_id == conversation_id,
            cases.c.detached_at.is_(None),
            cases.c.state.not_in(_ENDED),
        )
    ).one_or_none()
    return None if row is None else as_case(row)


def as_case(row: Row[Any]) -> Case:
    """Make the value from a row of the table ``cases`` with its columns."""
    values = dict(row._mapping)
    return Case(**values | {"risk": Risk(values["risk"]), "state": State(values["state"])})


def columns() -> list[Any]:
    """Return the columns that `as_case` needs."""
    return list(_COLUMNS)


def _known(row: Row[Any] | None) -> Case:
    if row is None:
        raise UnknownCaseError("There is no such case.")
    return as_case(row)
