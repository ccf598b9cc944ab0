"""Coming in and going out: password, one-time code, single sign-on."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from safar.console import security
from safar.console.house import House
from safar.console.rendering import page, words_of
from safar.console.routing import PUBLIC, SIGNED_IN, Pages, address, redirect
from safar.console.signed_in import SignedIn
from safar.staff import signing_in
from safar.staff.errors import StaffRefusedError
from safar.staff.sessions import LONGEST
from safar.staff.signing_in import Answer, Step
from safar.staff.single_sign_on import HOLDS, SingleSignOn, single_sign_on

SSO_COOKIE: Final = "safar_sso"
_LONGEST_PATH: Final = 500
_SECONDS: Final = int(LONGEST.total_seconds())

Text = Annotated[str, Form()]
Next = Annotated[str, Query()]


def pages(house: House) -> Pages:
    """Return the pages.

    Raises:
        StaffRefusedError: Single sign-on is set up by half.
    """
    made = Pages()
    sso = single_sign_on(house.settings, house.access)

    @made.get("/sign-in", needs=PUBLIC, name="sign in")
    def form(request: Request, me: SignedIn | None, next: Next = "/") -> Response:  # noqa: A002 - as it stands in the address
        if me is not None:
            return redirect(request, local(next))
        return _form(request, house, local(next))

    @made.post("/sign-in", needs=PUBLIC, name="give password")
    def password(
        request: Request,
        me: SignedIn | None,
        email: Text = "",
        password: Text = "",
        next: Text = "/",  # noqa: A002
    ) -> Response:
        if me is not None:
            return redirect(request, local(next))
        answer = signing_in.with_password(
            house.database, house.access, email, password, caller(request)
        )
        if answer.step is Step.CODE:
            return _to_code(request, house, answer, local(next))
        return _again(request, house, "sign_in/form.html", answer, local(next))

    @made.get("/sign-in/code", needs=PUBLIC, name="code")
    def code_form(request: Request, me: SignedIn | None, next: Next = "/") -> Response:  # noqa: A002
        if me is not None:
            return redirect(request, local(next))
        if signing_in.half_way(house.database, house.access, _token(request, house)) is None:
            return redirect(request, "/sign-in")
        return page(request, None, "sign_in/code.html", goes_to=local(next), problem=None)

    @made.post("/sign-in/code", needs=PUBLIC, name="give code")
    def code(
        request: Request,
        me: SignedIn | None,
        code: Text = "",
        next: Text = "/",  # noqa: A002
    ) -> Response:
        if me is not None:
            return redirect(request, local(next))
        token = _token(request, house)
        answer = signing_in.with_code(house.database, house.access, token, code, caller(request))
        if answer.step is Step.IN:
            response = redirect(request, local(next))
            _let_in(request, house, response, answer)
            return response
        if signing_in.half_way(house.database, house.access, token) is None:
            return redirect(request, "/sign-in")
        return _again(request, house, "sign_in/code.html", answer, local(next))

    @made.post("/sign-out", needs=SIGNED_IN, name="sign out")
    def sign_out(request: Request, me: SignedIn) -> Response:
        signing_in.sign_out(house.database, house.access, me.session_id, me.staff_id)
        response = redirect(request, "/sign-in")
        security.set_cookie(request, house, response, security.SESSION, "")
        # What the browser still has of pages and forms goes as well.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    @made.get("/sign-in/single", needs=PUBLIC, name="single sign-on")
    def to_provider(request: Request, me: SignedIn | None, next: Next = "/") -> Response:  # noqa: A002
        started = _provider(sso).begin(local(next))
        response = RedirectResponse(started.url, 303)
        security.set_cookie(
            request, house, response, SSO_COOKIE, started.cookie,
            lax=True, seconds=int(HOLDS.total_seconds()),
        )  # fmt: skip
        return response

    @made.get("/sign-in/back", needs=PUBLIC, name="back from single sign-on")
    def from_provider(request: Request, me: SignedIn | None) -> Response:
        kept = security.cookie(request, house, SSO_COOKIE)
        try:
            vouched = _provider(sso).finish(kept, dict(request.query_params))
        except StaffRefusedError as error:
            response = _form(
                request, house, "/", problem=words_of(request, None)(str(error)), status=401
            )
        else:
            answer = signing_in.with_single_sign_on(
                house.database, house.access, vouched.email, second_done=vouched.second_done
            )
            if answer.step is Step.REFUSED:
                response = _form(request, house, "/", problem=_NO_ACCOUNT, status=401)
            else:
                goes_to = local(vouched.goes_to)
                path = goes_to if answer.step is Step.IN else _code_path(goes_to)
                # Led here by another site: a redirect would go without our cookie, so this page
                # goes on by itself.
                where = address(request, path)
                response = page(request, None, "sign_in/come_in.html", where=where)
                _let_in(request, house, response, answer)
        security.set_cookie(request, house, response, SSO_COOKIE, "", lax=True)
        return response

    return made


_NO_ACCOUNT: Final = "no_account"


def local(path: str) -> str:
    """Return a path below the console; the first page for what is none, such as another site."""
    fits = path.startswith("/") and not path.startswith("//") and len(path) <= _LONGEST_PATH
    return path if fits and path.isprintable() and "\\" not in path else "/"


def caller(request: Request) -> str:
    """Return the network address that calls; behind a proxy on this machine, whom it names."""
    return request.client.host if request.client else ""


def _provider(sso: SingleSignOn | None) -> SingleSignOn:
    if sso is None:
        raise HTTPException(404)
    return sso


def _token(request: Request, house: House) -> str:
    return security.cookie(request, house, security.SESSION)


def _form(
    request: Request, house: House, goes_to: str, *, problem: str | None = None, status: int = 200
) -> Response:
    return page(
        request,
        None,
        "sign_in/form.html",
        status,
        goes_to=goes_to,
        problem=problem,
        minutes=0,
        sso=_name_of_sso(house),
    )


def _name_of_sso(house: House) -> str | None:
    return (house.settings.sso_name or "") if house.settings.sso_issuer else None


def _code_path(goes_to: str) -> str:
    return f"/sign-in/code?next={quote(goes_to, safe='/')}"


def _to_code(request: Request, house: House, answer: Answer, goes_to: str) -> Response:
    response = redirect(request, _code_path(goes_to))
    _let_in(request, house, response, answer)
    return response


def _let_in(request: Request, house: House, response: Response, answer: Answer) -> None:
    security.set_cookie(request, house, response, security.SESSION, answer.token, seconds=_SECONDS)


def _again(request: Request, house: House, template: str, answer: Answer, goes_to: str) -> Response:
    seconds = int(answer.wait.total_seconds()) + 1
    waits = answer.step is Step.WAIT
    response = page(
        request,
        None,
        template,
        429 if waits else 401,
        goes_to=goes_to,
        problem="wait" if waits else "wrong",
        minutes=-(-seconds // 60),
        sso=_name_of_sso(house),
    )
    if waits:
        response.headers["Retry-After"] = str(seconds)
    return response
