"""One change of a case: its row, a line of its timeline, what staff must be told, the audit row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import structlog
from sqlalchemy import insert, update

from safar.cases.actors import Actor, see_that_they_may
from safar.cases.office import Office
from safar.cases.rows import Case
from safar.cases.states import Action, State, follows
from safar.store import audit
from safar.store.case_tables import case_events, case_notices, cases
from safar.store.database import Tx

_BEGINS: Final = frozenset({Action.CONSENT, Action.REOPEN})
_log = structlog.get_logger(__name__)


def change(  # noqa: PLR0913, PLR0917 - what a change consists of, one argument each
    tx: Tx,
    office: Office,
    case: Case,
    action: Action,
    actor: Actor,
    values: Mapping[str, Any] | None = None,
    *,
    details: Mapping[str, Any] | None = None,
    notice: str | None = None,
    to_supervisor: bool = False,
) -> Case:
    """Change a case that `rows.lock` gave; refuse what is not allowed.

    Args:
        tx: The open write transaction.
        office: The surroundings.
        case: As it is.
        action: What is done.
        actor: Who does it.
        values: Columns that change beside the state. Where `due_at` does, `late_at` follows it
            unless it is given.
        details: Ids and words of ours for timeline and audit, never a person's.
        notice: What staff of the desk must be told, if anything.
        to_supervisor: Whether that is for the supervisor.

    Returns:
        The case as it is now.

    Raises:
        CaseRefusedError: It is not allowed; nothing was written.
    """
    see_that_they_may(tx, case, actor, action)
    state = follows(case.state, action)
    now = office.clock()
    new = {"state": state, **(values or {})}
    if "due_at" in new:
        new.setdefault("late_at", new["due_at"])
    if new.get("desk_id", case.desk_id) != case.desk_id or action in _BEGINS:
        new["arrived_at"] = now
    tx.execute(
        update(cases)
        .where(cases.c.id == case.id)
        .values(**{**new, "state": state.value, "updated_at": now})
    )
    known = {name: value for name, value in new.items() if name in Case.__dataclass_fields__}
    after = replace(case, **known)
    write_down(
        tx,
        office,
        after,
        action,
        actor,
        details=details,
        notice=notice,
        to_supervisor=to_supervisor,
    )
    return after


def write_down(  # noqa: PLR0913 - what a change consists of, one argument each
    tx: Tx,
    office: Office,
    case: Case,
    action: Action,
    actor: Actor,
    *,
    details: Mapping[str, Any] | None = None,
    notice: str | None = None,
    to_supervisor: bool = False,
) -> None:
    """Write what was done into timeline, notices and audit; `change` does so by itself."""
    now = office.clock()
    event_id = tx.execute(
        insert(case_events)
        .values(
            case_id=case.id,
            action=action.value,
            state=State(case.state).value,
            actor=actor.kind,
            staff_id=actor.staff_id,
            details=json.dumps(dict(details or {}), sort_keys=True),
            at=now,
        )
        .returning(case_events.c.id)
    ).scalar_one()
    if notice is not None:
        tx.execute(
            insert(case_notices).values(
                idempotency_key=f"event:{event_id}",
                case_id=case.id,
                desk_id=case.desk_id,
                kind=notice,
                to_supervisor=to_supervisor,
                created_at=now,
            )
        )
    deed = audit.Deed(
        actor.kind, action.value, "case", str(case.id), actor.staff_id, {**(details or {})}
    )
    audit.append(tx, office.keyring, deed, now)
    _log.info("case.changed", case_id=case.id, action=action.value, state=case.state.value)
