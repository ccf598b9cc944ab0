"""An answer that grew too old on its way is decided anew, not sent blindly and not dropped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row, select, update

from safar.store import people
from safar.store.database import Tx
from safar.store.tables import inbox, outbox

_log = structlog.get_logger(__name__)
REDECIDED = "redecided"


def decide_anew(tx: Tx, row: Row[Any], now: datetime) -> bool:
    """Give the message that a text answers back to the worker, with all that waits behind it.

    What waits behind in the same conversation is decided anew as well, so that the answers stay
    in the order of the questions. A text that answers nothing (of an officer, about consent), or
    somebody who has the telephone no more, is left to the caller.

    Args:
        tx: An open write transaction.
        row: The outbox row that is too old.
        now: UTC.

    Returns:
        Whether that was done; else the row must be given up.
    """
    if row.inbox_id is None or people.is_of_earlier(tx, row.inbox_id):
        return False
    waiting = tx.execute(
        select(outbox.c.id, outbox.c.inbox_id).where(
            outbox.c.conversation_id == row.conversation_id,
            outbox.c.id > row.id,
            outbox.c.state == "ready",
            outbox.c.kind == "answer",
            outbox.c.inbox_id.is_not(None),
            outbox.c.sending_at.is_(None),
        )
    ).all()
    questions = {row.inbox_id, *(each.inbox_id for each in waiting)}
    # The texts of one answer belong together; one that is gone already is not unsaid.
    tx.execute(
        update(outbox)
        .where(outbox.c.id.in_([each.id for each in waiting]))
        .values(state="dead", error_code=REDECIDED, updated_at=now)
    )
    tx.execute(
        update(inbox)
        .where(inbox.c.id.in_(questions), inbox.c.state.in_(["done", "dead"]))
        .values(
            state="ready",
            attempts=0,
            round=inbox.c.round + 1,
            lease_owner=None,
            lease_until=None,
            not_before=now,
            error_code=REDECIDED,
            updated_at=now,
        )
    )
    _log.info("outbox.redecided", outbox_id=row.id, questions=len(questions))
    return True
