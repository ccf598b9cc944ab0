"""What staff do with a case, other than talking with the person."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from safar.cases import directory, history, rows, timers
from safar.cases.actors import SYSTEM, Actor, member, officer
from safar.cases.errors import CaseRefusedError
from safar.cases.office import Office
from safar.cases.opening import set_person_has_it
from safar.cases.record import change
from safar.cases.rows import Case
from safar.cases.states import WAITING, Action
from safar.store.database import Tx


class Outcome(str, Enum):
    """How a case ended."""

    HELPED = "helped"
    REFERRED = "referred"
    """Another office has it now."""
    NOT_REACHED = "not_reached"
    """The person answered no more."""
    NOT_OURS = "not_ours"
    REPEATED = "repeated"
    """It is in another case."""
    OTHER = "other"


def acknowledge(tx: Tx, office: Office, case_id: int, staff_id: str) -> Case:
    """Say that somebody looks at it: it climbs no further, is theirs, and waits for their answer.

    Raises:
        CaseRefusedError: It is not at their desk, or was acknowledged already.
    """
    case = rows.lock(tx, case_id)
    values = {
        "acknowledged_at": office.clock(),
        "due_at": _reply_due(office, case),
        "assignee_id": staff_id,
    }
    return change(tx, office, case, Action.ACKNOWLEDGE, officer(staff_id), values)


def assign(tx: Tx, office: Office, case_id: int, staff_id: str, to_staff_id: str) -> Case:
    """Give a case to a colleague at the same desk.

    Raises:
        CaseRefusedError: It may not be, or that colleague is at another desk.
    """
    case = rows.lock(tx, case_id)
    colleague = member(tx, to_staff_id)
    if colleague is None or colleague.disabled_at or colleague.desk_id != case.desk_id:
        raise CaseRefusedError(
            "other_desk", "They are not at the desk of this case. Pass it on to their desk instead."
        )
    return change(
        tx,
        office,
        case,
        Action.ASSIGN,
        officer(staff_id),
        {"assignee_id": to_staff_id},
        details={"to": to_staff_id},
        notice="assigned",
    )


def take(tx: Tx, office: Office, case_id: int, staff_id: str) -> Case:
    """Take the conversation: from now on the bot is silent, and texts go to this officer.

    What the bot has not answered yet goes to them as well.

    Raises:
        CaseRefusedError: Somebody has it, it is not at their desk, or another person has the
            telephone now.
    """
    case = rows.lock(tx, case_id)
    case = change(
        tx,
        office,
        case,
        Action.TAKE,
        officer(staff_id),
        {
            "assignee_id": staff_id,
            "acknowledged_at": case.acknowledged_at or office.clock(),
            **({"due_at": _reply_due(office, case)} if case.state in WAITING else {}),
        },
    )
    set_person_has_it(tx, case, has_it=True)
    history.share_unanswered(tx, case)
    return case


def hand_back(tx: Tx, office: Office, case_id: int, staff_id: str) -> Case:
    """Give the conversation back to the bot. Whoever calls this tells the worker so.

    Raises:
        CaseRefusedError: It is another officer's, or nobody has it.
    """
    return give_back(tx, office, rows.lock(tx, case_id), officer(staff_id))


def give_back(tx: Tx, office: Office, case: Case, actor: Actor = SYSTEM) -> Case:
    """Give the conversation of a locked case back to the bot, as staff or by itself."""
    # Who was not answered waits for it still; another person waits for nothing.
    nothing_due = {"due_at": None} if case.detached_at is not None else {}
    why = {"why": "other_person"} if case.detached_at is not None else None
    case = change(tx, office, case, Action.HAND_BACK, actor, nothing_due, details=why)
    if case.detached_at is None:
        # Else the conversation is another person's, with a case of their own perhaps.
        set_person_has_it(tx, case, has_it=False)
    return case


def transfer(tx: Tx, office: Office, case_id: int, staff_id: str, desk_id: str) -> Case:
    """Pass a case on to another desk, where it waits to be acknowledged; it is gone from here.

    Raises:
        CaseRefusedError: It may not be, or there is no such desk.
    """
    case = rows.lock(tx, case_id)
    desk = office.plan.desk(desk_id)
    if desk is None or desk_id == case.desk_id:
        raise CaseRefusedError(
            "desk", "Name another desk of content/desks.yaml: this case is there, or it is none."
        )
    directory.see_that_desk_is_known(tx, office, desk)
    return change(
        tx,
        office,
        case,
        Action.TRANSFER,
        officer(staff_id),
        {
            "desk_id": desk_id,
            "assignee_id": None,
            "acknowledged_at": None,
            "level": 0,
            "due_at": timers.first_due(office.plan, case.risk, desk_id, office.clock()),
        },
        details={"from": case.desk_id, "to": desk_id},
        notice="transferred",
    )


def close(tx: Tx, office: Office, case_id: int, staff_id: str, outcome: Outcome) -> Case:
    """Close a case.

    Raises:
        CaseRefusedError: Nobody has acknowledged it, or a person still has the conversation.
    """
    case = rows.lock(tx, case_id)
    values = {"closed_at": office.clock(), "due_at": None, "outcome": outcome.value}
    details = {"outcome": outcome.value}
    return change(tx, office, case, Action.CLOSE, officer(staff_id), values, details=details)


def _reply_due(office: Office, case: Case) -> datetime | None:
    """Return when the person must have an answer; nobody may answer where another one reads it."""
    if case.detached_at is not None:
        return None
    return timers.reply_due(office.plan, case.risk, case.desk_id, office.clock())
