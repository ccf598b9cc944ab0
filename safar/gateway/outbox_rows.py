"""Rows of the outbox as values, and the conditions its queries share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, FromClause, Row, and_, literal_column, select, update

from safar.gateway.providers.base import OutboundMessage
from safar.gateway.queueing import FIRST_KINDS, OutboxExtras
from safar.gateway.states import OPEN_STATES
from safar.store.contacts import address_of
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.errors import CryptoError
from safar.store.tables import conversations, outbox, service_windows

UNDECRYPTABLE_DELAY = timedelta(minutes=15)
"""How long a row waits that no key opens: an operator has to add the key."""

UNREACHED = "unreached"
"""Code of a text of unknown outcome while the provider cannot be reached and asked about it."""

WINDOW = timedelta(hours=24)
"""How long after a person's last message WhatsApp takes free texts to them."""

WINDOW_MARGIN = timedelta(minutes=5)
"""What is left of the window when it counts as closed: a text needs time to get there."""

_TAKEN_LIMIT = 100

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ClaimedSend:
    """A row of the outbox lent to one dispatcher.

    Attributes:
        id: Row of the outbox.
        attempts: This try's number, from 1.
        resends: How often it was sent again without knowing what became of it.
        sending_at: First moment at which it may have been sent, None when it surely was not.
        unknown_at: Since when its outcome is unknown.
    """

    id: int
    provider: str
    attempts: int
    resends: int
    priority: int
    sending_at: datetime | None
    unknown_at: datetime | None
    message: OutboundMessage = field(repr=False)


def is_open(table: FromClause) -> ColumnElement[bool]:
    """Make the condition of the partial indexes, in literal words so that they can be used."""
    return table.c.state.in_([literal_column(f"'{state}'") for state in OPEN_STATES])


def held(outbox_id: int, owner: str, state: str) -> ColumnElement[bool]:
    """Make the condition that fences: still in this state, still lent to this owner."""
    return and_(outbox.c.id == outbox_id, outbox.c.state == state, outbox.c.lease_owner == owner)


def read_claimed(
    tx: Tx, keyring: KeyRing, outbox_ids: list[int], now: datetime, *, with_taken: bool = False
) -> list[ClaimedSend]:
    """Decrypt the rows just claimed, in the order of their ids.

    A row that no key opens is given back for a while, without counting the try.
    """
    rows = tx.execute(
        select(outbox, conversations.c.our_address, service_windows.c.last_inbound_at)
        .join(conversations, conversations.c.id == outbox.c.conversation_id)
        .join(
            service_windows,
            and_(
                service_windows.c.conversation_id == conversations.c.id,
                service_windows.c.our_address == conversations.c.our_address,
            ),
            isouter=True,
        )
        .where(outbox.c.id.in_(outbox_ids))
        .order_by(outbox.c.priority.desc(), outbox.c.id)
    ).all()
    claimed = []
    for row in rows:
        try:
            taken = _taken_ids(tx, row) if with_taken else frozenset[str]()
            claimed.append(_claimed(tx, keyring, row, taken, now))
        except CryptoError:
            _put_off(tx, row, now)
    return claimed


def _claimed(
    tx: Tx, keyring: KeyRing, row: Row[Any], taken: frozenset[str], now: datetime
) -> ClaimedSend:
    extras = (
        OutboxExtras()
        if row.extras_encrypted is None
        else OutboxExtras.model_validate_json(keyring.decrypt(row.extras_encrypted))
    )
    message = OutboundMessage(
        outbox_id=row.id,
        conversation_id=row.conversation_id,
        to=address_of(tx, keyring, row.conversation_id),
        from_=row.our_address,
        channel=row.channel,
        body=keyring.decrypt(row.body_encrypted),
        callback_id=str(row.id),
        urgent=row.kind in FIRST_KINDS,
        expires_at=row.expires_at,
        choices=extras.choices,
        window_open=_window_open(row, now),
        variant=extras.variant,
        taken_ids=taken,
    )
    return ClaimedSend(
        id=row.id,
        provider=row.provider,
        attempts=row.attempts,
        resends=row.resends,
        priority=row.priority,
        sending_at=row.sending_at,
        unknown_at=row.unknown_at,
        message=message,
    )


def _window_open(row: Row[Any], now: datetime) -> bool | None:
    if row.channel != "whatsapp":
        return None
    return window_is_open(row.last_inbound_at, now)


def window_is_open(last_inbound_at: datetime | None, now: datetime) -> bool:
    """Whether WhatsApp takes a free text to a person who wrote last at a moment."""
    return last_inbound_at is not None and now < last_inbound_at + WINDOW - WINDOW_MARGIN


def _taken_ids(tx: Tx, row: Row[Any]) -> frozenset[str]:
    found = tx.execute(
        select(outbox.c.provider_message_id)
        .where(
            outbox.c.conversation_id == row.conversation_id,
            outbox.c.id != row.id,
            outbox.c.provider_message_id.is_not(None),
        )
        .order_by(outbox.c.id.desc())
        .limit(_TAKEN_LIMIT)
    )
    return frozenset(found.scalars())


def _put_off(tx: Tx, row: Row[Any], now: datetime) -> None:
    _log.error("outbox.undecryptable", outbox_id=row.id)
    was_unknown = row.state == "unknown"
    tx.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(
            state="unknown" if was_unknown else "ready",
            attempts=row.attempts if was_unknown else row.attempts - 1,
            lease_owner=None,
            lease_until=None,
            not_before=now + UNDECRYPTABLE_DELAY,
            error_code="undecryptable",
            updated_at=now,
        )
    )
