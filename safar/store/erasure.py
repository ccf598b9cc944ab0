"""Forgetting a person: first what they wrote, then, once they were told so, their address.

What stays says nothing of anybody: random ids, times, states, counts of all people together, keyed
digests by which a message that comes twice is known (`safar.store.forgotten`), what an office must
account for of a case (`safar.store.case_erasure`), and the wish of a person not to be written to
(`safar.store.suppressions`). No provider's id of a message stays: it
opens the provider's own log.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Final

from sqlalchemy import ColumnElement, bindparam, delete, insert, literal_column, select, update

from safar.store import case_erasure, wishes
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.forgotten import forgotten_id
from safar.store.identities import detach
from safar.store.people import FORGOTTEN
from safar.store.tables import (
    contact_identities,
    contacts,
    conversations,
    inbox,
    outbox,
    received_parts,
    sent_parts,
    service_windows,
    status_events,
    usage,
)

UNSAID = datetime(1970, 1, 1, tzinfo=timezone.utc)
"""Expiry of a text that was on its way when its person was forgotten: sent by now, or never."""

EMPTY_INBOX: Final = {
    "body_encrypted": "",
    "raw_encrypted": "",
    "extras_encrypted": None,
    "decided_encrypted": None,
    "understood_encrypted": None,
    "body_digest": None,
}
"""Columns of a message that came, of which nothing is left."""

EMPTY_OUTBOX: Final = {"body_encrypted": "", "extras_encrypted": None, "provider_message_id": None}
"""Columns of a text that was sent, of which nothing is left."""

_OPEN = ("ready", "leased", "sending", "unknown")
_NOT_FOR_LIFE = outbox.c.kind.not_in(["danger", "officer"])


def begin(tx: Tx, keyring: KeyRing, conversation_id: str, now: datetime) -> None:
    """Erase what the person of a conversation wrote and was told, on every channel.

    Texts that have not left yet are not sent, except what may save a life. The address stays until
    the last text has left: see `finish`. Call it before that text is queued.
    """
    contact_id = tx.execute(
        select(conversations.c.contact_id).where(conversations.c.id == conversation_id)
    ).scalar_one()
    own = select(conversations.c.id).where(conversations.c.contact_id == contact_id)
    tx.execute(
        update(outbox)
        .where(outbox.c.conversation_id.in_(own), outbox.c.state == "ready", _NOT_FOR_LIFE)
        .values(state="canceled", error_code="erased", updated_at=now)
    )
    # What is on its way may come back. Then it is neither sent again nor decided anew: of the
    # message that it answered nothing is left.
    tx.execute(
        update(outbox)
        .where(
            outbox.c.conversation_id.in_(own),
            outbox.c.state.in_(["leased", "sending", "unknown"]),
            _NOT_FOR_LIFE,
        )
        .values(inbox_id=None, expires_at=UNSAID)
    )
    _empty(tx, keyring, contact_id)
    tx.execute(
        update(conversations)
        .where(conversations.c.contact_id == contact_id)
        .values(**FORGOTTEN, last_inbox_id=None)
    )
    _forget_parts(tx, contact_id)
    tx.execute(update(contacts).where(contacts.c.id == contact_id).values(erase_at=now))
    # Last, since its rows of the audit are waited for by everybody.
    case_erasure.forget(tx, keyring, contact_id, now)


def finish(tx: Tx, keyring: KeyRing) -> int:
    """Erase the addresses of those whose last text has left; return how many people that were.

    A person who has written again meanwhile is answered first.
    """
    waiting = tx.execute(
        select(contacts.c.id, contacts.c.erase_at)
        .where(contacts.c.erase_at.is_not(None))
        .with_for_update(skip_locked=True)
    ).all()
    done = 0
    for contact_id, wished_at in waiting:
        own = select(conversations.c.id).where(conversations.c.contact_id == contact_id)
        identities = select(contact_identities.c.id).where(
            contact_identities.c.contact_id == contact_id
        )
        # Locked before it is looked whether they have written again, so that they cannot meanwhile.
        identity_ids = tx.execute(identities.with_for_update()).scalars().all()
        busy = (
            tx.execute(
                select(outbox.c.id)
                .where(outbox.c.conversation_id.in_(own), outbox.c.state.in_(_OPEN))
                .limit(1)
            ).first()
            or tx.execute(
                select(inbox.c.id)
                .where(inbox.c.conversation_id.in_(own), inbox.c.state.in_(["ready", "leased"]))
                .limit(1)
            ).first()
        )
        if busy:
            continue
        _empty(tx, keyring, contact_id)
        _forget_parts(tx, contact_id)
        tx.execute(delete(service_windows).where(service_windows.c.conversation_id.in_(own)))
        tx.execute(
            delete(usage).where(
                usage.c.scope == literal_column("'sender'"), usage.c.key == contact_id
            )
        )
        for identity_id in identity_ids:
            detach(tx, identity_id)
        tx.execute(
            update(conversations)
            .where(conversations.c.contact_id == contact_id)
            .values(**FORGOTTEN)
        )
        # What an officer wrote between the wish and now.
        case_erasure.forget(tx, keyring, contact_id, wished_at)
        wishes.note_forgotten(tx, keyring, contact_id, wished_at)
        _rename(tx, contact_id)
        done += 1
    return done


def _rename(tx: Tx, contact_id: str) -> None:
    """Give what is left another random id, since the old one stands in logs."""
    created_at = select(contacts.c.created_at).where(contacts.c.id == contact_id).scalar_subquery()
    nobody = secrets.token_hex(16)
    tx.execute(insert(contacts).values(id=nobody, created_at=created_at))
    for table in (contact_identities, conversations):
        tx.execute(update(table).where(table.c.contact_id == contact_id).values(contact_id=nobody))
    case_erasure.rename(tx, contact_id, nobody)
    tx.execute(delete(contacts).where(contacts.c.id == contact_id))


def _forget_parts(tx: Tx, contact_id: str) -> None:
    """Drop the parts of long messages, whole or not."""
    digests = select(contact_identities.c.digest).where(
        contact_identities.c.contact_id == contact_id
    )
    tx.execute(delete(received_parts).where(received_parts.c.sender_digest.in_(digests)))


def _empty(tx: Tx, keyring: KeyRing, contact_id: str) -> None:
    """Empty every text that is done with."""
    own = select(conversations.c.id).where(conversations.c.contact_id == contact_id)
    done_with = (inbox.c.conversation_id.in_(own), inbox.c.state.in_(["done", "dead"]))
    hide_ids(tx, keyring, done_with)
    tx.execute(update(inbox).where(*done_with).values(**EMPTY_INBOX))
    tx.execute(
        update(outbox)
        .where(outbox.c.conversation_id.in_(own), outbox.c.state.not_in(_OPEN))
        .values(**EMPTY_OUTBOX)
    )
    sent = select(outbox.c.id).where(outbox.c.conversation_id.in_(own))
    tx.execute(delete(status_events).where(status_events.c.outbox_id.in_(sent)))
    tx.execute(
        update(sent_parts).where(sent_parts.c.outbox_id.in_(sent)).values(recipient_digest="")
    )


def hide_ids(tx: Tx, keyring: KeyRing, which: Sequence[ColumnElement[bool]]) -> None:
    """Put digests in the place of the ids that providers gave to messages."""
    rows = tx.execute(
        select(inbox.c.id, inbox.c.provider, inbox.c.provider_message_id).where(*which)
    ).all()
    if rows:
        tx.execute(
            update(inbox)
            .where(inbox.c.id == bindparam("row"))
            .values(provider_message_id=bindparam("hidden")),
            [
                {
                    "row": row.id,
                    "hidden": forgotten_id(keyring, row.provider, row.provider_message_id),
                }
                for row in rows
            ],
        )
