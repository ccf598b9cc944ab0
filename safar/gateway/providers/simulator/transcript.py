"""The talk of one simulated phone, read from inbox and outbox."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from safar.gateway.providers.simulator.provider import NAME
from safar.store import conversations as rows
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.tables import contact_identities, conversations, inbox, outbox

_BEFORE_ALL = 0
DELIVERED = ("sent", "delivered", "read")


def transcript(database: Database, keyring: KeyRing, sender: str, channel: str) -> dict[str, Any]:
    """Return `messages` oldest first and what was `understood` of the last one.

    Only conversations of the simulator are read; no other provider's can be named here.
    """
    digest = keyring.digest(NAME, sender)
    with database.read() as tx:
        found = tx.execute(
            select(conversations.c.id)
            .join(
                contact_identities,
                contact_identities.c.contact_id == conversations.c.contact_id,
            )
            .where(
                contact_identities.c.digest == digest,
                conversations.c.provider == NAME,
                conversations.c.channel == channel,
            )
        ).scalar_one_or_none()
        if found is None:
            return {"messages": [], "understood": None, "waiting": False}
        came = tx.execute(
            select(inbox.c.id, inbox.c.body_encrypted, inbox.c.state, inbox.c.received_at)
            .where(inbox.c.conversation_id == found)
            .order_by(inbox.c.id)
        ).all()
        went = tx.execute(
            select(outbox).where(outbox.c.conversation_id == found).order_by(outbox.c.id)
        ).all()
        state = rows.load(tx, keyring, found).state
    answers: dict[int, list[dict[str, Any]]] = {}
    for row in went:
        answers.setdefault(_below(row, came), []).append(
            {
                "from": "safar",
                "text": keyring.decrypt(row.body_encrypted),
                "segments": row.segments,
                "encoding": {"gsm7": "GSM-7", "ucs2": "UCS-2"}.get(row.encoding, row.encoding),
                "delivered": row.state in DELIVERED,
            }
        )
    messages = answers.get(_BEFORE_ALL, [])
    for row in came:
        messages.append({"from": "person", "text": keyring.decrypt(row.body_encrypted)})
        messages += answers.get(row.id, [])
    return {
        "messages": messages,
        "understood": (json.loads(state) if state else {}).get("understood"),
        "waiting": any(row.state in ("ready", "leased") for row in came),
    }


def _below(text: Row[Any], came: Sequence[Row[Any]]) -> int:
    """Return below which message a text stands: what it answers, else the last one before it."""
    if text.inbox_id is not None:
        return int(text.inbox_id)
    before = (row.id for row in came if row.received_at <= text.created_at)
    return max(before, default=_BEFORE_ALL)
