"""Who has an account: administrators invite, move, disable and let set up anew."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Request, Response

from safar.cases import directory
from safar.cases.errors import CaseRefusedError
from safar.console.house import House
from safar.console.rendering import page, words_of
from safar.console.routing import Pages, redirect
from safar.console.signed_in import SignedIn
from safar.staff import accounts, invitations, managing
from safar.staff.errors import StaffRefusedError
from safar.staff.permissions import ROLES, Permission
from safar.staff.record import Doer
from safar.store.database import Tx

Text = Annotated[str, Form()]
_NEEDS = Permission.MANAGE_STAFF


def pages(house: House) -> Pages:
    """Return the pages."""
    made = Pages()

    @made.get("/staff", needs=_NEEDS, name="staff")
    def everybody(request: Request, me: SignedIn) -> Response:
        return _list(request, house, me)

    @made.post("/staff/invite", needs=_NEEDS, name="invite staff")
    def invite(
        request: Request,
        me: SignedIn,
        name: Text = "",
        email: Text = "",
        role: Text = "",
        desk: Text = "",
    ) -> Response:
        try:
            with house.database.write() as tx:
                checked = accounts.checked_name(name)
                if role not in ROLES:
                    raise StaffRefusedError("role", "Choose a role of the list.")
                _see_that_desk_is_known(tx, house, desk)
                staff_id = directory.add_staff(
                    tx, house.office(), checked, desk, role, by=me.staff_id
                )
                token = invitations.invite(tx, house.access, staff_id, email, Doer(me.staff_id))
        except (StaffRefusedError, CaseRefusedError) as error:
            typed = {"name": name, "email": email, "role": role, "desk": desk}
            return _list(request, house, me, 422, problem=error, typed=typed)
        return _link(request, house, me, checked, token)

    @made.get("/staff/{staff_id}", needs=_NEEDS, name="member of staff")
    def member(request: Request, me: SignedIn, staff_id: str, done: str = "") -> Response:
        with house.database.read() as tx:
            account = accounts.read(tx, house.access, staff_id)
        return page(request, me, "staff/member.html", account=account, done=done, **_choices(house))

    @made.post("/staff/{staff_id}/move", needs=_NEEDS, name="move staff")
    def move(
        request: Request, me: SignedIn, staff_id: str, role: Text = "", desk: Text = ""
    ) -> Response:
        with house.database.write() as tx:
            _see_that_desk_is_known(tx, house, desk)
            managing.move(
                tx, house.access, staff_id, role=role, desk_id=desk, doer=Doer(me.staff_id)
            )
        return redirect(request, f"/staff/{staff_id}?done=move")

    @made.post("/staff/{staff_id}/disable", needs=_NEEDS, name="disable staff")
    def disable(request: Request, me: SignedIn, staff_id: str) -> Response:
        with house.database.write() as tx:
            managing.disable(tx, house.access, staff_id, Doer(me.staff_id))
        return redirect(request, f"/staff/{staff_id}?done=disable")

    @made.post("/staff/{staff_id}/enable", needs=_NEEDS, name="enable staff")
    def enable(request: Request, me: SignedIn, staff_id: str) -> Response:
        with house.database.write() as tx:
            managing.enable(tx, house.access, staff_id, Doer(me.staff_id))
        return redirect(request, f"/staff/{staff_id}?done=enable")

    @made.post("/staff/{staff_id}/invite", needs=_NEEDS, name="invite staff again")
    def again(request: Request, me: SignedIn, staff_id: str) -> Response:
        with house.database.write() as tx:
            if staff_id == me.staff_id:
                raise StaffRefusedError(
                    "own", "This is your own account. Ask another administrator to change it."
                )
            account = accounts.read(tx, house.access, staff_id)
            token = invitations.renew(tx, house.access, staff_id, Doer(me.staff_id))
        return _link(request, house, me, account.name, token)

    return made


def _link(request: Request, house: House, me: SignedIn, name: str, token: str) -> Response:
    where = invitations.link(house.settings, token)
    return page(request, me, "staff/invited.html", name=name, link=where)


def _list(
    request: Request,
    house: House,
    me: SignedIn,
    status: int = 200,
    *,
    problem: Exception | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    with house.database.read() as tx:
        everybody = accounts.everybody(tx, house.access)
    return page(
        request,
        me,
        "staff/list.html",
        status,
        accounts=everybody,
        problem=words_of(request, me)(str(problem)) if problem else None,
        typed=typed or {"name": "", "email": "", "role": "officer", "desk": me.desk_id},
        **_choices(house),
    )


def _choices(house: House) -> dict[str, Any]:
    return {"roles": ROLES, "desks": house.office().plan.desks}


def _see_that_desk_is_known(tx: Tx, house: House, desk_id: str) -> None:
    office = house.office()
    desk = office.plan.desk(desk_id)
    if desk is None:
        raise StaffRefusedError("desk", "There is no such desk. Choose one of the list.")
    directory.see_that_desk_is_known(tx, office, desk)
