"""What was said before a case was opened goes into it, as far as the person agreed to that."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import literal_column, select

from safar.cases.rows import Case
from safar.store import people
from safar.store.case_tables import case_messages
from safar.store.database import Tx
from safar.store.dialect import insert_or_ignore
from safar.store.tables import conversations, inbox, outbox

MOST: Final = 60
"""Texts each way; the newest ones count."""

_NEVER_LEFT: Final = ("canceled", "dead")
_ON_ITS_WAY: Final = ("ready", "leased", "sending", "unknown")


def share(tx: Tx, case: Case, since: datetime) -> int:
    """Put what was said in a case's conversation since a moment into the case; return how much.

    What another person wrote at the same telephone earlier is left out, and so is what was erased.
    The encrypted texts are taken over as they are.
    """
    earlier_until = tx.execute(
        select(conversations.c.earlier_until).where(conversations.c.id == case.conversation_id)
    ).scalar_one()
    came = tx.execute(
        select(inbox.c.id, inbox.c.body_encrypted, inbox.c.received_at)
        .where(
            inbox.c.conversation_id == case.conversation_id,
            inbox.c.id > earlier_until,
            inbox.c.received_at >= since,
            inbox.c.body_encrypted != "",
        )
        .order_by(inbox.c.id.desc())
        .limit(MOST)
    ).all()
    went = tx.execute(
        select(outbox.c.id, outbox.c.body_encrypted, outbox.c.created_at)
        .where(
            outbox.c.conversation_id == case.conversation_id,
            outbox.c.created_at >= since,
            outbox.c.body_encrypted != "",
            outbox.c.state.not_in(_NEVER_LEFT),
            # An answer to somebody who had the telephone before is theirs, whenever it was made.
            outbox.c.inbox_id.is_(None) | (outbox.c.inbox_id > earlier_until),
        )
        .order_by(outbox.c.id.desc())
        .limit(MOST)
    ).all()
    found: list[dict[str, Any]] = [
        {"author": "worker", "inbox_id": row.id, "body_encrypted": row.body_encrypted, "at": at}
        for row in came
        for at in [row.received_at]
    ]
    found += [
        {"author": "bot", "outbox_id": row.id, "body_encrypted": row.body_encrypted, "at": at}
        for row in went
        for at in [row.created_at]
    ]
    # A question stands before its answer also where both are of one moment.
    found.sort(key=lambda values: (values["at"], values["author"] == "bot"))
    kept = [
        insert_or_ignore(tx, case_messages, {"case_id": case.id, "kind": "text", **values})
        for values in found
    ]
    return sum(each is not None for each in kept)


def share_unanswered(tx: Tx, case: Case) -> int:
    """Put what the bot took and has not answered yet into a case; return how much that was.

    For when a person takes the conversation: from then on the bot says nothing, so what it was
    about to answer would have no reader at all.
    """
    found = tx.execute(
        select(inbox.c.id, inbox.c.body_encrypted, inbox.c.received_at)
        .join(outbox, outbox.c.inbox_id == inbox.c.id)
        .join(conversations, conversations.c.id == outbox.c.conversation_id)
        .where(
            outbox.c.conversation_id == case.conversation_id,
            # Literal words: with bound values the partial index could not be used.
            outbox.c.state.in_([literal_column(f"'{state}'") for state in _ON_ITS_WAY]),
            outbox.c.kind.in_(people.OF_THE_BOT),
            inbox.c.id > conversations.c.earlier_until,
            inbox.c.body_encrypted != "",
        )
        .distinct()
        .order_by(inbox.c.id)
    )
    kept = [
        insert_or_ignore(
            tx,
            case_messages,
            {
                "case_id": case.id,
                "author": "worker",
                "kind": "text",
                "inbox_id": row.id,
                "body_encrypted": row.body_encrypted,
                "at": row.received_at,
            },
        )
        for row in found.all()
    ]
    return sum(each is not None for each in kept)
