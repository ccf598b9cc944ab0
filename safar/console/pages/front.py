"""The way in: where `/console` leads, and the files that pages load."""

from __future__ import annotations

from fastapi import HTTPException, Request, Response

from safar.console.house import House
from safar.console.routing import PUBLIC, SIGNED_IN, Pages, redirect
from safar.console.signed_in import SignedIn
from safar.console.static_files import StaticFiles
from safar.staff.permissions import Permission

_FIRST = (
    (Permission.SEE_CASES, "/cases"),
    (Permission.MANAGE_STAFF, "/staff"),
    (Permission.SEE_AUDIT, "/audit"),
    (Permission.SEE_CHARTS, "/charts"),
)


def pages(house: House) -> Pages:
    """Return the pages."""
    made = Pages()
    static = StaticFiles()

    @made.get("/", needs=SIGNED_IN, name="front")
    def front(request: Request, me: SignedIn) -> Response:
        where = next((path for permission, path in _FIRST if me.may(permission)), "/account")
        return redirect(request, where)

    @made.get("/static/{file}", needs=PUBLIC, name="static")
    def static_file(request: Request, me: SignedIn | None, file: str) -> Response:
        found = static.get(file)
        if found is None:
            raise HTTPException(404)
        return Response(
            found.content,
            media_type=found.media_type,
            headers={"Cache-Control": "public, max-age=31536000, immutable"},
        )

    return made
