"""A person who has been silent for long is forgotten, as if they had asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, literal_column, select, update

from safar.store import erasure
from safar.store.case_tables import cases
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.tables import contact_identities, contacts, conversations, inbox, outbox

TABLE: Final = contacts


def due(limit: datetime) -> Select[Any]:
    """Make the question for people with an address not heard of, nor written to, since a moment."""
    return select(contacts.c.id).where(_silent(limit)).order_by(contacts.c.created_at)


def forget(tx: Tx, keyring: KeyRing, ids: Sequence[Any], now: datetime, limit: datetime) -> None:
    """Forget people, unless they are writing at this moment."""
    # Locked before it is looked once more: who writes now waits, and is a stranger; or did already.
    tx.execute(
        select(contact_identities.c.id)
        .where(contact_identities.c.contact_id.in_(ids))
        .order_by(contact_identities.c.id)
        .with_for_update()
    ).all()
    still = contacts.c.id.in_(ids)
    tx.execute(update(contacts).where(still, _silent(limit)).values(erase_at=now))
    erasure.finish(tx, keyring)
    # Whoever was not forgotten after all never asked for it.
    tx.execute(update(contacts).where(still, contacts.c.erase_at == now).values(erase_at=None))


def _silent(limit: datetime) -> ColumnElement[bool]:
    own = conversations.c.contact_id == contacts.c.id
    said = select(inbox.c.id).join(conversations, conversations.c.id == inbox.c.conversation_id)
    told = select(outbox.c.id).join(conversations, conversations.c.id == outbox.c.conversation_id)
    return and_(
        contacts.c.created_at < limit,
        contacts.c.erase_at.is_(None),
        exists(
            select(contact_identities.c.id).where(
                contact_identities.c.contact_id == contacts.c.id,
                contact_identities.c.value_encrypted != literal_column("''"),
            )
        ),
        ~exists(select(conversations.c.id).where(own, conversations.c.updated_at >= limit)),
        ~exists(said.where(own, inbox.c.received_at >= limit)),
        ~exists(told.where(own, outbox.c.created_at >= limit)),
        ~exists(said.where(own, inbox.c.state.in_(["ready", "leased"]))),
        ~exists(told.where(own, outbox.c.state.in_(["ready", "leased", "sending", "unknown"]))),
        # As long as a case of theirs is kept, or waits, they can be reached for it.
        ~exists(
            select(cases.c.id).where(
                cases.c.contact_id == contacts.c.id, cases.c.erased_at.is_(None)
            )
        ),
    )
