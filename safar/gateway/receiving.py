"""Keeps a message that came: one transaction, after which the provider may be told "received"."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row, literal_column, select, update

from safar.gateway.admission import Arrival, Verdict, admit_all
from safar.gateway.messages import URGENT, Extras, InboundMessage, Received
from safar.messaging.options import OfferedOption
from safar.store import counters
from safar.store.contacts import Conversation, find_or_create_conversation
from safar.store.conversations import offered_options
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx
from safar.store.dialect import insert_or_ignore, insert_or_update, take_turns
from safar.store.errors import CryptoError
from safar.store.forgotten import known_ids
from safar.store.identities import Address, digests_beside
from safar.store.tables import conversations, inbox, outbox, service_windows

Judge = Callable[[Tx, Arrival, datetime], Verdict]

_log = structlog.get_logger(__name__)


def receive(  # noqa: PLR0913 - one value each
    database: Database,
    keyring: KeyRing,
    message: InboundMessage,
    now: datetime,
    judge: Judge = admit_all,
    *,
    urgent: bool = False,
) -> Received:
    """Keep a message durably, once, with what may be answered to it.

    A repeat (same provider and provider message id) changes nothing and says so.

    Args:
        database: The store.
        keyring: Encrypts and digests.
        message: As the provider brought it.
        now: UTC.
        judge: Decides what may be answered.
        urgent: Whether there are danger words in it: then it is read before other people's, and
            what stands before it in its own conversation goes with it.

    Raises:
        StoreUnavailableError: The store is locked, full or away; nothing was written.
    """
    with database.write() as tx:
        # Rows of a person must become visible in the order of their ids, or the second of two
        # messages would be answered first; and nobody must become two people.
        take_turns(tx, _addresses(keyring, message))
        known = _find(tx, keyring, message)
        if known is not None:
            return Received(known.id, known.conversation_id, duplicate=True)
        conversation = find_or_create_conversation(
            tx,
            keyring,
            channel=message.channel,
            provider=message.provider,
            kind=message.sender_kind,
            address=message.sender,
            our_address=message.recipient,
            now=now,
            aliases=[Address(alias.kind, alias.value) for alias in message.aliases],
            profile=message.profile,
        )
        arrival = Arrival(
            message,
            conversation.id,
            conversation.contact_id,
            digests_beside(tx, conversation.identity_id),
            keyring.digest("body", message.body),
            lambda: _offered(tx, keyring, conversation.id),
        )
        verdict = judge(tx, arrival, now)
        values = _values(keyring, arrival, verdict, now)
        if urgent and verdict.treatment != "none":
            values["priority"] = URGENT
        inbox_id = insert_or_ignore(tx, inbox, values)
        if inbox_id is None:
            # Only on PostgreSQL: the repeat came in the same moment through another process.
            known = _find(tx, keyring, message)
            if known is None:
                raise RuntimeError("An inbox row was refused as a repeat, yet none is there.")
            return Received(known.id, known.conversation_id, duplicate=True)
        if "priority" in values:
            _take_along(tx, conversation.id)
        if message.channel == "whatsapp":
            _open_window(tx, conversation, now)
        if verdict.reason is not None:
            _follow(tx, conversation, verdict, now)
            _log.info("inbox.judged", inbox_id=inbox_id, reason=verdict.reason)
        return Received(inbox_id, conversation.id, duplicate=False)


def _addresses(keyring: KeyRing, message: InboundMessage) -> list[str]:
    own = Address(message.sender_kind, message.sender)
    others = [Address(alias.kind, alias.value) for alias in message.aliases]
    return [keyring.digest(address.kind, address.value) for address in (own, *others)]


def _find(tx: Tx, keyring: KeyRing, message: InboundMessage) -> Row[Any] | None:
    return tx.execute(
        select(inbox.c.id, inbox.c.conversation_id).where(
            inbox.c.provider == message.provider,
            inbox.c.provider_message_id.in_(
                known_ids(keyring, message.provider, message.provider_message_id)
            ),
        )
    ).first()


def _offered(tx: Tx, keyring: KeyRing, conversation_id: str) -> list[OfferedOption]:
    """Return what the person was offered last; nothing where that cannot be read."""
    try:
        stored = offered_options(tx, keyring, conversation_id)
        return [OfferedOption.model_validate(each) for each in stored]
    except (CryptoError, ValueError, TypeError):
        return []


def _take_along(tx: Tx, conversation_id: str) -> None:
    """Let what waits in a conversation before a cry for help hurry as well: it goes first."""
    tx.execute(
        update(inbox)
        .where(
            inbox.c.conversation_id == conversation_id,
            # Literal words: with bound values the partial index could not be used.
            inbox.c.state.in_([literal_column("'ready'"), literal_column("'leased'")]),
        )
        .values(priority=URGENT)
    )


def _values(keyring: KeyRing, arrival: Arrival, verdict: Verdict, now: datetime) -> dict[str, Any]:
    message = arrival.message
    extras = None if message.extras == Extras() else message.extras.model_dump_json()
    return {
        "provider": message.provider,
        "provider_message_id": message.provider_message_id,
        "conversation_id": arrival.conversation_id,
        "body_encrypted": keyring.encrypt(message.body),
        "raw_encrypted": keyring.encrypt(json.dumps(message.raw)),
        "extras_encrypted": None if extras is None else keyring.encrypt(extras),
        "body_digest": arrival.body_digest,
        "treatment": verdict.treatment,
        "costs": message.costs,
        "error_code": verdict.reason,
        "received_at": now,
        "state": "done" if verdict.treatment == "none" else "ready",
        "not_before": now,
        "updated_at": now,
    }


def _open_window(tx: Tx, conversation: Conversation, now: datetime) -> None:
    insert_or_update(
        tx,
        service_windows,
        {"conversation_id": conversation.id, "our_address": conversation.our_address},
        {"last_inbound_at": now},
    )


def _follow(tx: Tx, conversation: Conversation, verdict: Verdict, now: datetime) -> None:
    """Do what follows from the verdict at once."""
    counters.add(tx, f"inbox.{verdict.reason}", now)
    if verdict.variant is not None and conversation.variant is None:
        tx.execute(
            update(conversations)
            .where(conversations.c.id == conversation.id)
            .values(variant=verdict.variant)
        )
    if verdict.reason == "stop":
        # What waits is not wanted any more, except what may save a life.
        tx.execute(
            update(outbox)
            .where(
                outbox.c.conversation_id == conversation.id,
                outbox.c.state == "ready",
                outbox.c.kind.not_in(["danger", "officer"]),
            )
            .values(state="canceled", error_code="opted_out", updated_at=now)
        )
