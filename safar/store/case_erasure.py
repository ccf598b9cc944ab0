"""Cases of people who are forgotten, or whose telephone another person has now.

What law obliges an office to keep of a case stays without identity: its number, corridor, kind,
risk, desk, times, outcome, and who did what to it when. The reference that the person had in hand
becomes a keyed digest: whoever is shown it on paper can still find what was done.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, or_, select, update

from safar.store import audit
from safar.store.case_tables import case_events, case_messages, case_notices, cases
from safar.store.crypto import KeyRing
from safar.store.database import Tx

_PREFIX = "forgotten:"
_NEVER_BEGUN = "declined"
_END: Final = "withdrawn"
_WITH_PERSON = "with_person"
_LOOKED_AT = ("acknowledged", "with_person", "handed_back")


def forget(tx: Tx, keyring: KeyRing, contact_id: str, now: datetime) -> int:
    """Empty all cases of a person, and end those that are open; return how many that were.

    Done twice it changes nothing. Call it under the locks of the person's conversations.
    """
    written = (
        select(case_messages.c.id)
        .where(case_messages.c.case_id == cases.c.id, case_messages.c.body_encrypted != "")
        .exists()
    )
    found = tx.execute(
        select(cases.c.id, cases.c.reference, cases.c.state, cases.c.erased_at)
        .where(
            cases.c.contact_id == contact_id,
            or_(cases.c.erased_at.is_(None), written),
        )
        .order_by(cases.c.id)
        .with_for_update()
    ).all()
    empty(tx, [row.id for row in found])
    for row in found:
        state = row.state if row.state == _NEVER_BEGUN else _END
        values: dict[str, Any] = {
            "reference": forgotten_reference(keyring, row.reference),
            "about_encrypted": None,
            "city": None,
            "variant": None,
            "state": state,
            "due_at": None,
            "late_at": None,
            "erased_at": row.erased_at or now,
            "updated_at": now,
        }
        tx.execute(update(cases).where(cases.c.id == row.id).values(**values))
        tx.execute(
            insert(case_events).values(
                case_id=row.id,
                action="erase",
                state=state,
                actor="worker",
                details=json.dumps({"was": row.state}),
                at=now,
            )
        )
        # Nobody need be told of it any more, but that it ended.
        tx.execute(
            update(case_notices)
            .where(case_notices.c.case_id == row.id, case_notices.c.done_at.is_(None))
            .values(done_at=now)
        )
    for row in found:
        deed = audit.Deed("worker", "erase", "case", str(row.id), None, {"was": row.state})
        audit.append(tx, keyring, deed, now)
    return len(found)


def empty(tx: Tx, case_ids: Sequence[int]) -> None:
    """Take every text out of cases; that there were texts, whose and when, stays."""
    if not case_ids:
        return
    tx.execute(
        update(case_messages)
        .where(case_messages.c.case_id.in_(case_ids), case_messages.c.body_encrypted != "")
        .values(body_encrypted="")
    )


def detach(tx: Tx, conversation_ids: Sequence[str], now: datetime) -> None:
    """Note that another person has the telephone of these conversations: see `cases.detached_at`.

    A case that a person has the conversation of is due at once, so that it is handed back. In one
    that was looked at nothing is due any more: nobody may be answered.
    """
    own = (cases.c.conversation_id.in_(conversation_ids), cases.c.detached_at.is_(None))
    looked_at = cases.c.state.in_(_LOOKED_AT)
    tx.execute(update(cases).where(*own, looked_at).values(due_at=None, late_at=None))
    tx.execute(update(cases).where(*own, cases.c.state == _WITH_PERSON).values(due_at=now))
    tx.execute(update(cases).where(*own).values(detached_at=now, updated_at=now))


def rename(tx: Tx, contact_id: str, nobody: str) -> None:
    """Let the cases of a person who was forgotten be those of a new random id."""
    tx.execute(update(cases).where(cases.c.contact_id == contact_id).values(contact_id=nobody))


def forgotten_reference(keyring: KeyRing, reference: str) -> str:
    """Return what stands in place of a reference; the same for the same reference."""
    if reference.startswith(_PREFIX):
        return reference
    return _PREFIX + keyring.digest("case", reference)
