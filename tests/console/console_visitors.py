"""What a person does at the sign-in pages, step by step, as their browser would."""

from __future__ import annotations

import re
from typing import Any

import pyotp
from console_house import PATH, Browser, Console

GOOD = "quiet lemon ladder sunrise"
ANN, BEN = "ann@example.org", "ben@example.org"
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_SECRET = re.compile(r'class="code" dir="ltr">([A-Z2-7 ]+)<')
_LINK = re.compile(r'class="code" dir="ltr">[^<]*/console(/invitation/[^<]+)<')


def fill(browser: Browser, page: str, path: str | None = None, **form: str) -> Any:
    """Load a page, then send a form of it with the token that stands there."""
    shown = browser.see(page)
    assert shown.status_code == 200, shown.text
    found = _TOKEN.search(shown.text)
    assert found is not None, shown.text
    browser.csrf = found[1]
    return browser.submit(path or page, **form)


def invite(console: Console, email: str = ANN, role: str = "officer", desk: str = "doha") -> str:
    """Let an administrator invite somebody; return the path of the link."""
    answer = console.signed_in("admin").submit(
        "/staff/invite", name="Ann", email=email, role=role, desk=desk
    )
    assert answer.status_code == 200, answer.text
    found = _LINK.search(answer.text)
    assert found is not None, answer.text
    return found[1]


def secret_at(browser: Browser, link: str) -> str:
    """The secret that the page of an invitation shows in letters."""
    found = _SECRET.search(browser.see(link).text)
    assert found is not None
    return found[1].replace(" ", "")


def code(console: Console, secret: str) -> str:
    return pyotp.TOTP(secret).at(console.house.clock())


def accept(console: Console, link: str, **changes: str) -> tuple[Any, str]:
    """Accept an invitation; return the answer and the secret."""
    browser = console.browser()
    secret = secret_at(browser, link)
    form = {
        "name": "Ann Lee",
        "password": GOOD,
        "again": GOOD,
        "code": code(console, secret),
        "language": "en",
    }
    return fill(browser, link, **(form | changes)), secret


def set_up(console: Console, email: str = ANN, role: str = "officer") -> str:
    """Give somebody an account that is set up; return the secret of their authenticator."""
    answer, secret = accept(console, invite(console, email, role))
    assert answer.status_code == 200, answer.text
    console.cases.pass_(1)
    return secret


def come_in(console: Console, secret: str, email: str = ANN, base_url: str = "") -> Browser:
    """Sign somebody in through the pages."""
    browser = console.browser(base_url) if base_url else console.browser()
    first = fill(browser, "/sign-in", email=email, password=GOOD)
    assert first.headers["location"].startswith(f"{PATH}/sign-in/code"), first.text
    second = fill(browser, "/sign-in/code", code=code(console, secret))
    assert second.headers["location"] == f"{PATH}/", second.text
    return browser


def cookies_of(answer: Any) -> dict[str, dict[str, str]]:
    """The cookies that an answer sets: name to value and attributes, small letters."""
    found = {}
    for header in answer.headers.get_list("set-cookie"):
        first, *rest = header.split("; ")
        name, _, value = first.partition("=")
        attributes = dict((part + "=").split("=", 1) for part in rest)
        found[name] = {"value": value} | {
            key.lower(): worth.rstrip("=").lower() for key, worth in attributes.items()
        }
    return found
