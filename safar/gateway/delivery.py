"""What is learnt of a message after it was handed over: its id, its status, its whereabouts."""

# ruff: noqa: PLR0913, PLR0917 - a row has many columns, and each is one argument.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, and_, or_, select, update

from safar.gateway.outbox_rows import ClaimedSend, held, is_open, read_claimed
from safar.gateway.providers.base import FailureKind, SendResult, StatusReport
from safar.gateway.second_way import follow_failure
from safar.gateway.states import FAILED_STATES, advance, is_known, is_positive
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx
from safar.store.dialect import insert_or_ignore
from safar.store.erasure import UNSAID
from safar.store.tables import outbox, status_events

MAX_RESENDS = 1
"""How often a message is sent again when nobody can say what became of it."""

_log = structlog.get_logger(__name__)


def mark_sent(
    database: Database,
    outbox_id: int,
    now: datetime,
    *,
    provider_message_id: str,
    status: str,
) -> bool:
    """Record that a provider took a message.

    It is not fenced by a lease: that the provider has the message is true whoever holds the row,
    and forgetting it would send it twice.

    Args:
        database: The store.
        outbox_id: The row.
        now: UTC.
        provider_message_id: The provider's id.
        status: The provider's word; one that is not known here counts as ``accepted``.

    Returns:
        False when the row had another provider's id already (it was sent twice), or the id
        belongs to another row; then nothing was written.
    """
    with database.write() as tx:
        return _record(tx, outbox_id, SendResult(provider_message_id, status), now)


def apply_status(
    database: Database,
    *,
    provider: str,
    status: str,
    now: datetime,
    provider_message_id: str | None = None,
    outbox_id: int | None = None,
    error_code: str | None = None,
    failure: FailureKind | None = None,
    keyring: KeyRing | None = None,
) -> bool:
    """Apply a status callback: forward only, repeats ignored, unknown messages ignored.

    Args:
        database: The store.
        provider: Who reports.
        status: The provider's word, such as ``delivered``.
        now: UTC.
        provider_message_id: The provider's id of the message, if it gives one.
        outbox_id: Our id out of the callback's address, if it was there; it settles a message
            whose answer was lost.
        error_code: The provider's code, for a failure.
        failure: What that failure means, where the provider's folder can tell.
        keyring: Opens the text, should it be sent another way; without it nothing follows.

    Returns:
        Whether the row moved.
    """
    word = status.strip().lower()
    if not is_known(word):
        _log.warning("outbox.status_unknown", provider=provider, outbox_id=outbox_id)
        return False
    with database.write() as tx:
        row = _addressed(tx, provider, provider_message_id, outbox_id)
        if row is None or not row.body_encrypted:
            # Of a person who was forgotten, no id shall be written down again.
            return False
        if provider_message_id is not None:
            event = {
                "provider": provider,
                "provider_message_id": provider_message_id,
                "status": word,
                "outbox_id": row.id,
                "error_code": error_code,
                "received_at": now,
            }
            if insert_or_ignore(tx, status_events, event) is None:
                return False
        if not is_positive(word) and _may_be_of_other_try(row, provider_message_id):
            # It was sent twice and one of the two failed: the other one still counts.
            return False
        moved = _move(tx, row, provider_message_id, word, error_code, now)
        if moved and not is_positive(word) and keyring is not None:
            follow_failure(tx, keyring, row, failure, now, error_code or word)
        return moved


def apply_report(database: Database, keyring: KeyRing, report: StatusReport, now: datetime) -> bool:
    """Apply what a provider reports, and do what follows from a failure; see `apply_status`."""
    return apply_status(database, now=now, keyring=keyring, **vars(report))


def claim_unknown(
    database: Database,
    keyring: KeyRing,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    *,
    provider: str,
    settle: timedelta,
    channel: str | None = None,
) -> list[ClaimedSend]:
    """Lend messages whose outcome is unknown to the one who will ask the provider.

    Args:
        database: The store.
        keyring: Decrypts.
        owner: Name of the dispatcher.
        now: UTC.
        lease: How long nobody else asks.
        limit: At most so many.
        provider: Whose messages.
        settle: How long a message must have been unknown: a callback may come by itself, and
            lists of providers lag.
        channel: Only messages on this channel; None for all.
    """
    on = [] if channel is None else [outbox.c.channel == channel]
    theirs = [is_open(outbox), outbox.c.provider == provider, *on, outbox.c.state == "unknown"]
    with database.read() as tx:
        # An idle dispatcher must not stand in the way of those who have something to write.
        if tx.execute(select(outbox.c.id).where(*theirs).limit(1)).first() is None:
            return []
    with database.write() as tx:
        free = (
            select(outbox.c.id)
            .where(
                *theirs,
                outbox.c.not_before <= now,
                outbox.c.unknown_at <= now - settle,
                _not_leased(now),
            )
            .order_by(outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=outbox)
        )
        ids = list(tx.execute(free).scalars())
        if not ids:
            return []
        tx.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids))
            .values(lease_owner=owner, lease_until=now + lease, updated_at=now)
        )
        return read_claimed(tx, keyring, ids, now, with_taken=True)


