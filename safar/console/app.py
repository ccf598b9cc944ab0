"""The console: the application that is mounted at /console."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from safar.cases.errors import CaseError, CaseRefusedError, UnknownCaseError
from safar.cases.office_of import office_source
from safar.console import routing, security
from safar.console.house import House
from safar.console.i18n import Wordings, marked
from safar.console.pages import (
    account,
    audit,
    case,
    case_actions,
    charts,
    exports,
    front,
    invitation,
    queue,
    reply,
    sign_in,
    staff,
)
from safar.console.rendering import Rendering, page, words_of
from safar.console.routing import NotAllowedError, NotSignedInError, PageRoute, Pages
from safar.console.static_files import StaticFiles
from safar.phrasing.catalogue import Catalogue
from safar.phrasing.languages import load_languages
from safar.registry.holder import RegistryHolder
from safar.settings import Settings
from safar.staff.errors import StaffError, UnknownStaffError
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.errors import StoreUnavailableError

PATH: Final = "/console"
PAGES: Final[tuple[Callable[[House], Pages], ...]] = (
    front.pages,
    sign_in.pages,
    invitation.pages,
    account.pages,
    staff.pages,
    audit.pages,
    # Before the pages of a case: their paths would be taken for it.
    exports.pages,
    queue.pages,
    charts.pages,
    case.pages,
    case_actions.pages,
    reply.pages,
)
"""Every subject; a new one is one line here."""

_FORM: Final = 1_000_000
"""Bytes of the longest form: no text of an officer is longer."""


def house_of(
    settings: Settings,
    database: Database,
    keyring: KeyRing,
    clock: Callable[[], datetime],
    choose: Callable[[str], str] = secrets.choice,
) -> House:
    """Return the surroundings of a process.

    Raises:
        LanguagesError, LocalesError: The languages or messages for workers cannot be read.
    """
    languages = load_languages(
        settings.content_dir / "languages.yaml", reviewed_only=settings.reviewed_only
    )
    return House(
        settings=settings,
        database=database,
        keyring=keyring,
        office=office_source(settings, keyring, clock, choose),
        clock=clock,
        choose=choose,
        registry=RegistryHolder(settings.registry_path, public_key=settings.content_public_key),
        words=Catalogue.load(settings.locales_dir, languages),
        languages=languages,
    )


def console_app(house: House) -> FastAPI:
    """Return the console."""
    app = FastAPI(
        title="Safar console",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    static = StaticFiles()
    app.state.house = house
    app.state.rendering = Rendering(
        house, Wordings(house.settings.locales_dir, house.languages), static
    )
    app.state.routes = tuple(_mounted(app, house))
    _say_what_went_wrong(app)
    app.add_middleware(
        security.Guard,
        longest=_FORM,
        https=house.settings.public_base_url.startswith("https:"),
    )
    return app


def mount(gateway: FastAPI, house: House) -> None:
    """Let the gateway answer for the console as well."""

    @gateway.get(PATH, include_in_schema=False)
    def without_slash() -> RedirectResponse:
        return RedirectResponse(f"{PATH}/", headers=security.HEADERS)

    gateway.mount(PATH, console_app(house))


def _mounted(app: FastAPI, house: House) -> list[PageRoute]:
    found = []
    for pages_of in PAGES:
        pages = pages_of(house)
        routing.mount(app, house, pages)
        found += pages.routes
    return found


def _say_what_went_wrong(app: FastAPI) -> None:
    app.add_exception_handler(NotSignedInError, _not_signed_in)
    for kind, status, sentence in _SENTENCES:
        app.add_exception_handler(kind, _sentence(status, sentence))
    for told in (CaseRefusedError, StaffError):
        app.add_exception_handler(told, _told(409))
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _our_mistake)


_GONE = marked("There is no such page, or no such case.")
_SENTENCES: Final[tuple[tuple[type[Exception], int, str], ...]] = (
    (NotAllowedError, 403, marked("Your role does not allow this page. Ask an administrator.")),
    (
        security.BadFormError,
        403,
        marked("This form is too old, or came from another site. Go back, load the page again"
               " and send it once more."),
    ),
    (RequestValidationError, 400, marked("Something in this form is missing or is not as it"
                                         " should be. Go back and look through it.")),
    (UnknownCaseError, 404, _GONE),
    (UnknownStaffError, 404, _GONE),
    (StoreUnavailableError, 503, marked("The store does not answer just now. Nothing was changed."
                                        " Try again in a moment.")),
    (CaseError, 409, marked("This cannot be done now.")),
)  # fmt: skip


def _not_signed_in(request: Request, _error: Exception) -> Response:
    if "hx-request" in request.headers:
        where = routing.address(request, routing.sign_in_path(request))
        return Response(status_code=401, headers={"HX-Redirect": where})
    if request.headers.get("sec-fetch-site") == "cross-site" and request.method == "GET":
        # Somebody came by a link in a mail: the browser kept its cookie back, and a redirect would
        # not bring it either. The sign-in page, asked for by a page of ours, knows who they are.
        where = routing.address(request, routing.sign_in_path(request))
        return page(request, None, "sign_in/come_in.html", where=where)
    return routing.redirect(request, routing.sign_in_path(request))


def _sentence(status: int, sentence: str) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, _error: Exception) -> Response:
        return problem(request, status, sentence)

    return answer


def _told(status: int) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        return problem(request, status, str(error))

    return answer


def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return problem(request, status, _GONE if status in {404, 405} else _OTHER)


def _our_mistake(request: Request, _error: Exception) -> Response:
    # Nothing that could fail once more; and past the guard, so with the headers.
    return Response(_MISTAKE, 500, media_type="text/plain", headers=security.HEADERS)


_MISTAKE = "Something went wrong here. Nothing was changed. Tell whoever runs Safar.\n"
_OTHER = marked("This cannot be done. Go back and try it in another way.")


def problem(request: Request, status: int, sentence: str) -> Response:
    """Return a page, or for the script a part of one, that says what went wrong."""
    me: Any = getattr(request.state, "me", None)
    said = words_of(request, me)(sentence)
    template = "problem_part.html" if "hx-request" in request.headers else "problem.html"
    return page(request, me, template, status, sentence=said)
