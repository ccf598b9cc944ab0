"""Everything that is held on one person, as one JSON document they can take along.

What another person at the same telephone wrote, was told, or has a case about, is not theirs and is
left out. Of staff it says that they did something, never who.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Table, and_, or_, select

from safar.store.case_tables import audit, case_events, case_messages, case_notices, cases, desks
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.errors import CryptoError
from safar.store.tables import (
    consent_events,
    contact_identities,
    contacts,
    conversations,
    inbox,
    outbox,
    received_parts,
    service_windows,
    status_events,
    suppressions,
    usage,
)

FORMAT: Final = "safar-person/1"
"""Changes when a field changes its meaning; new fields do not change it."""

KINDS: Final = ("phone", "whatsapp", "bsuid", "simulator")
"""Kinds of addresses that a person can be found by."""

UNREADABLE: Final = "(no key opens this)"


@dataclass(frozen=True)
class Person:
    """Whose data it is.

    Attributes:
        contact_id: Their random id; None of somebody who only asked to be left alone.
        digests: Of their addresses.
    """

    contact_id: str | None
    digests: tuple[str, ...]


def find(tx: Tx, keyring: KeyRing, address: str) -> Person | None:
    """Return the person who has an address now; None if nothing is held on anybody there."""
    digests = tuple(keyring.digest(kind, each) for kind in KINDS for each in _spellings(address))
    found = tx.execute(
        select(contact_identities.c.contact_id).where(contact_identities.c.digest.in_(digests))
    ).scalars()
    contact_id = next(iter(found), None)
    if contact_id is not None:
        own = tx.execute(
            select(contact_identities.c.digest).where(
                contact_identities.c.contact_id == contact_id,
                contact_identities.c.value_encrypted != "",
            )
        ).scalars()
        return Person(contact_id, tuple(own))
    for table in (suppressions, consent_events):
        if tx.execute(select(table.c.digest).where(table.c.digest.in_(digests))).first():
            return Person(None, digests)
    return None


def _spellings(address: str) -> tuple[str, ...]:
    """Return an address, and the number it may be with its country's code in full."""
    bare = address.strip()
    if bare.startswith("00"):
        return (bare, f"+{bare[2:]}")
    return (bare, f"+{bare}") if bare[:1].isdecimal() else (bare,)


def export(
    tx: Tx, keyring: KeyRing, person: Person, now: datetime, *, notes: bool = True
) -> dict[str, Any]:
    """Return what is held on a person.

    Args:
        tx: An open transaction that sees one moment.
        keyring: Opens what is encrypted; what no key opens is said to be there.
        person: As `find` gave them.
        now: UTC.
        notes: Whether what staff wrote down about them is in it; else it says how many there are.
    """
    reader = _Reader(tx, keyring)
    found: dict[str, Any] = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "person": None,
        "addresses": [],
        "conversations": [],
        "cases": [],
        "consent": reader.consent(person.digests),
        "counts": [],
    }
    if person.contact_id is None:
        return found
    contact = tx.execute(select(contacts).where(contacts.c.id == person.contact_id)).one()
    found["person"] = {
        "known_since": _time(contact.created_at),
        "asked_to_be_forgotten_at": _time(contact.erase_at),
    }
    found["addresses"] = reader.addresses(person.contact_id)
    found["conversations"] = [
        reader.conversation(row)
        for row in _rows(tx, conversations, conversations.c.contact_id == person.contact_id)
    ]
    own = and_(cases.c.contact_id == person.contact_id, cases.c.detached_at.is_(None))
    found["cases"] = [reader.case(row, notes) for row in _rows(tx, cases, own)]
    found["counts"] = [
        {"day": row.day, "messages": row.messages, "segments": row.segments}
        for row in tx.execute(
            select(usage)
            .where(usage.c.scope == "sender", usage.c.key == person.contact_id)
            .order_by(usage.c.day)
        )
    ]
    return found