def resolve_unknown(
    database: Database,
    outbox_id: int,
    owner: str,
    now: datetime,
    *,
    found: SendResult | None,
    may_resend: bool,
    most: int = MAX_RESENDS,
    delay: timedelta = timedelta(),
) -> str:
    """Settle a message whose outcome was unknown.

    Args:
        database: The store.
        outbox_id: The row, claimed by `claim_unknown`.
        owner: Who claimed it.
        now: UTC.
        found: What the provider's list showed; None when the message is not there. One that
            belongs to another row counts as None.
        may_resend: Whether it may be sent again.
        most: How often it may be, in all; more than `MAX_RESENDS` only where each time it was
            surely not sent.
        delay: How long to wait before that.

    Returns:
        The state of the row now: that of ``found``, else ``ready`` (to be sent again), else
        ``dead``; or whatever it had become meanwhile when the lease was lost.
    """
    with database.write() as tx:
        if found is not None and _record(tx, outbox_id, found, now):
            return _state(tx, outbox_id)
        row = tx.execute(
            select(outbox).where(held(outbox_id, owner, "unknown")).with_for_update()
        ).one_or_none()
        if row is None:
            return _state(tx, outbox_id)
        values: dict[str, Any] = {"lease_owner": None, "lease_until": None, "updated_at": now}
        if may_resend and row.resends < most and row.expires_at != UNSAID:
            # One past its time is not sent, but made anew where texts are claimed.
            values |= {"state": "ready", "resends": row.resends + 1, "not_before": now + delay}
            values |= {"unknown_at": None}
        else:
            values |= {"state": "dead", "error_code": "outcome_unknown"}
        tx.execute(update(outbox).where(outbox.c.id == outbox_id).values(**values))
        return str(values["state"])


def postpone_unknown(
    database: Database,
    outbox_id: int,
    owner: str,
    now: datetime,
    *,
    delay: timedelta,
    error_code: str,
) -> bool:
    """Ask again later; False when the row is no longer unknown or ours."""
    with database.write() as tx:
        done = tx.execute(
            update(outbox)
            .where(held(outbox_id, owner, "unknown"))
            .values(
                lease_owner=None,
                lease_until=None,
                not_before=now + delay,
                error_code=error_code,
                updated_at=now,
            )
        )
        return done.rowcount == 1


def _not_leased(now: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now)


def _state(tx: Tx, outbox_id: int) -> str:
    return str(tx.execute(select(outbox.c.state).where(outbox.c.id == outbox_id)).scalar_one())


def _addressed(
    tx: Tx, provider: str, provider_message_id: str | None, outbox_id: int | None
) -> Row[Any] | None:
    """Find the row a callback is about."""
    wanted = (
        outbox.c.id == outbox_id
        if outbox_id is not None
        else outbox.c.provider_message_id == provider_message_id
    )
    if outbox_id is None and provider_message_id is None:
        raise ValueError("A status needs the provider's message id or the id of the outbox row.")
    # Locked, or of two callbacks at once the one that leads back could be written last.
    row = tx.execute(
        select(outbox).where(wanted, outbox.c.provider == provider).with_for_update()
    ).one_or_none()
    if row is None or provider_message_id is None:
        return row
    return None if _belongs_to_other(tx, row, provider_message_id) else row


def _belongs_to_other(tx: Tx, row: Row[Any], provider_message_id: str) -> bool:
    other = tx.execute(
        select(outbox.c.id).where(
            and_(
                outbox.c.provider == row.provider,
                outbox.c.provider_message_id == provider_message_id,
                outbox.c.id != row.id,
            )
        )
    ).scalar_one_or_none()
    if other is not None:
        _log.error("outbox.provider_id_taken", outbox_id=row.id, other_outbox_id=other)
    return other is not None


def _may_be_of_other_try(row: Row[Any], provider_message_id: str | None) -> bool:
    if row.provider_message_id is None:
        return bool(row.resends > 0)
    return provider_message_id not in {None, row.provider_message_id}


def _record(tx: Tx, outbox_id: int, result: SendResult, now: datetime) -> bool:
    row = tx.execute(select(outbox).where(outbox.c.id == outbox_id).with_for_update()).one_or_none()
    if row is None or _belongs_to_other(tx, row, result.provider_message_id):
        return False
    if row.provider_message_id not in {None, result.provider_message_id}:
        _log.error("outbox.sent_twice", outbox_id=outbox_id)
        return False
    word = result.status.strip().lower()
    word = word if is_known(word) else "accepted"
    # Of a person who was forgotten, no id shall be written down again.
    provider_message_id = result.provider_message_id if row.body_encrypted else None
    _move(tx, row, provider_message_id, word, None, now)
    return True


def _move(
    tx: Tx,
    row: Row[Any],
    provider_message_id: str | None,
    word: str,
    error_code: str | None,
    now: datetime,
) -> bool:
    """Write the id if it was missing, and the state if the word leads forward."""
    values: dict[str, Any] = {}
    state = advance(row.state, row.provider_status, word)
    if state is None and row.state in {"ready", "leased"}:
        return False  # The end of an older try: its id must not stand for the next one.
    if row.provider_message_id is None and provider_message_id is not None:
        values["provider_message_id"] = provider_message_id
    if state is not None:
        values |= {"state": state, "provider_status": word, "unknown_at": None}
        # Lease and old error end here; a failure brings its own code.
        values |= {"lease_owner": None, "lease_until": None, "error_code": None}
        if state in FAILED_STATES:
            values["error_code"] = error_code or word
    if values:
        tx.execute(update(outbox).where(outbox.c.id == row.id).values(**values, updated_at=now))
    return state is not None
