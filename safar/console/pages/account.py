"""One's own account: password, language, recovery codes, sessions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Request, Response

from safar.console.house import House
from safar.console.rendering import page, rendering_of, words_of
from safar.console.routing import SIGNED_IN, Pages, redirect
from safar.console.signed_in import SignedIn
from safar.staff import accounts, codes, managing, sessions
from safar.staff.errors import StaffRefusedError

Text = Annotated[str, Form()]


def pages(house: House) -> Pages:
    """Return the pages."""
    made = Pages()

    @made.get("/account", needs=SIGNED_IN, name="account")
    def account(request: Request, me: SignedIn, done: str = "") -> Response:
        return _page(request, house, me, done=done)

    @made.post("/account/password", needs=SIGNED_IN, name="change password")
    def password(
        request: Request, me: SignedIn, old: Text = "", new: Text = "", again: Text = ""
    ) -> Response:
        try:
            if new != again:
                raise StaffRefusedError("again", "The two passwords are not the same.")
            managing.change_password(
                house.database, house.access, me.staff_id, me.session_id, old=old, new=new
            )
        except StaffRefusedError as error:
            return _page(request, house, me, 422, problem=words_of(request, me)(str(error)))
        return redirect(request, "/account?done=password")

    @made.post("/account/language", needs=SIGNED_IN, name="choose language")
    def language(request: Request, me: SignedIn, language: Text = "") -> Response:
        if language in dict(rendering_of(request).wordings.offered()):
            with house.database.write() as tx:
                accounts.set_language(tx, house.access, me.staff_id, language)
        return redirect(request, "/account?done=language")

    @made.post("/account/recovery-codes", needs=SIGNED_IN, name="renew recovery codes")
    def recovery(request: Request, me: SignedIn, code: Text = "") -> Response:
        try:
            new = managing.renew_recovery(house.database, house.access, me.staff_id, code)
        except StaffRefusedError as error:
            return _page(request, house, me, 422, problem=words_of(request, me)(str(error)))
        return page(request, me, "account/new_codes.html", codes=new)

    @made.post("/account/sessions", needs=SIGNED_IN, name="end other sessions")
    def others(request: Request, me: SignedIn) -> Response:
        with house.database.write() as tx:
            managing.end_other_sessions(tx, house.access, me.staff_id, me.session_id)
        return redirect(request, "/account?done=sessions")

    return made


def _page(
    request: Request, house: House, me: SignedIn, status: int = 200, **values: Any
) -> Response:
    with house.database.read() as tx:
        account = accounts.read(tx, house.access, me.staff_id)
        known = {
            "account": account,
            "sessions": sessions.of(tx, house.access, me.staff_id),
            "left": codes.recovery_left(tx, me.staff_id),
        }
    given = {"done": "", "problem": None, **values}
    offered = rendering_of(request).wordings.offered()
    return page(request, me, "account/account.html", status, languages=offered, **known, **given)
