"""A case that ended long ago loses its texts, as if its person were forgotten, and stays closed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, exists, func, insert, or_, select, update

from safar.store import audit, case_erasure
from safar.store.case_tables import case_events, case_messages, cases
from safar.store.crypto import KeyRing
from safar.store.database import Tx

OPEN_STATES: Final = ("offered", "open", "acknowledged", "with_person", "handed_back", "reopened")
"""States in which a case has not ended."""

_ended_at = func.coalesce(cases.c.closed_at, cases.c.withdrawn_at, cases.c.updated_at)
_WHY: Final = {"why": "retention"}


def due(limit: datetime) -> Select[Any]:
    """Make the question for cases that ended before a moment and still hold something."""
    written = exists(
        select(case_messages.c.id).where(
            case_messages.c.case_id == cases.c.id, case_messages.c.body_encrypted != ""
        )
    )
    return (
        select(cases.c.id)
        .where(
            cases.c.state.not_in(OPEN_STATES),
            _ended_at < limit,
            or_(cases.c.erased_at.is_(None), written),
        )
        .order_by(cases.c.id)
    )


def empty(tx: Tx, keyring: KeyRing, ids: Sequence[Any], now: datetime, _limit: datetime) -> None:
    """Take out of cases what was said in them, whom they are about, and where."""
    case_erasure.empty(tx, ids)
    found = tx.execute(
        select(cases.c.id, cases.c.reference, cases.c.state, cases.c.erased_at)
        .where(cases.c.id.in_(ids))
        .order_by(cases.c.id)
    ).all()
    for row in found:
        tx.execute(
            update(cases)
            .where(cases.c.id == row.id)
            .values(
                reference=case_erasure.forgotten_reference(keyring, row.reference),
                about_encrypted=None,
                city=None,
                variant=None,
                erased_at=row.erased_at or now,
            )
        )
        tx.execute(
            insert(case_events).values(
                case_id=row.id,
                action="erase",
                state=row.state,
                actor="system",
                details=json.dumps(_WHY),
                at=now,
            )
        )
    for row in found:
        deed = audit.Deed("system", "erase", "case", str(row.id), None, _WHY)
        audit.append(tx, keyring, deed, now)
