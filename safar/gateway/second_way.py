"""What follows when a message fails: a wish noted, another way tried, an answer made anew."""

# ruff: noqa: PLR0913, PLR0917 - what follows hangs on the whole row, one argument each.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, func, or_, select, update

from safar.gateway import unwanted
from safar.gateway.late import REDECIDED, decide_anew
from safar.gateway.messages import OutgoingText
from safar.gateway.outbox_rows import is_open
from safar.gateway.providers.base import FailureKind
from safar.gateway.queueing import OutboxExtras, put
from safar.gateway.set_back import within
from safar.messaging.fold import fold
from safar.messaging.segments import measure
from safar.store import counters, health, suppressions
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx
from safar.store.erasure import UNSAID
from safar.store.errors import CryptoError
from safar.store.identities import digests_beside
from safar.store.tables import conversations, inbox, outbox

AGAIN_AFTER = timedelta(hours=1)
"""A telephone that was off is perhaps on again after so long."""

MOST_ROUNDS = 2
"""Times that an answer is made anew because the carrier let it expire."""

LED_ROUND = "led_round"
"""Code of a text that went by SMS, since its channel was out of order."""

_NO_WAY_ROUND = "no_way_round"
_AT_ONCE = 50
_ONCE_MORE = frozenset({FailureKind.EXPIRED, FailureKind.TRANSIENT, FailureKind.BLOCKED})
_BY_CODE = frozenset({FailureKind.BLOCKED, FailureKind.GUARDED})
"""What an operator must act on: `safar doctor` says which codes there were today."""
_OTHER_WAY = frozenset({FailureKind.RECIPIENT, FailureKind.WINDOW})

_log = structlog.get_logger(__name__)


def follow_failure(
    tx: Tx,
    keyring: KeyRing,
    row: Row[Any],
    failure: FailureKind | None,
    now: datetime,
    code: str,
) -> None:
    """Do what follows when a message was refused or not delivered.

    Args:
        tx: The write transaction in which the failure is noted.
        keyring: Opens the text that is sent another way.
        row: The outbox row as it was before.
        failure: What the provider's word means; None where its folder cannot tell.
        now: UTC.
        code: The provider's word for it.
    """
    if not row.body_encrypted:
        return  # The person was forgotten: there is nothing left to send, and nobody to send it to.
    if failure is FailureKind.OPT_OUT:
        _opt_out(tx, row, now)
    elif failure is FailureKind.CHANNEL:
        # It was taken before that was known. What follows would be taken and lost as well.
        health.report_broken(tx, row.provider, row.channel, code, now)
    # What was on its way when the person was forgotten is followed by nothing.
    if row.expires_at != UNSAID and failure is not FailureKind.OPT_OUT:
        try:
            _try_otherwise(tx, keyring, row, failure, now)
        except CryptoError:
            # That it failed is worth knowing, even while the key to send it anew is missing.
            _log.error("outbox.undecryptable", outbox_id=row.id)
    if failure is not None:
        counters.add(tx, f"outbox.failure.{failure.value}", now)
    if failure is not None and failure in _BY_CODE:
        counters.add(tx, f"outbox.failure.{failure.value}.{code}", now)


def _try_otherwise(
    tx: Tx, keyring: KeyRing, row: Row[Any], failure: FailureKind | None, now: datetime
) -> None:
    if failure is FailureKind.EXPIRED and row.kind == "answer":
        if _made_seldom(tx, row) and decide_anew(tx, row, now):
            tx.execute(update(outbox).where(outbox.c.id == row.id).values(error_code=REDECIDED))
    elif failure in _ONCE_MORE:
        _again(tx, keyring, row, now)
    elif failure is FailureKind.CHANNEL:
        _again(tx, keyring, row, now, after=timedelta())
    elif failure in _OTHER_WAY and row.channel == "whatsapp":
        _by_sms(tx, keyring, row, now)


def _made_seldom(tx: Tx, row: Row[Any]) -> bool:
    """Whether an answer may be made anew: each that expires at the carrier has been paid for."""
    rounds = tx.execute(
        select(inbox.c.round).where(inbox.c.id == row.inbox_id)
    ).scalar_one_or_none()
    return rounds is not None and rounds < MOST_ROUNDS


def _opt_out(tx: Tx, row: Row[Any], now: datetime) -> None:
    """Note what the carrier knows: this person must not be written to. Drop what waits."""
    identity_id = tx.execute(
        select(conversations.c.identity_id).where(conversations.c.id == row.conversation_id)
    ).scalar_one()
    for digest in digests_beside(tx, identity_id):
        suppressions.suppress(tx, digest, row.channel, "provider", now)
    tx.execute(
        update(outbox)
        .where(
            outbox.c.conversation_id == row.conversation_id,
            outbox.c.state == "ready",
            outbox.c.id != row.id,
        )
        .values(state="canceled", error_code="opted_out", updated_at=now)
    )


def _again(
    tx: Tx, keyring: KeyRing, row: Row[Any], now: datetime, after: timedelta = AGAIN_AFTER
) -> None:
    """Queue it once more, for later: then by SMS where WhatsApp failed and there is a number."""
    if row.replaces_id is not None:
        return
    if row.channel == "whatsapp" and _by_sms(tx, keyring, row, now):
        return
    at = now + after
    if after and row.expires_at is not None and row.expires_at <= at and row.kind == "answer":
        return
    put(
        tx,
        keyring,
        idempotency_key=f"again:{row.id}",
        conversation_id=row.conversation_id,
        text=_text(keyring, row),
        now=now,
        inbox_id=row.inbox_id,
        replaces_id=row.id,
        not_before=at,
    )


