"""Who does something to a case, and whether they may."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sqlalchemy import Row, select

from safar.cases.errors import CaseRefusedError
from safar.cases.rows import Case
from safar.cases.states import Action
from safar.store.case_tables import staff
from safar.store.database import Tx

_ALLOWED: Final[dict[str, frozenset[Action]]] = {
    "worker": frozenset(
        {Action.CONSENT, Action.DECLINE, Action.ADD, Action.REOPEN, Action.WITHDRAW}
    ),
    "bot": frozenset({Action.OFFER}),
    "system": frozenset({Action.LAPSE, Action.CLIMB, Action.REMIND, Action.HAND_BACK}),
    "staff": frozenset(
        {
            *(Action.ACKNOWLEDGE, Action.ASSIGN, Action.NOTE, Action.TAKE, Action.REPLY),
            *(Action.HAND_BACK, Action.TRANSFER, Action.CLOSE, Action.REOPEN),
            *(Action.LINK, Action.UNLINK),
        }
    ),
}
HANDLING: Final = frozenset({"officer", "supervisor"})
"""Roles of staff who see cases and handle them."""
_REACHES_THE_PERSON: Final = frozenset({Action.TAKE, Action.REPLY})


@dataclass(frozen=True)
class Actor:
    """Who acts.

    Attributes:
        kind: The person of the case, the bot, a member of staff, or Safar by itself.
        staff_id: Which member of staff.
        contact_id: Which person; checked, and never written down.
    """

    kind: Literal["worker", "bot", "staff", "system"]
    staff_id: str | None = None
    contact_id: str | None = field(default=None, repr=False)


BOT: Final = Actor("bot")
SYSTEM: Final = Actor("system")


def worker(contact_id: str) -> Actor:
    """Return the person with this contact id."""
    return Actor("worker", contact_id=contact_id)


def officer(staff_id: str) -> Actor:
    """Return the member of staff with this id."""
    return Actor("staff", staff_id=staff_id)


def see_that_they_may(tx: Tx, case: Case, actor: Actor, action: Action) -> None:
    """Let pass who may do this to a case, whatever its state; everybody else is refused.

    Raises:
        CaseRefusedError: They may not; the sentence says why.
    """
    if action not in _ALLOWED[actor.kind]:
        raise CaseRefusedError("not_theirs", f"That is nothing for the {actor.kind} to do.")
    if actor.kind == "worker":
        if actor.contact_id != case.contact_id or case.detached_at is not None:
            # Nothing is said of a case of somebody else, not even that there is one.
            raise CaseRefusedError("not_theirs", "There is no such case of yours.")
    elif actor.kind == "staff":
        _see_that_staff_may(tx, case, actor, action)


def _see_that_staff_may(tx: Tx, case: Case, actor: Actor, action: Action) -> None:
    row = member(tx, actor.staff_id)
    if row is None or row.disabled_at is not None or row.role not in HANDLING:
        raise CaseRefusedError("wrong_role", "Only officers and supervisors handle cases.")
    if row.desk_id != case.desk_id:
        raise CaseRefusedError("other_desk", "This case is at another desk.")
    if case.detached_at is not None and action in _REACHES_THE_PERSON:
        raise CaseRefusedError(
            "other_person",
            "Another person has this telephone now. Do not write there: they would read it.",
        )
    if action is Action.REPLY and case.assignee_id not in {actor.staff_id, None}:
        raise CaseRefusedError(
            "other_officer", "Another officer has this conversation. Write them a note instead."
        )
    if (
        action is Action.HAND_BACK
        and case.assignee_id != actor.staff_id
        and row.role != "supervisor"
    ):
        raise CaseRefusedError(
            "other_officer",
            "Another officer has this conversation. Only they or a supervisor can hand it back.",
        )


def member(tx: Tx, staff_id: str | None) -> Row[Any] | None:
    """Return the row of a member of staff, None when there is none."""
    return tx.execute(select(staff).where(staff.c.id == staff_id)).one_or_none()
