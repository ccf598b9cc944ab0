"""Carries out wishes in a store that was put back from before they were made."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select, update

from safar.store import audit, case_erasure, erasure, wishes
from safar.store.case_tables import case_events, case_notices, cases
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.dialect import insert_or_update
from safar.store.retention_cases import OPEN_STATES
from safar.store.tables import contacts, conversations, forgettings, inbox, outbox, suppressions
from safar.store.wishes import Wishes

_WHY: Final = {"why": "restored"}


def carry_out(tx: Tx, keyring: KeyRing, wanted: Wishes, now: datetime) -> dict[str, int]:
    """Do what was wished; return how many people, cases and addresses that touched.

    Done twice it changes nothing.
    """
    stopped = _stop(tx, wanted)
    withdrawn = _withdraw(tx, keyring, wanted, now)
    forgotten = _forget(tx, keyring, wanted, now)
    for digest, at in wanted.forgotten.items():
        insert_or_update(tx, forgettings, {"digest": digest}, {"at": at})
    return {"forgotten": forgotten, "withdrawn": withdrawn, "stopped": stopped}


def _stop(tx: Tx, wanted: Wishes) -> int:
    known = set(tx.execute(select(suppressions.c.digest)).scalars())
    new = [stop for stop in wanted.stopped if stop.digest not in known]
    for stop in new:
        tx.execute(insert(suppressions).values(**dict(stop)))
    return len(new)


def _withdraw(tx: Tx, keyring: KeyRing, wanted: Wishes, now: datetime) -> int:
    """End cases whose consent was taken back, and take what was shared out of them."""
    found = tx.execute(select(cases).where(cases.c.withdrawn_at.is_(None))).all()
    ended = [
        row
        for row in found
        if row.consented_at is not None
        and case_erasure.forgotten_reference(keyring, row.reference) in wanted.withdrawn
    ]
    for row in ended:
        case_erasure.empty(tx, [row.id])
        tx.execute(
            update(cases)
            .where(cases.c.id == row.id)
            .values(
                state="withdrawn",
                withdrawn_at=now,
                due_at=None,
                late_at=None,
                about_encrypted=None,
                updated_at=now,
            )
        )
        if row.state == "with_person" and row.detached_at is None:
            tx.execute(
                update(conversations)
                .where(conversations.c.id == row.conversation_id)
                .values(person_has_it=False)
            )
        tx.execute(
            insert(case_events).values(
                case_id=row.id,
                action="withdraw",
                state="withdrawn",
                actor="worker",
                details=json.dumps(_WHY),
                at=now,
            )
        )
        if row.state in OPEN_STATES:
            tx.execute(
                insert(case_notices).values(
                    idempotency_key=f"restored:{row.id}:{now.isoformat()}",
                    case_id=row.id,
                    desk_id=row.desk_id,
                    kind="withdrawn",
                    created_at=now,
                )
            )
    for row in ended:
        deed = audit.Deed("worker", "withdraw", "case", str(row.id), None, _WHY)
        audit.append(tx, keyring, deed, now)
    return len(ended)


def _forget(tx: Tx, keyring: KeyRing, wanted: Wishes, now: datetime) -> int:
    if not wanted.forgotten:
        return 0
    people = [
        contact_id
        for contact_id in tx.execute(select(contacts.c.id)).scalars()
        if wishes.digest_of(keyring, contact_id) in wanted.forgotten
    ]
    for contact_id in people:
        own = tx.execute(
            select(conversations.c.id).where(conversations.c.contact_id == contact_id)
        ).scalars()
        _end_what_waits(tx, list(own), now)
        first = tx.execute(
            select(conversations.c.id).where(conversations.c.contact_id == contact_id).limit(1)
        ).scalar_one_or_none()
        if first is not None:
            erasure.begin(tx, keyring, first, now)
        else:
            tx.execute(update(contacts).where(contacts.c.id == contact_id).values(erase_at=now))
    if people:
        erasure.finish(tx, keyring)
    return len(people)


def _end_what_waits(tx: Tx, own: Iterable[str], now: datetime) -> None:
    """End what is under way for a person: they were told that they are forgotten, and are."""
    gone = {"lease_owner": None, "lease_until": None, "error_code": "erased", "updated_at": now}
    conversation_ids = list(own)
    tx.execute(
        update(outbox)
        .where(
            outbox.c.conversation_id.in_(conversation_ids),
            outbox.c.state.in_(["ready", "leased", "sending", "unknown"]),
        )
        .values(state="canceled", **gone)
    )
    tx.execute(
        update(inbox)
        .where(
            inbox.c.conversation_id.in_(conversation_ids), inbox.c.state.in_(["ready", "leased"])
        )
        .values(state="done", **gone)
    )
