"""The durable inbox: what came in, kept until it was answered.

A row is ``ready``, then ``leased`` to one worker, then ``done`` (or ``dead``). Only the oldest
unfinished row of a conversation can be claimed, so one person's messages are answered in order
and never by two workers at once. A lease that ran out is claimed again by anybody. A cry for help
goes before other people's messages, together with what stands before it in its conversation.

Every function raises `safar.store.errors.StoreUnavailableError` when the store is locked, full
or away; then nothing was written.
"""

# ruff: noqa: PLR0913, PLR0917 - a row has many columns, and each is one argument.

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    func,
    literal_column,
    or_,
    select,
    update,
)

from safar.gateway import outbox
from safar.gateway.allowance import allowed
from safar.gateway.inbox_rows import open_row
from safar.gateway.limits import LimitSettings
from safar.gateway.messages import (
    MAX_ATTEMPTS,
    ClaimedMessage,
    ConversationUpdate,
    InboundMessage,
    LastWord,
    OutgoingText,
    Received,
)
from safar.gateway.receiving import receive
from safar.gateway.set_back import set_back
from safar.store import conversations, counters, erasure, people
from safar.store.conversations import LoadedConversation
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx
from safar.store.tables import conversations as conversations_table
from safar.store.tables import inbox
from safar.store.understood import Understood

__all__ = [
    "FALLBACK_ATTEMPTS",
    "MAX_ATTEMPTS",
    "ClaimedMessage",
    "ConversationUpdate",
    "InboundMessage",
    "LoadedConversation",
    "OutgoingText",
    "Received",
    "claim",
    "counts",
    "finish",
    "load_conversation",
    "receive",
    "release",
    "renew",
]

FALLBACK_ATTEMPTS = 3
"""Tries at the fallback; after them the row is dead and the next message is not held up."""

_OLDER = inbox.alias("older")

_log = structlog.get_logger(__name__)


def claim(
    database: Database,
    keyring: KeyRing,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int = 1,
) -> list[ClaimedMessage]:
    """Lend messages to a worker: cries for help, then the oldest; at most one a conversation.

    Args:
        database: The store.
        keyring: Decrypts.
        owner: Name of the worker, unique among all that run.
        now: UTC.
        lease: How long nobody else gets them; `renew` makes it longer.
        limit: At most so many.

    Returns:
        Perhaps none. A message that no key opens is put off for a quarter of an hour, with an
        error in the log, and holds up only its own conversation.
    """
    with database.read() as tx:
        # An idle worker must not stand in the way of those who have something to write.
        if tx.execute(select(inbox.c.id).where(_open(inbox)).limit(1)).first() is None:
            return []
    blocked = (
        select(_OLDER.c.id)
        .where(
            _OLDER.c.conversation_id == inbox.c.conversation_id,
            _OLDER.c.id < inbox.c.id,
            _open(_OLDER),
        )
        .exists()
    )
    with database.write() as tx:
        set_back(tx, inbox, _open(inbox), now)
        _bury(tx, now)
        free = (
            select(inbox.c.id, inbox.c.priority)
            .where(_open(inbox), _free(now), ~blocked)
            .order_by(inbox.c.priority.desc(), inbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=inbox)
        )
        # Two statements: in one, PostgreSQL may run the inner query again past its limit.
        found = tx.execute(free).all()
        if not found:
            return []
        # A cry is lent without the questions of others, or what follows it would wait for them.
        free_ids = [row.id for row in found if row.priority == found[0].priority]
        tx.execute(
            update(inbox)
            .where(inbox.c.id.in_(free_ids))
            .values(
                state="leased",
                attempts=inbox.c.attempts + 1,
                lease_owner=owner,
                lease_until=now + lease,
                updated_at=now,
            )
        )
        rows = tx.execute(
            select(inbox, conversations_table.c.channel)
            .join(conversations_table, conversations_table.c.id == inbox.c.conversation_id)
            .where(inbox.c.id.in_(free_ids))
            .order_by(inbox.c.priority.desc(), inbox.c.id)
        )
        claimed = [open_row(tx, keyring, row, now) for row in rows.all()]
    return [message for message in claimed if message is not None]


def renew(database: Database, inbox_id: int, owner: str, now: datetime, lease: timedelta) -> bool:
    """Lengthen a lease; False when it was lost, so that the work should be dropped."""
    with database.write() as tx:
        done = tx.execute(
            update(inbox)
            .where(_held(inbox_id, owner))
            .values(lease_until=now + lease, updated_at=now)
        )
        return done.rowcount == 1


def release(
    database: Database,
    inbox_id: int,
    owner: str,
    now: datetime,
    delay: timedelta,
    error_code: str,
) -> bool:
    """Give a message back after an error, to be tried again after ``delay``.

    Args:
        database: The store.
        inbox_id: The message.
        owner: Who holds the lease.
        now: UTC.
        delay: Nobody claims it earlier.
        error_code: A short word without personal data, for tables and logs.

    Returns:
        False when the lease was lost; then nothing was written.
    """
    with database.write() as tx:
        done = tx.execute(
            update(inbox)
            .where(_held(inbox_id, owner))
            .values(
                state="ready",
                lease_owner=None,
                lease_until=None,
                not_before=now + delay,
                error_code=error_code,
                updated_at=now,
            )
        )
        return done.rowcount == 1


