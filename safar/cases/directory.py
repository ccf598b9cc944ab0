"""Desks and staff in the store: desks follow content/desks.yaml, staff are added one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def staffed(tx: Tx, office: Office, fitting: Sequence[Desk]) -> Desk:
    """Return the first of the fitting desks at which anybody works, else the next on their way.

    A case is never offered where nobody would read it; who was invited and has not come does not.

    Args:
        tx: An open transaction.
        office: The surroundings.
        fitting: The desks for a case, best first; at least one.

    Raises:
        NoDesksError: Nobody works at any of them.
    """
    works = _where_anybody_works(tx)
    # The graver a case, the further it climbs by itself: those desks will do, too.
    way = [*fitting, *_way_from(office, fitting[0])]
    for desk in way:
        if desk.id in works:
            return desk
    raise NoDesksError(
        f"Nobody works at desk {fitting[0].id}, nor at any other for this case. Invite somebody:"
        " safar staff invite."
    )


def _where_anybody_works(tx: Tx) -> set[str]:
    invited = (
        select(staff_accounts.c.staff_id)
        .where(
            staff_accounts.c.staff_id == staff.c.id,
            staff_accounts.c.set_up_at.is_(None),
            staff_accounts.c.signed_in_at.is_(None),
        )
        .exists()
    )
    at = (
        select(staff.c.desk_id)
        .where(staff.c.disabled_at.is_(None), staff.c.role.in_(_HANDLING), ~invited)
        .distinct()
    )
    return set(tx.execute(at).scalars())


def _way_from(office: Office, desk: Desk) -> Iterator[Desk]:
    passed = {desk.id}
    following = office.plan.after(desk.id)
    while following is not None and following.id not in passed:
        yield following
        passed.add(following.id)
        following = office.plan.after(following.id)


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
