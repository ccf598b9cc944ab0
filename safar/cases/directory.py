"""Desks and staff in the store: desks follow content/desks.yaml, staff are added one by one."""

from __future__ import annotations

from typing import Final, Literal

from sqlalchemy import insert, select, update

from safar.cases.errors import CaseRefusedError, NoDesksError
from safar.cases.office import Office
from safar.cases.plan import Desk
from safar.store import audit
from safar.store.case_tables import desks, staff
from safar.store.database import Tx
from safar.store.dialect import insert_or_update
from safar.store.staff_tables import staff_accounts

Role = Literal["officer", "supervisor", "editor", "auditor", "admin"]
_HANDLING: Final = ("officer", "supervisor")
_HEX = "0123456789abcdef"
_ID_LENGTH = 32


def sync_desks(tx: Tx, office: Office) -> None:
    """Bring the table of desks to what the plan says; a desk that is gone is kept as retired.

    Its cases stay where they are: a supervisor moves them, or they climb to the default desk.
    """
    for desk in office.plan.desks:
        _put(tx, office, desk)
    tx.execute(
        update(desks)
        .where(desks.c.id.not_in([desk.id for desk in office.plan.desks]))
        .where(desks.c.retired_at.is_(None))
        .values(retired_at=office.clock())
    )


def see_that_desk_is_known(tx: Tx, office: Office, desk: Desk) -> None:
    """Write a desk down unless it is there: cases come before somebody has called `sync_desks`."""
    if tx.execute(select(desks.c.id).where(desks.c.id == desk.id)).first() is None:
        _put(tx, office, desk)


def staffed(tx: Tx, office: Office, desk: Desk) -> Desk:
    """Return the desk, or the next on the way of its cases at which anybody works.

    A case is never offered where nobody would read it; who was invited and has not come does not.

    Raises:
        NoDesksError: Nobody works at any of them.
    """
    invited = (
        select(staff_accounts.c.staff_id)
        .where(
            staff_accounts.c.staff_id == staff.c.id,
            staff_accounts.c.set_up_at.is_(None),
            staff_accounts.c.signed_in_at.is_(None),
        )
        .exists()
    )
    works = set(
        tx.execute(
            select(staff.c.desk_id)
            .where(staff.c.disabled_at.is_(None), staff.c.role.in_(_HANDLING), ~invited)
            .distinct()
        ).scalars()
    )
    passed = {desk.id}
    at: Desk | None = desk
    while at is not None and at.id not in works:
        passed.add(at.id)
        at = office.plan.after(at.id)
        if at is not None and at.id in passed:
            at = None
    if at is None:
        raise NoDesksError(
            f"Nobody works at desk {desk.id}, nor at one that its cases go to. Invite somebody."
        )
    return at


def add_staff(  # noqa: PLR0913 - what a member of staff consists of, and who adds them
    tx: Tx, office: Office, name: str, desk_id: str, role: Role, *, by: str | None = None
) -> str:
    """Add a member of staff; return their id, which says nothing about them.

    Args:
        tx: The open write transaction.
        office: The surroundings.
        name: As they are called.
        desk_id: Where they work.
        role: What they may do.
        by: Which member of staff adds them; None: the operator, at the machine.

    Raises:
        CaseRefusedError: There is no such desk.
    """
    known = tx.execute(
        select(desks.c.id).where(desks.c.id == desk_id, desks.c.retired_at.is_(None))
    ).first()
    if known is None:
        raise CaseRefusedError("desk", f"There is no desk {desk_id}. See content/desks.yaml.")
    staff_id = "".join(office.choose(_HEX) for _ in range(_ID_LENGTH))
    now = office.clock()
    tx.execute(
        insert(staff).values(
            id=staff_id,
            name_encrypted=office.keyring.encrypt(name),
            desk_id=desk_id,
            role=role,
            created_at=now,
        )
    )
    who, details = "staff" if by else "operator", {"desk": desk_id, "role": role}
    deed = audit.Deed(who, "add", "staff", staff_id, by, details)
    audit.append(tx, office.keyring, deed, now)
    return staff_id


def _put(tx: Tx, office: Office, desk: Desk) -> None:
    shown = desk.model_dump_json(by_alias=True, exclude={"notices", "supervisor_notices"})
    notices = desk.model_dump_json(include={"notices", "supervisor_notices"})
    insert_or_update(
        tx,
        desks,
        {"id": desk.id},
        {
            "name": desk.name,
            "kind": desk.kind,
            "next_desk_id": desk.next,
            "details": shown,
            "notices_encrypted": office.keyring.encrypt(notices),
            "updated_at": office.clock(),
            "retired_at": None,
        },
    )
