"""People by random ids, their addresses, and their conversations."""

# ruff: noqa: PLR0913, PLR0917 - a row has many columns, and each is one argument.

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.errors import UnknownRowError
from safar.store.identities import Address, find_or_create
from safar.store.people import begin_anew
from safar.store.tables import contact_identities, conversations


@dataclass(frozen=True)
class Conversation:
    """One person on one channel of one provider, without what was said.

    Attributes:
        id: 32 random hex digits; Rasa's sender id.
        identity_id: The address the person wrote from last, in the table of addresses.
        our_address: The address of ours that the person wrote to last.
        person_has_it: A person answers; the bot must be silent.
    """

    id: str
    contact_id: str
    identity_id: int
    channel: str
    provider: str
    our_address: str = field(repr=False)
    variant: str | None
    last_inbox_id: int | None
    person_has_it: bool
    updated_at: datetime


def find_or_create_conversation(
    tx: Tx,
    keyring: KeyRing,
    *,
    channel: str,
    provider: str,
    kind: str,
    address: str,
    our_address: str,
    now: datetime,
    aliases: Sequence[Address] = (),
    profile: str | None = None,
) -> Conversation:
    """Find the conversation with an address, making contact and conversation when new.

    Args:
        tx: An open write transaction.
        keyring: Digests and encrypts the address.
        channel: ``sms`` or ``whatsapp``.
        provider: Name of the provider that brought the message.
        kind: What the address is: ``phone``, ``whatsapp``, ``simulator``.
        address: The person's address, kept encrypted exactly as given.
        our_address: Where the person wrote to; answers come from there.
        now: UTC.
        aliases: Other addresses of the same person.
        profile: The name the person shows. Another name or another WhatsApp id at the same
            address is another person: then the conversation begins anew, and what was under way
            in it comes to an end (`safar.store.people`).
    """
    identity_id, contact_id, new_person = find_or_create(
        tx, keyring, channel, Address(kind, address), now, aliases=aliases, profile=profile
    )
    if new_person:
        begin_anew(tx, contact_id, channel, now)
    wanted = (
        (conversations.c.contact_id == contact_id)
        & (conversations.c.channel == channel)
        & (conversations.c.provider == provider)
    )
    row = tx.execute(select(conversations).where(wanted)).one_or_none()
    if row is None:
        row = tx.execute(
            insert(conversations)
            .values(
                id=secrets.token_hex(16),
                contact_id=contact_id,
                identity_id=identity_id,
                channel=channel,
                provider=provider,
                our_address=our_address,
                person_has_it=False,
                created_at=now,
                updated_at=now,
            )
            .returning(conversations)
        ).one()
    elif (row.our_address, row.identity_id) != (our_address, identity_id):
        row = tx.execute(
            update(conversations)
            .where(conversations.c.id == row.id)
            .values(our_address=our_address, identity_id=identity_id)
            .returning(conversations)
        ).one()
    return as_conversation(row)


def address_of(tx: Tx, keyring: KeyRing, conversation_id: str) -> str:
    """Return the address to answer to: the one the person wrote from last.

    Raises:
        UnknownRowError: There is no such conversation.
        CryptoError: No key of the ring opens it.
    """
    token = tx.execute(
        select(contact_identities.c.value_encrypted)
        .join(conversations, conversations.c.identity_id == contact_identities.c.id)
        .where(conversations.c.id == conversation_id)
    ).scalar_one_or_none()
    if token is None:
        raise UnknownRowError(f"There is no conversation {conversation_id}.")
    return keyring.decrypt(token)


def as_conversation(row: Row[Any]) -> Conversation:
    """Make the value from a row of the table ``conversations``."""
    return Conversation(
        id=row.id,
        contact_id=row.contact_id,
        identity_id=row.identity_id,
        channel=row.channel,
        provider=row.provider,
        our_address=row.our_address,
        variant=row.variant,
        last_inbox_id=row.last_inbox_id,
        person_has_it=row.person_has_it,
        updated_at=row.updated_at,
    )
