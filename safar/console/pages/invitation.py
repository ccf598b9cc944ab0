"""The invitation: with its link somebody sets up how they sign in, once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response

from safar.console.house import House
from safar.console.rendering import page, rendering_of, words_of
from safar.console.routing import PUBLIC, Pages
from safar.console.signed_in import SignedIn
from safar.staff import codes, invitations
from safar.staff.errors import StaffRefusedError
from safar.staff.invitations import Wanted

Text = Annotated[str, Form()]


def pages(house: House) -> Pages:
    """Return the pages."""
    made = Pages()

    @made.get("/invitation/{token}", needs=PUBLIC, name="invitation")
    def form(request: Request, me: SignedIn | None, token: str) -> Response:
        return _form(request, house, token)

    @made.post("/invitation/{token}", needs=PUBLIC, name="accept invitation")
    def accept(
        request: Request,
        me: SignedIn | None,
        token: str,
        name: Text = "",
        password: Text = "",
        again: Text = "",
        code: Text = "",
        language: Text = "en",
    ) -> Response:
        wanted = Wanted(name, password, code, language)
        try:
            if password != again:
                raise StaffRefusedError("again", "The two passwords are not the same.")
            _, made_codes = invitations.accept(house.database, house.access, token, wanted)
        except StaffRefusedError as error:
            return _form(request, house, token, error, wanted)
        return page(request, None, "invitation/done.html", codes=made_codes)

    return made


def _form(
    request: Request,
    house: House,
    token: str,
    error: StaffRefusedError | None = None,
    wanted: Wanted | None = None,
) -> Response:
    try:
        with house.database.read() as tx:
            account, secret = invitations.find(tx, house.access, token)
    except StaffRefusedError as gone:
        said = words_of(request, None)(str(gone))
        return page(request, None, "problem.html", 410, sentence=said)
    return page(
        request,
        None,
        "invitation/form.html",
        422 if error else 200,
        action=f"/invitation/{token}",
        email=account.email,
        name=wanted.name if wanted else account.name,
        language_chosen=wanted.language if wanted else words_of(request, None).tag,
        languages=rendering_of(request).wordings.offered(),
        picture=codes.picture(codes.address(secret, account.email)),
        secret=codes.in_groups(secret),
        problem=words_of(request, None)(str(error)) if error else None,
        field=error.code if error else "",
    )