def finish(
    database: Database,
    keyring: KeyRing,
    claimed: ClaimedMessage,
    owner: str,
    now: datetime,
    *,
    conversation: ConversationUpdate | None,
    outgoing: Sequence[OutgoingText] = (),
    decided: str | None = None,
    understood: Understood | None = None,
    erases: bool = False,
    dead: bool = False,
    limits: LimitSettings | None = None,
    counted: Sequence[str] = (),
    last_word: Callable[[Tx], LastWord | None] | None = None,
) -> bool:
    """Close a message in one transaction: conversation saved, answers queued, row done.

    Args:
        database: The store.
        keyring: Encrypts.
        claimed: As `claim` gave it.
        owner: Who holds the lease.
        now: UTC.
        conversation: What to remember; None keeps the memory as it was.
        outgoing: Answers in order, with idempotency keys ``<inbox id>:<place from 0>``; of a
            message answered anew, ``<inbox id>:r<round>:<place>``.
        decided: What the text was taken for, should it have to be answered anew: later the same
            words may mean another option.
        understood: What was made of it, kept beside it.
        erases: The person asked to be forgotten: what they wrote and were told before is erased
            now, and what is left when the last text has gone.
        dead: The message was given up; ``outgoing`` is the fallback.
        limits: How much may be sent, judged once more: many messages may have been let in before
            the first of them was answered. None: no limits.
        counted: Daily counters that go up by one; never a person's data.
        last_word: Called once the row is closed; what it returns takes the place of
            ``conversation``, ``outgoing`` and ``erases``. So who has the conversation is decided
            in the transaction that answers.

    Returns:
        False when the lease was lost; then nothing was written and nothing will be sent.

    Raises:
        ValueError: The conversation's memory is too large; nothing was written.
    """
    with database.write() as tx:
        closed = tx.execute(
            update(inbox)
            # The number of the try fences, too: two threads may share an owner's name.
            .where(
                _held(claimed.id, owner),
                inbox.c.attempts == claimed.attempts,
                inbox.c.round == claimed.round,
            )
            .values(
                state="dead" if dead else "done",
                lease_owner=None,
                lease_until=None,
                decided_encrypted=None if decided is None else keyring.encrypt(decided),
                understood_encrypted=None if understood is None else understood.sealed(keyring),
                updated_at=now,
            )
        )
        if closed.rowcount != 1:
            return False
        word = None if last_word is None else last_word(tx)
        if word is not None:
            conversation, outgoing, erases = word.conversation, word.outgoing, word.erases
        reason = None
        if limits is not None and not erases:
            outgoing, reason = allowed(tx, keyring, limits, claimed, outgoing, now)
        if reason is not None:
            # Of what nobody is told, nothing is remembered either.
            conversation = conversation if outgoing else None
            _held_back(tx, claimed.id, reason, now)
        if erases:
            erasure.begin(tx, keyring, claimed.conversation_id, now)
        elif conversation is not None and not people.is_of_earlier(tx, claimed.id):
            # What the one before said of themselves is nothing for the one who has the phone now.
            conversations.save(
                tx,
                keyring,
                claimed.conversation_id,
                last_inbox_id=claimed.id,
                now=now,
                **dict(conversation),
            )
        turn = f"{claimed.id}:r{claimed.round}" if claimed.round else f"{claimed.id}"
        for place, text in enumerate(outgoing):
            outbox.put(
                tx,
                keyring,
                idempotency_key=f"{turn}:{place}",
                conversation_id=claimed.conversation_id,
                text=text,
                now=now,
                inbox_id=claimed.id,
            )
        for name in sorted(set(counted)):  # last and in order: others wait for these rows
            counters.add(tx, name, now)
        return True


def load_conversation(
    database: Database, keyring: KeyRing, conversation_id: str
) -> LoadedConversation:
    """Load what is remembered of a conversation.

    Raises:
        UnknownRowError: There is no such conversation.
        CryptoError: No key of the ring opens it.
    """
    with database.read() as tx:
        return conversations.load(tx, keyring, conversation_id)


def counts(database: Database) -> dict[str, int]:
    """Count rows by state, for health and metrics; states without rows are left out."""
    with database.read() as tx:
        rows = tx.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))
        return {state: number for state, number in rows.all()}


def _open(table: FromClause) -> ColumnElement[bool]:
    # Literal words: with bound values the partial indexes could not be used.
    return table.c.state.in_([literal_column("'ready'"), literal_column("'leased'")])


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(inbox.c.state == "ready", inbox.c.not_before <= now),
        and_(inbox.c.state == "leased", inbox.c.lease_until <= now),
    )


def _held(inbox_id: int, owner: str) -> ColumnElement[bool]:
    return and_(inbox.c.id == inbox_id, inbox.c.state == "leased", inbox.c.lease_owner == owner)


def _held_back(tx: Tx, inbox_id: int, reason: str, now: datetime) -> None:
    """Note that an answer was made and not queued."""
    tx.execute(update(inbox).where(inbox.c.id == inbox_id).values(error_code=reason))
    counters.add(tx, f"inbox.{reason}", now)
    _log.info("inbox.held_back", inbox_id=inbox_id, reason=reason)


def _bury(tx: Tx, now: datetime) -> None:
    """Give up messages that even the fallback could not close, or they block for ever."""
    buried = tx.execute(
        update(inbox)
        .where(_open(inbox), _free(now), inbox.c.attempts >= MAX_ATTEMPTS + FALLBACK_ATTEMPTS)
        .values(
            state="dead",
            lease_owner=None,
            lease_until=None,
            error_code=func.coalesce(inbox.c.error_code, "attempts_exhausted"),
            updated_at=now,
        )
        .returning(inbox.c.id)
    )
    for inbox_id in buried.scalars():
        _log.error("inbox.dead", inbox_id=inbox_id)