def lead_round(
    database: Database,
    keyring: KeyRing,
    now: datetime,
    *,
    provider: str,
    channel: str,
    after: timedelta,
    unreached: bool,
) -> int:
    """Send by SMS what waits for a channel that is out of order, where there is such a way.

    Args:
        database: The store.
        keyring: Opens the texts.
        now: UTC.
        provider: Whose channel it is.
        channel: Which; there is another way round ``whatsapp`` only.
        after: Age of the texts; what may save a life is not waited with.
        unreached: The provider as a whole cannot be reached, so its SMS is no way either.

    Returns:
        How many texts were queued another way, or are said by one that was.
    """
    if channel != "whatsapp":
        return 0
    waits = (
        is_open(outbox),
        outbox.c.provider == provider,
        outbox.c.channel == channel,
        outbox.c.state == "ready",
        outbox.c.replaces_id.is_(None),
        ~unwanted.is_unwanted(),
        or_(outbox.c.kind == "danger", ~within(outbox.c.created_at, now, after)),
        # Those for whom there is none are looked at once, not twice a second.
        func.coalesce(outbox.c.error_code, "") != _NO_WAY_ROUND,
    )
    with database.read() as tx:
        if tx.execute(select(outbox.c.id).where(*waits).limit(1)).first() is None:
            return 0
    led = 0
    with database.write() as tx:
        query = select(outbox).where(*waits).order_by(outbox.c.id).limit(_AT_ONCE)
        for row in tx.execute(query.with_for_update(skip_locked=True, of=outbox)).all():
            avoid = provider if unreached else None
            round_it = _by_sms(tx, keyring, row, now, avoid) or _is_said(tx, row)
            led += round_it
            end = {"state": "failed", "error_code": LED_ROUND}
            values = end if round_it else {"error_code": _NO_WAY_ROUND}
            tx.execute(update(outbox).where(outbox.c.id == row.id).values(**values, updated_at=now))
            if round_it:
                counters.add(tx, f"outbox.{LED_ROUND}", now)
    return led


def _is_said(tx: Tx, row: Row[Any]) -> bool:
    """Whether the SMS that went in the place of an answer's first text says this one, too."""
    first = outbox.alias("first")
    other = select(outbox.c.id).join(first, first.c.id == outbox.c.replaces_id)
    said = other.where(
        outbox.c.channel == "sms", first.c.inbox_id == row.inbox_id, first.c.id < row.id
    )
    return row.inbox_id is not None and tx.execute(said.limit(1)).first() is not None


def _by_sms(
    tx: Tx, keyring: KeyRing, row: Row[Any], now: datetime, avoid: str | None = None
) -> bool:
    """Send it by SMS to the same person, where they have written by SMS before.

    Over the provider `avoid` it is not sent.
    """
    if row.replaces_id is not None:
        return False
    contact = select(conversations.c.contact_id).where(conversations.c.id == row.conversation_id)
    other = tx.execute(
        select(conversations.c.id)
        .where(
            conversations.c.contact_id == contact.scalar_subquery(),
            conversations.c.channel == "sms",
            conversations.c.provider != (avoid or ""),
        )
        .order_by(conversations.c.updated_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    if other is None:
        return False
    text = _as_sms(keyring, row)
    if text is None:
        return False
    made = put(
        tx,
        keyring,
        idempotency_key=f"sms:{row.id}",
        conversation_id=other,
        text=text,
        now=now,
        inbox_id=row.inbox_id,
        replaces_id=row.id,
    )
    if made is not None and row.kind != "officer":
        _mean_the_same(tx, row, other)
    _log.info("outbox.by_sms", outbox_id=row.id, second_outbox_id=made)
    return made is not None


def _as_sms(keyring: KeyRing, row: Row[Any]) -> OutgoingText | None:
    """Return a text of WhatsApp as an SMS; None where the SMS of the first text stands for it."""
    sms_text = _extras(keyring, row).sms_text
    text = _text(keyring, row)
    first = row.inbox_id is None or row.idempotency_key.endswith(":0")
    if sms_text is None and not first and row.kind != "danger":
        return None
    words = fold(text.text if sms_text is None else sms_text)
    size = measure(words)
    encoding = "gsm7" if size.encoding == "GSM-7" else "ucs2"
    form = {"text": words, "segments": size.segments, "encoding": encoding, "choices": ()}
    return text.model_copy(update=form)


def _mean_the_same(tx: Tx, row: Row[Any], conversation_id: str) -> None:
    """Let a number mean in the talk by SMS what the text sent there shows, not what was before."""
    shown = tx.execute(
        select(conversations.c.options_encrypted).where(
            conversations.c.id == row.conversation_id,
            conversations.c.last_inbox_id == row.inbox_id,
        )
    ).scalar_one_or_none()
    tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(options_encrypted=shown, pages_encrypted=None)
    )


def _text(keyring: KeyRing, row: Row[Any]) -> OutgoingText:
    extras = _extras(keyring, row)
    return OutgoingText(
        text=keyring.decrypt(row.body_encrypted),
        segments=row.segments,
        encoding=row.encoding,
        priority=row.priority,
        expires_at=row.expires_at,
        kind=row.kind,
        choices=extras.choices,
        variant=extras.variant,
    )


def _extras(keyring: KeyRing, row: Row[Any]) -> OutboxExtras:
    if row.extras_encrypted is None:
        return OutboxExtras()
    return OutboxExtras.model_validate_json(keyring.decrypt(row.extras_encrypted))
