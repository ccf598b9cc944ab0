"""The durable outbox: what must be sent, kept until a provider has it.

A row is ``ready``, ``leased`` to one dispatcher, ``sending`` (written before the provider is
called), then ``accepted``, ``sent``, ``delivered``, ``read``, or one of the bad ends ``failed``,
``undelivered``, ``canceled``, ``dead``. A row whose dispatcher died while ``sending``, or whose
answer was lost, is ``unknown``: it is never silently sent again, see `resolve_unknown`.

Texts of a conversation go out in order. Every function raises
`safar.store.errors.StoreUnavailableError` when the store is locked, full or away.
"""

# ruff: noqa: PLR0913, PLR0917 - a row has many columns, and each is one argument.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update

from safar.gateway import unwanted
from safar.gateway.delivery import (
    MAX_RESENDS,
    apply_status,
    claim_unknown,
    mark_sent,
    postpone_unknown,
    resolve_unknown,
)
from safar.gateway.late import REDECIDED, decide_anew
from safar.gateway.outbox_rows import UNREACHED, ClaimedSend, held, is_open, read_claimed
from safar.gateway.providers.base import FailureKind
from safar.gateway.queueing import put
from safar.gateway.second_way import follow_failure
from safar.gateway.set_back import set_back
from safar.store import counters
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx
from safar.store.tables import conversations, outbox
from safar.store.types import UtcDateTime

__all__ = [
    "MAX_RESENDS",
    "UNKNOWN_BLOCKS",
    "UNREACHED",
    "ClaimedSend",
    "apply_status",
    "claim",
    "claim_unknown",
    "counts",
    "hand_back",
    "mark_dead",
    "mark_failed",
    "mark_sending",
    "mark_sent",
    "mark_unknown",
    "postpone_unknown",
    "put",
    "resolve_unknown",
    "retry_later",
]

UNKNOWN_BLOCKS = timedelta(minutes=2)
"""How long a message of unknown outcome holds up the later ones of its conversation.

While the provider cannot even be asked, it goes on: else the later ones would overtake it in the
moment in which the network returns.
"""

_OLDER = outbox.alias("older")

_NO_LEASE: dict[str, Any] = {"lease_owner": None, "lease_until": None}

_log = structlog.get_logger(__name__)


def claim(
    database: Database,
    keyring: KeyRing,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    *,
    provider: str | None = None,
    channel: str | None = None,
    unknown_blocks: timedelta = UNKNOWN_BLOCKS,
    asked_at: datetime | None = None,
    longest_untried: bool = False,
) -> list[ClaimedSend]:
    """Lend texts to a dispatcher: urgent ones first, at most one a conversation.

    On the way, rows whose sender died become ``unknown``, and expired ones ``dead``.

    Args:
        database: The store.
        keyring: Decrypts.
        owner: Name of the dispatcher, unique among all that run.
        now: UTC.
        lease: How long nobody else gets them.
        limit: At most so many.
        provider: Only texts of this provider; None for all.
        channel: Only texts on this channel; None for all.
        unknown_blocks: How long a text of unknown outcome holds up those behind it.
        asked_at: When the provider was last asked what became of them, UTC; None for now. Where the
            clock jumps, none of them must be passed over that nobody has asked about.
        longest_untried: First what was tried longest ago, whatever its priority.
    """
    ours = [is_open(outbox)]
    ours += [] if provider is None else [outbox.c.provider == provider]
    ours += [] if channel is None else [outbox.c.channel == channel]
    with database.read() as tx:
        # An idle dispatcher must not stand in the way of those who have something to write.
        if tx.execute(select(outbox.c.id).where(*ours).limit(1)).first() is None:
            return []
    order = outbox.c.updated_at if longest_untried else outbox.c.priority.desc()
    blocked = _blocked(now, min(now, asked_at or now) - unknown_blocks)
    with database.write() as tx:
        _sweep(tx, now, blocked)
        free = (
            select(outbox.c.id)
            .where(*ours, _free(now), ~blocked)
            .order_by(order, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=outbox)
        )
        ids = list(tx.execute(free).scalars())
        if not ids:
            return []
        tx.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids))
            .values(
                state="leased",
                attempts=outbox.c.attempts + 1,
                lease_owner=owner,
                lease_until=now + lease,
                updated_at=now,
            )
        )
        return read_claimed(tx, keyring, ids, now)


