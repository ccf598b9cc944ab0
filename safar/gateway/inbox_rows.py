"""A row of the inbox, opened for the worker that claimed it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, update

from safar.gateway.messages import ClaimedMessage, Extras
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.errors import CryptoError
from safar.store.tables import inbox

_UNDECRYPTABLE_DELAY = timedelta(minutes=15)

_log = structlog.get_logger(__name__)


def open_row(tx: Tx, keyring: KeyRing, row: Row[Any], now: datetime) -> ClaimedMessage | None:
    """Return a row that was claimed; None, and the row put off, where no key opens it."""
    try:
        body = keyring.decrypt(row.body_encrypted)
        raw = json.loads(keyring.decrypt(row.raw_encrypted))
        extras = _opened(keyring, row.extras_encrypted)
        decided = _opened(keyring, row.decided_encrypted)
    except CryptoError:
        # A key was left out of the settings: wait for it, and do not count the try.
        _log.error("inbox.undecryptable", inbox_id=row.id)
        tx.execute(
            update(inbox)
            .where(inbox.c.id == row.id)
            .values(
                state="ready",
                attempts=inbox.c.attempts - 1,
                lease_owner=None,
                lease_until=None,
                not_before=now + _UNDECRYPTABLE_DELAY,
                error_code="undecryptable",
                updated_at=now,
            )
        )
        return None
    return ClaimedMessage(
        id=row.id,
        conversation_id=row.conversation_id,
        channel=row.channel,
        provider=row.provider,
        body=body,
        raw=raw,
        attempts=row.attempts,
        received_at=row.received_at,
        treatment=row.treatment,
        extras=Extras() if extras is None else Extras.model_validate_json(extras),
        round=row.round,
        decided=decided,
        costs=row.costs,
    )


def _opened(keyring: KeyRing, token: str | None) -> str | None:
    return None if token is None else keyring.decrypt(token)
