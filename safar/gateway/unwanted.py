"""Texts that became unwanted after they were queued, and so must not be sent any more.

By STOP, by "forget me", because the number is in other hands, or because a person has the
conversation now. What waits is dropped at once
where that is noticed; what was on its way just then comes back when it could not be sent, or it is
lent to somebody who has not called the provider yet. So this is asked before each claim, and once
more before each call.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, and_, literal, or_, select, update

from safar.store import people
from safar.store.database import Tx
from safar.store.erasure import UNSAID
from safar.store.identities import beside
from safar.store.tables import contact_identities, conversations, outbox, suppressions
from safar.store.types import Flag

PERSON_HAS_IT = "person_has_it"
"""Why a text of the bot was not sent: a person talks with the worker now."""

_log = structlog.get_logger(__name__)


def is_unwanted() -> ColumnElement[bool]:
    """Make the condition that a row of the outbox must not be sent, for whatever reason."""
    return or_(*(condition for condition, _ in _reasons()))


def drop(tx: Tx, waiting: ColumnElement[bool], now: datetime) -> None:
    """Cancel what became unwanted.

    Args:
        tx: An open write transaction.
        waiting: Which rows nobody is sending.
        now: UTC.
    """
    for unwanted, code in _reasons():
        dropped = tx.execute(
            update(outbox)
            .where(waiting, unwanted)
            .values(
                state="canceled",
                error_code=code,
                lease_owner=None,
                lease_until=None,
                updated_at=now,
            )
            .returning(outbox.c.id)
        )
        for outbox_id in dropped.scalars():
            _log.info("outbox.unwanted", outbox_id=outbox_id, error_code=code)


def _reasons() -> tuple[tuple[ColumnElement[bool], str], ...]:
    own, other = contact_identities.alias("own"), contact_identities.alias("other")
    person = (
        select(own.c.id)
        .join(conversations, conversations.c.identity_id == own.c.id)
        .where(conversations.c.id == outbox.c.conversation_id)
    )
    stopped = person.join(other, beside(own, other)).join(
        suppressions, suppressions.c.digest == other.c.digest
    )
    gone = person.where(own.c.value_encrypted == "")
    with_person = select(conversations.c.id).where(
        conversations.c.id == outbox.c.conversation_id,
        conversations.c.person_has_it == literal(True, Flag),
    )
    return (
        (and_(outbox.c.kind.in_(["answer", "notice"]), stopped.exists()), "opted_out"),
        (gone.exists(), "no_address"),
        (and_(outbox.c.kind.in_(people.OF_THE_BOT), with_person.exists()), PERSON_HAS_IT),
        (people.answers_earlier(), people.OTHER_PERSON),
        (and_(outbox.c.expires_at.is_not(None), outbox.c.expires_at == UNSAID), "erased"),
    )