class _Reader:
    """Reads rows of one person and opens what is in them."""

    def __init__(self, tx: Tx, keyring: KeyRing) -> None:
        self._tx, self._keyring = tx, keyring

    def addresses(self, contact_id: str) -> list[dict[str, Any]]:
        own = contact_identities.c.contact_id == contact_id
        return [
            {
                "channel": row.channel,
                "kind": row.kind,
                "address": self._open(row.value_encrypted),
                "known_since": _time(row.created_at),
                "name_shown_is_recognised": row.profile_digest is not None,
            }
            for row in _rows(self._tx, contact_identities, own)
            if row.value_encrypted
        ]

    def consent(self, digests: Sequence[str]) -> dict[str, Any]:
        left = self._tx.execute(
            select(suppressions).where(suppressions.c.digest.in_(digests))
        ).all()
        events = _rows(self._tx, consent_events, consent_events.c.digest.in_(digests))
        return {
            "left_alone": [
                {"channel": row.channel, "asked_by": row.origin, "since": _time(row.since)}
                for row in left
            ],
            "history": [
                {"at": _time(row.at), "what": row.kind, "by": row.origin, "channel": row.channel}
                for row in events
            ],
        }

    def conversation(self, row: Row[Any]) -> dict[str, Any]:
        came = _rows(
            self._tx,
            inbox,
            and_(inbox.c.conversation_id == row.id, inbox.c.id > row.earlier_until),
        )
        windows = self._tx.execute(
            select(service_windows.c.last_inbound_at).where(
                service_windows.c.conversation_id == row.id
            )
        ).scalars()
        return {
            "channel": row.channel,
            "provider": row.provider,
            "language": row.variant,
            "answered_by_a_person": row.person_has_it,
            "begun_at": _time(row.created_at),
            "last_used_at": _time(row.updated_at),
            "last_written_at": [_time(each) for each in windows],
            "remembered": self._json(row.state_encrypted),
            "options_shown_last": self._json(row.options_encrypted),
            "pages_not_shown_yet": self._json(row.pages_encrypted),
            "messages": [self._message(each) for each in came],
            "answers": self._answers(row, came),
        }

    def _message(self, row: Row[Any]) -> dict[str, Any]:
        parts = _rows(self._tx, received_parts, received_parts.c.inbox_id == row.id)
        return {
            "at": _time(row.received_at),
            "text": self._open(row.body_encrypted),
            "erased": not row.body_encrypted,
            "as_the_provider_brought_it": self._json(row.raw_encrypted),
            "what_came_along": self._json(row.extras_encrypted),
            "understood_as": self._json(row.understood_encrypted),
            "decided": self._json(row.decided_encrypted),
            "parts": [self._open(part.text_encrypted) for part in parts if part.text_encrypted],
            "provider_message_id": row.provider_message_id,
            "state": row.state,
        }

    def _answers(self, row: Row[Any], came: Sequence[Row[Any]]) -> list[dict[str, Any]]:
        theirs: Any = outbox.c.conversation_id == row.id
        if row.earlier_until:
            # What was sent without a question, before this person wrote first, is of the other one.
            first = came[0].received_at if came else None
            unasked = (
                outbox.c.id.is_(None)
                if first is None
                else and_(outbox.c.inbox_id.is_(None), outbox.c.created_at >= first)
            )
            theirs = and_(theirs, or_(outbox.c.inbox_id > row.earlier_until, unasked))
        return [self._answer(each) for each in _rows(self._tx, outbox, theirs)]

    def _answer(self, row: Row[Any]) -> dict[str, Any]:
        reports = _rows(self._tx, status_events, status_events.c.outbox_id == row.id)
        return {
            "at": _time(row.created_at),
            "text": self._open(row.body_encrypted),
            "erased": not row.body_encrypted,
            "kind": row.kind,
            "sent_through": row.provider,
            "channel": row.channel,
            "state": row.state,
            "what_went_along": self._json(row.extras_encrypted),
            "provider_message_id": row.provider_message_id,
            "reported": [{"at": _time(each.received_at), "word": each.status} for each in reports],
        }

    def case(self, row: Row[Any], notes: bool) -> dict[str, Any]:
        said = _rows(self._tx, case_messages, case_messages.c.case_id == row.id)
        left_out = 0 if notes else sum(each.kind == "note" for each in said)
        events = _rows(self._tx, case_events, case_events.c.case_id == row.id)
        told = _rows(self._tx, case_notices, case_notices.c.case_id == row.id)
        deeds = self._tx.execute(
            select(audit)
            .where(audit.c.subject == "case", audit.c.subject_id == str(row.id))
            .order_by(audit.c.number)
        )
        return {
            "number": row.id,
            "reference": row.reference,
            "about_somebody_else": row.for_other,
            "about": self._json(row.about_encrypted),
            "kind": row.kind,
            "from": row.origin,
            "to": row.destination,
            "city": row.city,
            "language": row.variant,
            "risk": row.risk,
            "state": row.state,
            "outcome": row.outcome,
            "desk": self._desk(row.desk_id),
            "offered_at": _time(row.offered_at),
            "agreed_at": _time(row.consented_at),
            "agreed_to": _as_json(row.consent_terms),
            "taken_back_at": _time(row.withdrawn_at),
            "opened_at": _time(row.opened_at),
            "closed_at": _time(row.closed_at),
            "said": [
                {
                    "at": _time(each.at),
                    "by": each.author,
                    "kind": each.kind,
                    "text": self._open(each.body_encrypted),
                    "erased": not each.body_encrypted,
                }
                for each in said
                if notes or each.kind != "note"
            ],
            "notes_left_out": left_out,
            "done": [
                {"at": _time(each.at), "what": each.action, "by": each.actor, "state": each.state}
                for each in events
            ],
            "told_to": [
                {"at": _time(each.created_at), "desk": self._desk(each.desk_id), "what": each.kind}
                for each in told
            ],
            "recorded": [
                {"at": _time(each.at), "what": each.action, "by": each.actor} for each in deeds
            ],
        }

    def _desk(self, desk_id: str) -> str:
        name = self._tx.execute(select(desks.c.name).where(desks.c.id == desk_id))
        return name.scalar_one_or_none() or desk_id

    def _open(self, token: str | None) -> str | None:
        if token is None:
            return None
        try:
            return self._keyring.decrypt(token)
        except CryptoError:
            return UNREADABLE

    def _json(self, token: str | None) -> Any:
        return _as_json(self._open(token))


def _rows(tx: Tx, table: Table, condition: Any) -> Sequence[Row[Any]]:
    keys: Iterable[Any] = table.primary_key.columns
    return tx.execute(select(table).where(condition).order_by(*keys)).all()


def _as_json(text: str | None) -> Any:
    """Return what a text says; a text that is no JSON as it is, an empty one as nothing."""
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
