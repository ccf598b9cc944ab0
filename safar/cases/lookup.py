"""Finds cases: by reference, by person, by address; and reads what is in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, select

from safar.cases import hours, rows
from safar.cases.office import Office
from safar.cases.opening import About
from safar.cases.rows import Case
from safar.messaging.case_reference import reference_in
from safar.store.case_erasure import forgotten_reference
from safar.store.case_tables import case_events, case_messages, cases
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.tables import contact_identities


@dataclass(frozen=True)
class Said:
    """One text in a case, or one note.

    Attributes:
        author: ``worker``, ``staff``, ``bot`` or ``system``.
        body: Empty once it was erased.
    """

    author: str
    kind: str
    body: str = field(repr=False)
    staff_id: str | None
    inbox_id: int | None
    outbox_id: int | None
    at: datetime


def by_reference(tx: Tx, office: Office, text: str) -> Case | None:
    """Return the case whose reference stands in a text; also one that was forgotten.

    What a stranger may be told of it is for whoever asks to decide: a reference is no proof.
    """
    found = reference_in(text)
    if found is None:
        return None
    forgotten = forgotten_reference(office.keyring, found[0])
    row = tx.execute(
        select(*rows.columns()).where(cases.c.reference.in_([found[0], forgotten]))
    ).one_or_none()
    return None if row is None else rows.as_case(row)


def of_contact(tx: Tx, contact_id: str) -> list[Case]:
    """Return a person's cases, newest first, without those of whoever had the telephone before."""
    found = tx.execute(
        select(*rows.columns())
        .where(cases.c.contact_id == contact_id, cases.c.detached_at.is_(None))
        .order_by(cases.c.id.desc())
    )
    return [rows.as_case(row) for row in found.all()]


def of_address(tx: Tx, office: Office, kind: str, address: str) -> list[Case]:
    """Return the cases of whoever has an address, such as a telephone number, newest first."""
    contact_id = tx.execute(
        select(contact_identities.c.contact_id).where(
            contact_identities.c.digest == office.keyring.digest(kind, address)
        )
    ).scalar_one_or_none()
    return [] if contact_id is None else of_contact(tx, contact_id)


def about(tx: Tx, keyring: KeyRing, case_id: int) -> About:
    """Return whom a case is about; empty where nothing was told, or it was erased.

    Raises:
        CryptoError: No key of the ring opens it.
    """
    token = tx.execute(
        select(cases.c.about_encrypted).where(cases.c.id == case_id)
    ).scalar_one_or_none()
    return About.model_validate_json(keyring.decrypt(token)) if token else About()


def said(tx: Tx, keyring: KeyRing, case_id: int) -> list[Said]:
    """Return what was said in a case, in order.

    Raises:
        CryptoError: No key of the ring opens a text.
    """
    found = tx.execute(
        select(case_messages)
        .where(case_messages.c.case_id == case_id)
        .order_by(case_messages.c.at, case_messages.c.id)
    )
    return [_said(keyring, row) for row in found.all()]


def timeline(tx: Tx, case_id: int) -> list[Row[tuple[int, str, str, str, str, str, datetime]]]:
    """Return the lines of a case's timeline, oldest first."""
    events = case_events.c
    found = tx.execute(
        select(
            events.id,
            events.action,
            events.state,
            events.actor,
            events.staff_id,
            events.details,
            events.at,
        )
        .where(events.case_id == case_id)
        .order_by(events.id)
    )
    return list(found.all())


def person_back_at(office: Office, case: Case, now: datetime) -> datetime | None:
    """Return when somebody is at the case's desk next, UTC; None where nothing can be promised."""
    desk = office.plan.desk(case.desk_id)
    return None if desk is None else hours.back_at(desk.hours, now)


def _said(keyring: KeyRing, row: Row[tuple[object, ...]]) -> Said:
    return Said(
        row.author,
        row.kind,
        keyring.decrypt(row.body_encrypted),
        row.staff_id,
        row.inbox_id,
        row.outbox_id,
        row.at,
    )