def mark_sending(
    database: Database, outbox_id: int, owner: str, now: datetime, lease: timedelta
) -> bool:
    """Write down that the provider is about to be called.

    Args:
        database: The store.
        outbox_id: A row claimed by this owner.
        owner: Who claimed it.
        now: UTC.
        lease: Longer than the call can last; after it the outcome counts as unknown.

    Returns:
        False when the lease was lost, or nobody wants the text any more: then it must not be
        sent.
    """
    of_text = select(outbox.c.conversation_id).where(outbox.c.id == outbox_id).scalar_subquery()
    with database.write() as tx:
        # Who takes a conversation locks it, too: the bot has said its word before, or says none.
        tx.execute(
            select(conversations.c.id).where(conversations.c.id == of_text).with_for_update()
        )
        done = tx.execute(
            update(outbox)
            .where(held(outbox_id, owner, "leased"), ~unwanted.is_unwanted())
            .values(
                state="sending",
                lease_until=now + lease,
                sending_at=func.coalesce(outbox.c.sending_at, literal(now, UtcDateTime)),
                updated_at=now,
            )
        )
        return done.rowcount == 1


def mark_unknown(
    database: Database, outbox_id: int, owner: str, now: datetime, *, error_code: str
) -> bool:
    """Record that the provider's answer was lost; False when a callback was faster."""
    return _change(
        database,
        held(outbox_id, owner, "sending"),
        now,
        state="unknown",
        unknown_at=now,
        not_before=now,
        error_code=error_code,
        **_NO_LEASE,
    )


def retry_later(
    database: Database,
    outbox_id: int,
    owner: str,
    now: datetime,
    *,
    delay: timedelta,
    error_code: str,
    counted: bool = True,
    counter: str | None = None,
) -> bool:
    """Give back a text that was surely not sent, to be tried again after ``delay``.

    Args:
        database: The store.
        outbox_id: A row this owner is sending.
        owner: Who claimed it.
        now: UTC.
        delay: Nobody claims it earlier.
        error_code: The provider's code.
        counted: False when the fault was not the message's and the try shall not count.
        counter: Daily counter to add one to.
    """
    if counter is not None:
        with database.write() as tx:
            counters.add(tx, counter, now)
    return _change(
        database,
        held(outbox_id, owner, "sending"),
        now,
        state="ready",
        attempts=outbox.c.attempts - (0 if counted else 1),
        not_before=now + delay,
        # A try in doubt before this one keeps its moment: it may have been sent then.
        sending_at=case((outbox.c.resends > 0, outbox.c.sending_at), else_=None),
        error_code=error_code,
        **_NO_LEASE,
    )


def hand_back(database: Database, outbox_id: int, owner: str, now: datetime) -> bool:
    """Give back a text that was claimed but not tried, as if it had not been claimed."""
    return _change(
        database,
        held(outbox_id, owner, "leased"),
        now,
        state="ready",
        attempts=outbox.c.attempts - 1,
        not_before=now,  # Its own moment has come before, by whatever the clock said then.
        **_NO_LEASE,
    )


def mark_failed(
    database: Database,
    outbox_id: int,
    owner: str,
    now: datetime,
    *,
    error_code: str,
    failure: FailureKind = FailureKind.CONTENT,
    keyring: KeyRing | None = None,
) -> bool:
    """Record that the provider refused a text for good, and do what follows from that.

    Args:
        database: The store.
        outbox_id: A row this owner is sending.
        owner: Who claimed it.
        now: UTC.
        error_code: The provider's code.
        failure: What it means.
        keyring: Opens the text, should it be sent another way; without it nothing follows.
    """
    with database.write() as tx:
        fence = held(outbox_id, owner, "sending")
        row = tx.execute(select(outbox).where(fence).with_for_update()).one_or_none()
        if row is None:
            return False
        tx.execute(
            update(outbox)
            .where(fence)
            .values(state="failed", error_code=error_code, updated_at=now, **_NO_LEASE)
        )
        if keyring is not None:
            follow_failure(tx, keyring, row, failure, now, error_code)
        return True


