"""How pages are made: none without saying who may see it, no form without its token."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Final, Literal, TypeVar, get_type_hints
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from safar.console import security
from safar.console.house import House
from safar.console.signed_in import SignedIn
from safar.staff import sessions
from safar.staff.permissions import Permission


class Door(Enum):
    """Who may see a page that asks for no permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


PUBLIC: Final = Door.PUBLIC
SIGNED_IN: Final = Door.SIGNED_IN

Needs = Permission | Door
Handler = TypeVar("Handler", bound=Callable[..., Response])
Method = Literal["GET", "POST"]


class NotSignedInError(Exception):
    """Nobody is signed in, or no longer."""


class NotAllowedError(Exception):
    """Who is signed in may not see this."""


@dataclass(frozen=True)
class PageRoute:
    """One page, or one form.

    Attributes:
        background: Whether pages fetch it by themselves: then it is no sign of a person.
    """

    method: Method
    path: str
    needs: Needs
    name: str
    handler: Callable[..., Response]
    background: bool


class Pages:
    """The pages of one subject.

    A handler is a plain function ``(request: Request, me: SignedIn, …) -> Response``. What else it
    asks for comes from the path, and by ``Annotated[str, Form()]`` from the form. Whoever is
    signed in is handed in as ``me`` once it is sure that they may; on a page for everybody it may
    be None.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self.routes: list[PageRoute] = []

    def get(
        self, path: str, *, needs: Needs, name: str, background: bool = False
    ) -> Callable[[Handler], Handler]:
        """Make a page of a function.

        Args:
            path: Below ``/console``.
            needs: Who may see it.
            name: Names the page in tests.
            background: Whether pages fetch it by themselves, such as every few seconds: it does
                not keep a session alive.
        """
        return self._route("GET", path, needs, name, background=background)

    def post(self, path: str, *, needs: Needs, name: str) -> Callable[[Handler], Handler]:
        """Let a function take a form; the form's token is checked before."""
        return self._route("POST", path, needs, name, background=False)

    def _route(
        self, method: Method, path: str, needs: Needs, name: str, *, background: bool
    ) -> Callable[[Handler], Handler]:
        def keep(handler: Handler) -> Handler:
            self.routes.append(PageRoute(method, path, needs, name, handler, background))
            return handler

        return keep


def mount(app: FastAPI, house: House, pages: Pages) -> None:
    """Put pages into the application, each behind its door."""
    for route in pages.routes:
        gate = _gate(house, route.needs, background=route.background)
        guards = [Depends(gate)]
        if route.method == "POST":
            guards.append(Depends(_form_check(house, gate)))
        app.add_api_route(
            route.path,
            _endpoint(route.handler, gate),
            methods=[route.method],
            name=route.name,
            dependencies=guards,
            response_model=None,
            include_in_schema=False,
        )


def who(house: House, request: Request, *, present: bool = True) -> SignedIn | None:
    """Return who is signed in with the browser that calls, None if nobody is."""
    token = security.cookie(request, house, security.SESSION)
    if not token:
        return None
    session = sessions.find(house.database, house.access, token, present=present)
    if session is None or session.stage != "whole":
        return None
    return SignedIn(
        staff_id=session.staff_id,
        name=house.keyring.decrypt(session.name_encrypted),
        role=session.role,
        desk_id=session.desk_id,
        language=session.language or "en",
        csrf=security.token_of_session(house, session.id),
        session_id=session.id,
    )


def _gate(house: House, needs: Needs, *, background: bool) -> Callable[..., SignedIn | None]:
    def gate(request: Request) -> SignedIn | None:
        me = who(house, request, present=not background)
        # For the pages that say what went wrong.
        request.state.me = me
        if needs is PUBLIC:
            return me
        if me is None:
            raise NotSignedInError
        if isinstance(needs, Permission) and not me.may(needs):
            raise NotAllowedError
        return me

    return gate


def _form_check(house: House, gate: Callable[..., SignedIn | None]) -> Callable[..., Any]:
    async def check(request: Request, me: Annotated[Any, Depends(gate)]) -> None:
        await security.check_form(request, house, me)

    # The framework would look for these names where this function cannot be seen.
    check.__annotations__ = {"request": Request, "me": Annotated[Any, Depends(gate)]}
    return check


def _endpoint(
    handler: Callable[..., Response], gate: Callable[..., Any]
) -> Callable[..., Response]:
    hints = get_type_hints(handler, include_extras=True)
    parameters = [
        parameter.replace(
            annotation=Annotated[Any, Depends(gate)]
            if name == "me"
            else hints.get(name, parameter.annotation)
        )
        for name, parameter in inspect.signature(handler).parameters.items()
    ]

    def endpoint(**values: Any) -> Response:
        return handler(**values)

    endpoint.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return endpoint


def address(request: Request, path: str) -> str:
    """Return the address of a page on this server: ``/console/cases`` for ``/cases``."""
    return str(request.scope.get("root_path", "")) + path


def redirect(request: Request, path: str) -> Response:
    """Lead the browser to another page of the console, after a form as well."""
    where = address(request, path)
    if "hx-request" in request.headers:
        # A plain redirect would be followed by the script, and the page put into a part of this.
        return Response(status_code=204, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)


def sign_in_path(request: Request) -> str:
    """Return the path of the sign-in page that leads back here afterwards."""
    if request.method != "GET" or "hx-request" in request.headers:
        return "/sign-in"
    here = request.url.path.removeprefix(str(request.scope.get("root_path", "")))
    if here in {"", "/"}:
        return "/sign-in"
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/sign-in?next={quote(here + query, safe='/')}"
