"""Puts a text to a member of staff into the outbox, apart from all who write to us.

Their number is there as an address of a kind of its own, so it has its own conversation: nothing of
what anybody wrote from the same telephone is near it, and a reply begins a talk as anybody's does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select

from safar.gateway import outbox
from safar.gateway.messages import OutgoingText
from safar.messaging.fold import fold
from safar.messaging.segments import measure
from safar.store import suppressions
from safar.store.contacts import find_or_create_conversation
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.tables import contact_identities
from safar.store.tables import suppressions as suppressed

STAFF: Final = "staff"
"""What kind of address it is."""

_FIRST: Final = 5
"""Priority of what is urgent: before answers, after what may save a life."""


@dataclass(frozen=True)
class StaffSender:
    """How texts to staff leave.

    Attributes:
        provider: Name of the provider.
        our_address: Our number that they come from.
    """

    provider: str
    our_address: str = field(repr=False)


def put(  # noqa: PLR0913 - a text and whom it is for, one argument each
    tx: Tx,
    keyring: KeyRing,
    sender: StaffSender,
    *,
    number: str,
    text: str,
    idempotency_key: str,
    now: datetime,
    urgent: bool = False,
) -> int | None:
    """Queue an SMS to a member of staff.

    Args:
        tx: An open write transaction.
        keyring: Encrypts.
        sender: How it leaves.
        number: Theirs, E.164.
        text: What to send; without anything personal.
        idempotency_key: A second row with the same key is not made.
        now: UTC.
        urgent: Whether it goes before answers.

    Returns:
        The row's id; None when the key was there before, or the number asked to be left alone,
        be it as somebody who wrote to us.
    """
    if suppressions.is_suppressed(tx, keyring.digest("phone", number)):
        return None
    conversation = find_or_create_conversation(
        tx,
        keyring,
        channel="sms",
        provider=sender.provider,
        kind=STAFF,
        address=number,
        our_address=sender.our_address,
        now=now,
    )
    words = fold(text)
    size = measure(words)
    return outbox.put(
        tx,
        keyring,
        idempotency_key=idempotency_key,
        conversation_id=conversation.id,
        text=OutgoingText(
            text=words,
            segments=size.segments,
            encoding="gsm7" if size.encoding == "GSM-7" else "ucs2",
            priority=_FIRST if urgent else 0,
            kind="notice",
        ),
        now=now,
    )


def heed_no_refusal(tx: Tx, now: datetime) -> int:
    """Forget that carriers refused texts to staff; return of how many numbers that was known.

    It was a carrier's word about a number of staff. If it still holds, the carrier says so again;
    what somebody wished who wrote to us is another matter, and stays.
    """
    own = contact_identities.c.kind == STAFF
    digests = tx.execute(
        select(contact_identities.c.digest)
        .join(suppressed, suppressed.c.digest == contact_identities.c.digest)
        .where(own)
    ).scalars()
    return sum(suppressions.lift(tx, digest, "sms", now) for digest in digests.all())