def mark_dead(
    database: Database, outbox_id: int, owner: str, now: datetime, *, error_code: str
) -> bool:
    """Record that a text was given up after too many tries."""
    return _end(database, outbox_id, owner, now, "dead", error_code)


def counts(database: Database) -> dict[str, int]:
    """Count rows by state, for health and metrics; states without rows are left out."""
    with database.read() as tx:
        rows = tx.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
        return {state: number for state, number in rows.all()}


def _end(
    database: Database, outbox_id: int, owner: str, now: datetime, state: str, error_code: str
) -> bool:
    fence = held(outbox_id, owner, "sending")
    return _change(database, fence, now, state=state, error_code=error_code, **_NO_LEASE)


def _change(
    database: Database, condition: ColumnElement[bool], now: datetime, **values: Any
) -> bool:
    with database.write() as tx:
        done = tx.execute(update(outbox).where(condition).values(updated_at=now, **values))
        return done.rowcount == 1


def _blocked(now: datetime, in_doubt_since: datetime) -> ColumnElement[bool]:
    """Hold where a text waits for an earlier one of its conversation."""
    # A second try set for an hour later is none of those that a person waits for now.
    set_for_later = and_(
        _OLDER.c.state == "ready",
        _OLDER.c.replaces_id.is_not(None),
        _OLDER.c.attempts == 0,
        _OLDER.c.not_before > now,
    )
    in_doubt_long = and_(
        _OLDER.c.state == "unknown",
        _OLDER.c.unknown_at <= in_doubt_since,
        func.coalesce(_OLDER.c.error_code, "") != UNREACHED,
    )
    return (
        select(_OLDER.c.id)
        .where(
            _OLDER.c.conversation_id == outbox.c.conversation_id,
            _OLDER.c.id < outbox.c.id,
            is_open(_OLDER),
            ~set_for_later,
            ~in_doubt_long,
        )
        .exists()
    )


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(outbox.c.state == "ready", outbox.c.not_before <= now),
        # Its sender died before "sending" was written, so it was surely not sent.
        and_(outbox.c.state == "leased", outbox.c.lease_until <= now),
    )


def _sweep(tx: Tx, now: datetime, blocked: ColumnElement[bool]) -> None:
    """Move on what waits for nobody: senders that died, texts past their time.

    One that is `blocked` waits for those before it, also to be made anew: the answers stay in the
    order of the questions.
    """
    set_back(tx, outbox, is_open(outbox), now)
    in_doubt = tx.execute(
        update(outbox)
        .where(
            is_open(outbox),
            outbox.c.state == "sending",
            outbox.c.lease_until <= now,
        )
        .values(
            state="unknown",
            unknown_at=now,
            not_before=now,
            error_code="sender_died",
            updated_at=now,
            **_NO_LEASE,
        )
        .returning(outbox.c.id)
    )
    for outbox_id in in_doubt.scalars():
        _log.warning("outbox.unknown", outbox_id=outbox_id, error_code="sender_died")
    unwanted.drop(tx, and_(is_open(outbox), _free(now)), now)
    expired = tx.execute(
        select(outbox)
        # Sorted here: by the database it would be a walk through the whole table.
        .where(is_open(outbox), _free(now), outbox.c.expires_at <= now, ~blocked)
        .with_for_update(skip_locked=True, of=outbox)
    ).all()
    for row in sorted(expired, key=lambda row: row.id):
        # A row before it in the same conversation may have taken it along.
        again = row.kind == "answer" and decide_anew(tx, row, now)
        tx.execute(
            update(outbox)
            .where(outbox.c.id == row.id, outbox.c.state.in_(["ready", "leased"]))
            .values(
                state="dead",
                error_code=REDECIDED if again else "expired",
                updated_at=now,
                **_NO_LEASE,
            )
        )
        _log.warning("outbox.expired", outbox_id=row.id, redecided=again)
