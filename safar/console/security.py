"""What guards every page: headers, cookies, the token of forms, the longest form."""

from __future__ import annotations

import hmac
from typing import Final

from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safar.console.house import House
from safar.console.signed_in import SignedIn

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
NOT_KEPT: Final = "no-store"
HSTS: Final = "max-age=31536000"

FORM_FIELD: Final = "csrf"
FORM_HEADER: Final = "X-CSRF-Token"
SESSION: Final = "safar_session"
BEFORE_SIGN_IN: Final = "safar_form"
_LOCAL_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
_OWN_SITE: Final = frozenset({"same-origin", "none"})


class BadFormError(Exception):
    """A form without its token: it was not sent from one of our pages, or is too old."""


class Guard:
    """Puts the headers on every answer, and reads no form longer than allowed."""

    def __init__(self, app: ASGIApp, *, longest: int, https: bool) -> None:
        """Wrap an application.

        Args:
            app: The console.
            longest: Bytes of the longest body.
            https: Whether the console is reached by https.
        """
        self._app = app
        self._longest = longest
        self._headers = HEADERS | ({"Strict-Transport-Security": HSTS} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", NOT_KEPT)
            await send(message)

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._longest:
                # As if the browser had gone away: whoever reads the body stops at once.
                return {"type": "http.disconnect"}
            return message

        if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
            refused = Response("There is no such page.", 404, media_type="text/plain")
            await refused(scope, receive, guarded)
            return
        if _says_longer(Headers(scope=scope).get("content-length"), self._longest):
            refused = Response("This form is too long.", 413, media_type="text/plain")
            await refused(scope, receive, guarded)
            return
        await self._app(scope, limited, guarded)


def _says_longer(length: str | None, longest: int) -> bool:
    return length is not None and length.isdecimal() and int(length) > longest


def is_secure(request: Request, house: House) -> bool:
    """Whether cookies are for https alone: everywhere but on this very machine."""
    if house.settings.public_base_url.startswith("https:"):
        return True
    return request.url.hostname not in _LOCAL_NAMES and f"[{request.url.hostname}]" != "[::1]"


def cookie(request: Request, house: House, name: str) -> str:
    """Return what a cookie of ours holds, empty where there is none."""
    return request.cookies.get(_named(request, house, name), "")


def set_cookie(  # noqa: PLR0913 - what a cookie consists of
    request: Request,
    house: House,
    response: Response,
    name: str,
    value: str,
    *,
    lax: bool = False,
    seconds: int | None = None,
) -> None:
    """Give the browser a cookie that no script reads and no other site sends.

    Args:
        request: The call that is answered.
        house: The surroundings.
        response: The answer.
        name: Such as `SESSION`.
        value: What it holds; empty: the cookie is taken away.
        lax: Whether it also comes with whoever is led here from another site.
        seconds: How long the browser keeps it; None: until it is closed.
    """
    response.set_cookie(
        _named(request, house, name),
        value,
        max_age=seconds if value else 0,
        path="/",
        secure=is_secure(request, house),
        httponly=True,
        samesite="lax" if lax else "strict",
    )


def _named(request: Request, house: House, name: str) -> str:
    # The prefix binds the cookie to this very host and to https; browsers refuse it elsewhere.
    return f"__Host-{name}" if is_secure(request, house) else name


def token_of_session(house: House, session_id: str) -> str:
    """Return what each form of a session must send back."""
    return house.keyring.seal("console form", session_id)


def token_before_sign_in(request: Request, house: House) -> str:
    """Return what a form must send back while nobody is signed in.

    It belongs to a cookie, which is made when the browser has none: see `keep_form_cookie`.
    """
    kept = cookie(request, house, BEFORE_SIGN_IN) or getattr(request.state, "form_cookie", "")
    if not kept:
        kept = request.state.form_cookie = house.access.token()
    return house.keyring.seal("console form before sign-in", kept)


def keep_form_cookie(request: Request, house: House, response: Response) -> None:
    """Give the browser the cookie that `token_before_sign_in` made, if it did."""
    made = getattr(request.state, "form_cookie", "")
    if made:
        set_cookie(request, house, response, BEFORE_SIGN_IN, made)


async def check_form(request: Request, house: House, me: SignedIn | None) -> None:
    """Let pass only a form that one of our pages sent.

    Raises:
        BadFormError: It was another site, or the page is too old.
    """
    # Browsers say where a call comes from, and no page can make them lie.
    if request.headers.get("sec-fetch-site", "none") not in _OWN_SITE:
        raise BadFormError
    form = await request.form()
    # No keyboard has it, and one of the databases cannot keep it.
    if any("\0" in part for pair in form.multi_items() for part in pair if isinstance(part, str)):
        raise BadFormError
    given: object = request.headers.get(FORM_HEADER, form.get(FORM_FIELD))
    wanted = me.csrf if me is not None else token_before_sign_in(request, house)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise BadFormError
