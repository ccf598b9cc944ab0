"""Every page in a real browser: no barrier, nothing refused, nothing out of sight, in any width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from safar.cases.states import State
from safar.staff.permissions import Role
from tests.e2e.console.axe import barriers
from tests.e2e.console.browsing import NARROW, WIDE, window
from tests.e2e.console.made_up import PASSWORD, Made

NO_PAGES = {
    *("static", "front", "cases as a table", "case on paper"),
    *("single sign-on", "back from single sign-on"),
}
"""What leads elsewhere, or is a file."""


OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true; })"


@dataclass(frozen=True)
class Visit:
    """One look at a page.

    Attributes:
        route: Name of the route.
        path: Where it is; made from what is in the store.
        role: Who looks; None: nobody who is signed in.
        first: What is done on the page before it is looked at.
        status: Of the answer.
    """

    route: str
    path: Callable[[Made], str]
    role: Role | None = "supervisor"
    first: Callable[[Page, Made], None] = lambda page, made: None
    status: int = 200


def at(path: str) -> Callable[[Made], str]:
    return lambda made: path


def case_in(state: State) -> Callable[[Made], str]:
    return lambda made: f"/cases/{made.cases[state].id}"


def sign_in(page: Page, made: Made, password: str) -> None:
    page.locator("#email").fill(made.set_up())
    page.locator("#password").fill(password)
    page.locator("main form button").first.click()
    page.wait_for_load_state()


def wrong_password(page: Page, made: Made) -> None:
    sign_in(page, made, "wrong")
    page.locator("[role=alert]").wait_for()


def right_password(page: Page, made: Made) -> None:
    sign_in(page, made, PASSWORD)
    page.locator("#code").wait_for()


def accept(page: Page, made: Made) -> None:
    for field in ("#password", "#again"):
        page.locator(field).fill(PASSWORD)
    page.locator("#code").fill(made.code(page.locator(".code").inner_text()))
    page.locator("main form button").first.click()
    page.locator("#code").wait_for(state="detached")


VISITS: dict[str, Visit] = {
    "sign in": Visit("sign in", at("/sign-in"), None),
    "wrong password": Visit("sign in", at("/sign-in"), None, wrong_password),
    "code": Visit("code", at("/sign-in"), None, right_password),
    "invitation": Visit("invitation", lambda made: f"/invitation/{made.invite()}", None),
    "accepted": Visit("invitation", lambda made: f"/invitation/{made.invite()}", None, accept),
    "no invitation": Visit("invitation", at("/invitation/none"), None, status=410),
    "account": Visit("account", at("/account")),
    "staff": Visit("staff", at("/staff"), "admin"),
    "member of staff": Visit("member of staff", lambda made: f"/staff/{made.invited}", "admin"),
    "record": Visit("record", at("/audit"), "auditor"),
    "cases": Visit("cases", at("/cases"), "officer"),
    "all cases": Visit("cases", at("/cases?tab=all")),
    "no cases": Visit("cases", at("/cases?tab=all&origin=VN")),
    **{
        f"case {state.value}": Visit("case", case_in(state), "officer")
        for state in State
        if state not in {State.OFFERED, State.DECLINED}
    },
    "charts": Visit("charts", at("/charts")),
    "no such page": Visit("", at("/no/such/page"), status=404),
    "not allowed": Visit("", at("/staff"), status=403),
}


@pytest.mark.parametrize(
    ("width", "language"),
    [(WIDE, "en"), (NARROW, "ar")],
    ids=["desk", "phone-in-Arabic"],
)
@pytest.mark.parametrize("name", VISITS)
def test_a_page_has_no_barrier(
    made: Made, browser: Browser, tmp_path: Path, name: str, width: int, language: str
) -> None:
    visit = VISITS[name]
    with window(browser, width=width, language=language) as seen:
        if visit.role is not None:
            made.sign_in(seen.context, visit.role, language)
        answer = seen.page.goto(made.address + visit.path(made))
        assert answer is not None and answer.status == visit.status
        visit.first(seen.page, made)
        seen.page.evaluate(OPEN_ALL)
        assert seen.page.locator("h1").count() == 1
        assert seen.complaints == []
        assert seen.wider_than_its_window() == 0
        assert barriers(seen.page) == []
        direction = seen.page.evaluate("getComputedStyle(document.documentElement).direction")
        assert direction == ("rtl" if seen.page.locator("html[lang=ar]").count() else "ltr")


def test_every_page_is_looked_at(made: Made) -> None:
    routes = made.console.inner.state.routes
    pages = {route.name for route in routes if route.method == "GET" and not route.background}
    assert pages - NO_PAGES == {visit.route for visit in VISITS.values()} - {""}
