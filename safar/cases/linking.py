"""Cases that staff put beside each other: one employer, one journey, one family.

A link is of two cases of one desk and has no direction. It stays when a case is passed on to
another desk, which sees it once it has both cases.
"""

from __future__ import annotations

from sqlalchemy import case as either
from sqlalchemy import delete, or_, select

from safar.cases import rows
from safar.cases.actors import officer
from safar.cases.errors import CaseRefusedError
from safar.cases.office import Office
from safar.cases.record import change
from safar.cases.rows import Case
from safar.cases.states import Action, State
from safar.store.case_tables import case_links, cases
from safar.store.database import Tx
from safar.store.dialect import insert_or_ignore

_Both = tuple[Case, Case]
_NEVER_BEGUN = (State.OFFERED, State.DECLINED)


def link(tx: Tx, office: Office, case_id: int, staff_id: str, other_id: int) -> Case:
    """Put two cases of one desk beside each other.

    Raises:
        CaseRefusedError: They are of two desks, one and the same, linked already, or one of them
            has ended for good.
        UnknownCaseError: One of them is not there.
    """
    case, other = _lock_both(tx, case_id, other_id)
    values = {
        "first_id": min(case.id, other.id),
        "second_id": max(case.id, other.id),
        "staff_id": staff_id,
        "at": office.clock(),
    }
    if insert_or_ignore(tx, case_links, values) is None:
        raise CaseRefusedError("linked", "These two cases are linked already.")
    return _write_down(tx, office, (case, other), staff_id, Action.LINK)


def unlink(tx: Tx, office: Office, case_id: int, staff_id: str, other_id: int) -> Case:
    """Take two cases apart again.

    Raises:
        CaseRefusedError: They are not linked, or may not be changed.
        UnknownCaseError: One of them is not there.
    """
    case, other = _lock_both(tx, case_id, other_id)
    gone = tx.execute(
        delete(case_links).where(
            case_links.c.first_id == min(case.id, other.id),
            case_links.c.second_id == max(case.id, other.id),
        )
    )
    if not gone.rowcount:
        raise CaseRefusedError("linked", "These two cases are not linked any more.")
    return _write_down(tx, office, (case, other), staff_id, Action.UNLINK)


def linked(tx: Tx, case: Case) -> list[Case]:
    """Return the cases of the same desk that are linked with a case, newest first."""
    other = either((case_links.c.first_id == case.id, case_links.c.second_id),
                   else_=case_links.c.first_id)  # fmt: skip
    ids = select(other).where(
        or_(case_links.c.first_id == case.id, case_links.c.second_id == case.id)
    )
    found = tx.execute(
        select(*rows.columns())
        .where(cases.c.id.in_(ids), cases.c.desk_id == case.desk_id)
        .order_by(cases.c.id.desc())
    )
    return [rows.as_case(row) for row in found.all()]


def _lock_both(tx: Tx, case_id: int, other_id: int) -> _Both:
    """Lock two cases in one order for all, so that no two wait for each other."""
    if case_id == other_id:
        raise CaseRefusedError("linked", "That is this case itself. Name another one.")
    locked = {each: rows.lock(tx, each) for each in sorted((case_id, other_id))}
    case, other = locked[case_id], locked[other_id]
    if other.desk_id != case.desk_id or other.state in _NEVER_BEGUN:
        # In the same words as for one that is not there: other desks' cases are nobody's to probe.
        raise CaseRefusedError("no_such_case", "There is no such case at this desk.")
    return case, other


def _write_down(tx: Tx, office: Office, both: _Both, staff_id: str, action: Action) -> Case:
    """Write a line into the timeline of both."""
    case, other = both
    actor = officer(staff_id)
    after = change(tx, office, case, action, actor, details={"with": other.id})
    change(tx, office, other, action, actor, details={"with": case.id})
    return after
