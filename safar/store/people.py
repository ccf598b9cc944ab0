"""Another person at the same telephone: nothing of the one before may reach them.

A telephone is lent, shared, sold. Where a provider shows another name at the same address, the
conversation begins anew, and what was under way for the one before comes to an end: answers that
wait are not sent, questions that wait are read for danger only. What may save a life goes out all
the same, since the one who cried for help may be beside the one who writes now.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, update

from safar.store import case_erasure
from safar.store.database import Tx
from safar.store.tables import conversations, inbox, outbox

FORGOTTEN: dict[str, Any] = {
    "state_encrypted": None,
    "options_encrypted": None,
    "pages_encrypted": None,
    "variant": None,
    "person_has_it": False,
}
"""Columns of a conversation that remembers nothing."""

OTHER_PERSON = "other_person"
"""Why something was not answered or not sent: somebody else has the telephone now."""

STILL_SENT = ("danger", "consent")
"""Kinds of text that are sent all the same. They say nothing of what was asked."""


OF_THE_BOT = ("answer", "danger")
"""Kinds of text that the bot says by itself; it is silent while a person of ours talks."""


def begin_anew(tx: Tx, contact_id: str, channel: str, now: datetime) -> None:
    """Forget the conversations of a contact on a channel, and end what is under way in them.

    Call it before the first message of the new person is kept.
    """
    of_contact = select(conversations.c.id).where(conversations.c.contact_id == contact_id)
    own = list(tx.execute(of_contact.where(conversations.c.channel == channel)).scalars())
    newest = (
        select(func.max(inbox.c.id))
        .where(inbox.c.conversation_id == conversations.c.id)
        .scalar_subquery()
    )
    tx.execute(
        update(conversations)
        .where(conversations.c.id.in_(own))
        .values(**FORGOTTEN, earlier_until=func.coalesce(newest, 0))
    )
    case_erasure.detach(tx, own, now)
    # An answer that WhatsApp could not bring may be waiting to be sent by SMS.
    asked_here = select(inbox.c.id).where(
        inbox.c.id == outbox.c.inbox_id, inbox.c.conversation_id.in_(own)
    )
    tx.execute(
        update(outbox)
        .where(
            outbox.c.conversation_id.in_(of_contact),
            outbox.c.state.in_([literal_column("'ready'"), literal_column("'leased'")]),
            outbox.c.kind.not_in(STILL_SENT),
            or_(outbox.c.conversation_id.in_(own), asked_here.exists()),
        )
        .values(
            state="canceled",
            error_code=OTHER_PERSON,
            lease_owner=None,
            lease_until=None,
            updated_at=now,
        )
    )
    tx.execute(
        update(inbox)
        .where(
            inbox.c.conversation_id.in_(own),
            inbox.c.state.in_([literal_column("'ready'"), literal_column("'leased'")]),
            inbox.c.treatment.in_(["answer", "limit"]),
        )
        .values(treatment="danger_only", error_code=OTHER_PERSON, updated_at=now)
    )


def is_of_earlier(tx: Tx, inbox_id: int | None) -> bool:
    """Whether a message is of somebody who had the telephone before; None is no message."""
    if inbox_id is None:
        return False
    found = tx.execute(
        select(inbox.c.id)
        .join(conversations, conversations.c.id == inbox.c.conversation_id)
        .where(inbox.c.id == inbox_id, inbox.c.id <= conversations.c.earlier_until)
    )
    return found.first() is not None


def answers_earlier() -> ColumnElement[bool]:
    """Make the condition of rows of the outbox that answer somebody who is gone."""
    question = (
        select(inbox.c.id)
        .join(conversations, conversations.c.id == inbox.c.conversation_id)
        .where(inbox.c.id == outbox.c.inbox_id, inbox.c.id <= conversations.c.earlier_until)
    )
    return and_(outbox.c.kind.not_in(STILL_SENT), question.exists())
