"""Whose address is whose. A number is not a person: it changes hands, and a person has several.

WhatsApp's id of a person (BSUID) is theirs alone and changes with their number, so it decides
where it is known; the phone number only says where to answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Row, and_, insert, or_, select, update

from safar.store import suppressions
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.dialect import insert_or_ignore
from safar.store.tables import contact_identities, contacts

BSUID = "bsuid"
_ON_WHATSAPP = ("whatsapp", BSUID)


class Address(NamedTuple):
    """An address as a provider writes it, and what it is: ``phone``, ``whatsapp``, ``bsuid``."""

    kind: str
    value: str


class Known(NamedTuple):
    """Where an address was put; ``new_person`` when it showed another person than before."""

    identity_id: int
    contact_id: str
    new_person: bool


def find_or_create(  # noqa: PLR0913 - a row has many columns
    tx: Tx,
    keyring: KeyRing,
    channel: str,
    address: Address,
    now: datetime,
    *,
    aliases: Sequence[Address] = (),
    profile: str | None = None,
) -> Known:
    """Find the person behind an address, making one who is not known.

    Args:
        tx: An open write transaction.
        keyring: Digests and encrypts.
        channel: ``sms`` or ``whatsapp``.
        address: Where they wrote from.
        now: UTC.
        aliases: Other addresses that the provider says are theirs.
        profile: The name they show, of which only the digest is kept.
    """
    own_id = next((a for a in (address, *aliases) if a.kind == BSUID), None)
    by_id = _find(tx, keyring, own_id) if own_id else None
    primary = _find(tx, keyring, address)
    if own_id and primary and _in_other_hands(tx, keyring, primary.contact_id, own_id, by_id):
        for passed_on in (address, *aliases):
            _detach_from(tx, keyring, passed_on, primary.contact_id)
        primary = None
    known = by_id or primary or _named(tx, keyring, own_id, aliases)
    contact_id = known.contact_id if known else _new_contact(tx, now)
    attached = False
    for each in (address, *aliases):
        if _find(tx, keyring, each) is None:
            _attach(tx, keyring, channel, each, contact_id, now)
            attached = True
    primary = _find(tx, keyring, address)
    if primary is None:
        raise RuntimeError("An address was written down, yet it is not there.")
    if attached:
        # Or the wish would be lost with the number, should that pass into other hands.
        suppressions.share(tx, digests_beside(tx, primary.id), now)
    new_person = profile is not None and _note_profile(tx, keyring, primary, profile)
    return Known(primary.id, primary.contact_id, new_person)


def beside(own: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Make the condition that `other` is `own`, or on WhatsApp another id of the same person.

    Both are the table of addresses. WhatsApp names a person by number today and by their id alone
    tomorrow, so what is wished at one of them is wished at all.
    """
    same_person = and_(
        own.c.kind.in_(_ON_WHATSAPP),
        other.c.kind.in_(_ON_WHATSAPP),
        other.c.value_encrypted != "",
    )
    return and_(other.c.contact_id == own.c.contact_id, or_(other.c.id == own.c.id, same_person))


def digests_beside(tx: Tx, identity_id: int) -> tuple[str, ...]:
    """Return the digest of an address; on WhatsApp those of the person's other ids, too."""
    own, other = contact_identities.alias("own"), contact_identities.alias("other")
    found = tx.execute(
        select(other.c.digest).join(own, beside(own, other)).where(own.c.id == identity_id)
    )
    return tuple(found.scalars())


def detach(tx: Tx, identity_id: int) -> None:
    """Take an address from its person for good; conversations at it can reach nobody any more."""
    tx.execute(
        update(contact_identities)
        .where(contact_identities.c.id == identity_id)
        .values(digest=f"detached:{secrets.token_hex(16)}", value_encrypted="", profile_digest=None)
    )


def _find(tx: Tx, keyring: KeyRing, address: Address) -> Row[Any] | None:
    return tx.execute(
        select(contact_identities)
        .where(contact_identities.c.digest == keyring.digest(address.kind, address.value))
        # Who is being forgotten at this moment is another person afterwards.
        .with_for_update(key_share=True)
    ).one_or_none()


def _in_other_hands(
    tx: Tx, keyring: KeyRing, contact_id: str, own_id: Address, by_id: Row[Any] | None
) -> bool:
    """Whether the number's last owner was somebody else than the one with this id."""
    if by_id is not None:
        return bool(by_id.contact_id != contact_id)
    found = tx.execute(
        select(contact_identities.c.digest).where(
            contact_identities.c.contact_id == contact_id, contact_identities.c.kind == BSUID
        )
    )
    return bool(set(found.scalars()) - {keyring.digest(own_id.kind, own_id.value)})


def _named(
    tx: Tx, keyring: KeyRing, own_id: Address | None, aliases: Sequence[Address]
) -> Row[Any] | None:
    """Find a person by what else is theirs: who wrote by SMS first is known on WhatsApp."""
    for alias in aliases:
        found = _find(tx, keyring, alias)
        if found is None:
            continue
        if own_id is None or not _in_other_hands(tx, keyring, found.contact_id, own_id, None):
            return found
        detach(tx, found.id)
    return None


def _detach_from(tx: Tx, keyring: KeyRing, address: Address, contact_id: str) -> None:
    known = _find(tx, keyring, address)
    if known is not None and known.contact_id == contact_id:
        detach(tx, known.id)


def _new_contact(tx: Tx, now: datetime) -> str:
    contact_id = secrets.token_hex(16)
    tx.execute(insert(contacts).values(id=contact_id, created_at=now))
    return contact_id


def _attach(  # noqa: PLR0913, PLR0917 - a row has many columns
    tx: Tx, keyring: KeyRing, channel: str, address: Address, contact_id: str, now: datetime
) -> None:
    values = {
        "contact_id": contact_id,
        "channel": channel,
        "kind": address.kind,
        "digest": keyring.digest(address.kind, address.value),
        "value_encrypted": keyring.encrypt(address.value),
        "created_at": now,
    }
    # On PostgreSQL another process may meet the same person in the same moment: then theirs stands.
    insert_or_ignore(tx, contact_identities, values)


def _note_profile(tx: Tx, keyring: KeyRing, identity: Row[Any], profile: str) -> bool:
    digest = keyring.digest("profile", profile)
    if identity.profile_digest == digest:
        return False
    tx.execute(
        update(contact_identities)
        .where(contact_identities.c.id == identity.id)
        .values(profile_digest=digest)
    )
    return identity.profile_digest is not None
