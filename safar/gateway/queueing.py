"""Puts texts into the outbox, unless the person asked to be left alone or is gone."""

# ruff: noqa: PLR0913 - a row has many columns, and each is one argument.

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, select, update

from safar.gateway.limits import scopes_of
from safar.gateway.messages import URGENT, Choice, OutgoingText
from safar.store import counters, people, suppressions, usage
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.dialect import insert_or_ignore
from safar.store.errors import CryptoError, UnknownRowError
from safar.store.identities import digests_beside
from safar.store.tables import contact_identities, conversations, outbox

FIRST_KINDS = frozenset({"danger", "officer"})
"""What goes before everything else, of whatever conversation."""


class OutboxExtras(BaseModel):
    """What stands beside a text in the outbox, encrypted as a whole.

    Attributes:
        choices: Buttons.
        variant: Language variant of the text.
        sms_text: The same answer in its SMS form, should WhatsApp not reach the person.
        sms_segments: Segments of that.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    choices: tuple[Choice, ...] = ()
    variant: str | None = None
    sms_text: str | None = None
    sms_segments: int = 0


def put(
    tx: Tx,
    keyring: KeyRing,
    *,
    idempotency_key: str,
    conversation_id: str,
    text: OutgoingText,
    now: datetime,
    inbox_id: int | None = None,
    replaces_id: int | None = None,
    not_before: datetime | None = None,
) -> int | None:
    """Queue one text to the person of a conversation.

    Args:
        tx: An open write transaction, that of the work which made the text.
        keyring: Encrypts.
        idempotency_key: A second row with the same key is not made.
        conversation_id: To whom; provider and channel are the conversation's.
        text: What to send.
        now: UTC.
        inbox_id: The message it answers, if any.
        replaces_id: The row that failed and is tried another way, if any.
        not_before: Not to be sent earlier.

    Returns:
        The row's id; None when the key was there before, when the person asked to be left alone,
        or when another person has the telephone since the question was asked.

    Raises:
        UnknownRowError: There is no such conversation.
    """
    way = tx.execute(
        select(conversations, contact_identities.c.value_encrypted)
        .join(contact_identities, contact_identities.c.id == conversations.c.identity_id)
        .where(conversations.c.id == conversation_id)
        # Texts of a conversation must become visible in the order of their ids.
        .with_for_update(of=conversations)
    ).one_or_none()
    if way is None:
        raise UnknownRowError(f"There is no conversation {conversation_id}.")
    if not _wanted(tx, way, text, now):
        counters.add(tx, "outbox.suppressed", now)
        return None
    if text.kind not in people.STILL_SENT and people.is_of_earlier(tx, inbox_id):
        counters.add(tx, f"outbox.{people.OTHER_PERSON}", now)
        return None
    extras = OutboxExtras(
        choices=text.choices,
        variant=text.variant,
        sms_text=text.sms_text,
        sms_segments=text.sms_segments,
    )
    values = {
        "idempotency_key": idempotency_key,
        "conversation_id": conversation_id,
        "inbox_id": inbox_id,
        "replaces_id": replaces_id,
        "provider": way.provider,
        "channel": way.channel,
        "kind": text.kind,
        "body_encrypted": keyring.encrypt(text.text),
        "extras_encrypted": (
            None if extras == OutboxExtras() else keyring.encrypt(extras.model_dump_json())
        ),
        "priority": max(text.priority, URGENT if text.kind in FIRST_KINDS else 0),
        "segments": text.segments,
        "encoding": text.encoding,
        "expires_at": text.expires_at,
        "state": "ready",
        "not_before": not_before or now,
        "created_at": now,
        "updated_at": now,
    }
    if text.kind in FIRST_KINDS:
        # What waits before it in the same conversation must leave first, so it must hurry as well.
        tx.execute(
            update(outbox)
            .where(outbox.c.conversation_id == conversation_id, outbox.c.state == "ready")
            .values(priority=URGENT)
        )
    outbox_id = insert_or_ignore(tx, outbox, values)
    if outbox_id is not None:
        # Counted when it is queued: a limit that waits for the provider comes too late.
        scopes = scopes_of(way.contact_id, address_of_way(keyring, way))
        usage.add(tx, scopes, now, segments=max(1, text.segments))
    return outbox_id


def _wanted(tx: Tx, way: Row[Any], text: OutgoingText, now: datetime) -> bool:
    if text.kind == "consent":
        return True
    digests = digests_beside(tx, way.identity_id)
    if not suppressions.is_suppressed(tx, *digests):
        return True
    return text.kind == "danger" and suppressions.may_tell_danger(tx, digests, now)


def address_of_way(keyring: KeyRing, way: Row[Any]) -> str:
    """Return the address of a person, empty where no key opens it."""
    try:
        return keyring.decrypt(way.value_encrypted)
    except CryptoError:
        # A key is missing: it will be counted under the person, though not under their country.
        return ""
