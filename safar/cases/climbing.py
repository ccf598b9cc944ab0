"""Carries out what is due in cases: each step once, however many processes try, whoever dies.

A step is one transaction: the case is locked, looked at again, and changed with its timeline, its
notice and its audit row. Who comes second finds the level or the time changed and does nothing;
who is killed in between has done nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import select

from safar.cases import directory, handling, opening, rows
from safar.cases.actors import SYSTEM
from safar.cases.office import Office
from safar.cases.record import change
from safar.cases.rows import Case
from safar.cases.states import Action
from safar.cases.timers import Step, Waiting, What, due
from safar.store.case_tables import cases
from safar.store.database import Database, Tx

_AT_ONCE: Final = 200

_log = structlog.get_logger(__name__)


def carry_out(
    database: Database, office: Office, *, between: Callable[[], object] = lambda: None
) -> int:
    """Do what is due now; return how many steps were done.

    Args:
        database: The store.
        office: The surroundings.
        between: Called after each step; for tests.

    Raises:
        StoreUnavailableError: The store cannot be used; what was not done is due still.
    """
    now = office.clock()
    with database.read() as tx:
        steps = due(office.plan, _late(tx, now), now)
    done = 0
    for step in steps:
        with database.write() as tx:
            done += _do(tx, office, step, now)
        between()
    return done


def _late(tx: Tx, now: datetime) -> list[Waiting]:
    """Return the cases in which something is due, the longest overdue first."""
    found = tx.execute(
        select(*rows.columns())
        .where(cases.c.due_at.is_not(None), cases.c.due_at <= now)
        .order_by(cases.c.due_at, cases.c.id)
        .limit(_AT_ONCE)
    )
    return [_waiting(rows.as_case(row)) for row in found.all()]


def _waiting(case: Case) -> Waiting:
    return Waiting(
        case.id,
        case.state,
        case.risk,
        case.level,
        case.desk_id,
        case.due_at,
        detached=case.detached_at is not None,
    )


def _do(tx: Tx, office: Office, step: Step, now: datetime) -> bool:
    case = rows.lock(tx, step.case_id)
    # As it is now, and not as it was when all of them were looked at.
    if due(office.plan, [_waiting(case)], now) != [step]:
        return False
    if step.what is What.LAPSE:
        opening.lapse(tx, office, case)
    elif step.what is What.HAND_BACK:
        handling.give_back(tx, office, case)
    elif step.what is What.UNANSWERED:
        _remind(tx, office, case, step)
    else:
        _climb(tx, office, case, step)
    return True


def _climb(tx: Tx, office: Office, case: Case, step: Step) -> None:
    desk = office.plan.desk(step.to_desk)
    if desk is not None:
        directory.see_that_desk_is_known(tx, office, desk)
    change(
        tx,
        office,
        case,
        Action.CLIMB,
        SYSTEM,
        {
            "level": step.to_level,
            "desk_id": step.to_desk,
            "due_at": step.next_due,
            # The next desk has its time; whoever is only told again is as late as before.
            "late_at": step.next_due if step.what is What.NEXT_DESK else case.late_at,
        },
        details={"what": step.what.value, "from": case.desk_id, "level": step.to_level},
        notice=f"climbed_{step.what.value}",
        to_supervisor=step.what is not What.NEXT_DESK,
    )
    _log.warning("case.climbed", case_id=case.id, what=step.what.value, level=step.to_level)


def _remind(tx: Tx, office: Office, case: Case, step: Step) -> None:
    change(
        tx,
        office,
        case,
        Action.REMIND,
        SYSTEM,
        {"due_at": step.next_due, "late_at": case.late_at},
        details={"what": step.what.value},
        notice=step.what.value,
        to_supervisor=True,
    )
    _log.warning("case.unanswered", case_id=case.id)
