"""Every page and form of the console, as everybody and as nobody: who must not, does not get in.

The list of routes is the console's own, so a new page is walked without being named here.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from console_house import PATH, Browser, Console
from fastapi.routing import APIRoute

from safar.cases.states import State
from safar.console.routing import PUBLIC, SIGNED_IN, PageRoute, Pages
from safar.console.security import HEADERS
from safar.staff.permissions import ALLOWED, ROLES, Permission, Role

# Pages that nobody needs to sign in for; a new one is put here on purpose.
OPEN = {
    "static",
    "sign in",
    "give password",
    "code",
    "give code",
    "single sign-on",
    "back from single sign-on",
    "invitation",
    "accept invitation",
}


@pytest.fixture
def routes(console: Console) -> tuple[PageRoute, ...]:
    return console.inner.state.routes  # type: ignore[no-any-return]


def filled(route: PageRoute, values: dict[str, Any]) -> str:
    """The path of a route with something in each of its places."""
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: str(values.get(found[1], "1")), route.path)


def call(browser: Browser, route: PageRoute, values: dict[str, Any], **form: Any) -> Any:
    path = filled(route, values)
    if route.method == "GET":
        return browser.see(path)
    return browser.submit(path, **form)


@pytest.fixture
def values(console: Console) -> dict[str, Any]:
    """What stands in the places of paths: a case of the desk, a colleague with an account."""
    case = console.case_in(State.ACKNOWLEDGED)
    console.as_("doha2")
    return {"case_id": case.id, "staff_id": console.cases.staff["doha2"], "file": "console.css"}


def test_every_route_is_made_by_pages(console: Console, routes: tuple[PageRoute, ...]) -> None:
    known = {(route.method, route.path) for route in routes}
    there = {
        (method, route.path)
        for route in console.inner.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert there == known
    assert len(console.inner.routes) == len(known), "something was mounted past the doors"


def test_every_route_says_what_it_needs(routes: tuple[PageRoute, ...]) -> None:
    assert len(routes) > 20
    for route in routes:
        assert isinstance(route.needs, Permission) or route.needs in {PUBLIC, SIGNED_IN}
    assert {route.name for route in routes if route.needs is PUBLIC} == OPEN
    names = [route.name for route in routes]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_a_route_without_needs_cannot_be_made() -> None:
    for method in (Pages().get, Pages().post):
        parameters = inspect.signature(method).parameters
        assert parameters["needs"].default is inspect.Parameter.empty
        with pytest.raises(TypeError):
            method("/nowhere", name="nowhere")  # type: ignore[call-arg]


def test_nobody_gets_in_without_signing_in(
    console: Console, routes: tuple[PageRoute, ...], values: dict[str, Any]
) -> None:
    for route in routes:
        if route.needs is PUBLIC:
            continue
        answer = call(console.browser(), route, values)
        where = answer.headers.get("location", "")
        assert answer.status_code == 303, (route.path, answer.status_code)
        assert where.startswith(f"{PATH}/sign-in"), route.path
        assert answer.text == "", route.path


def test_the_script_is_told_to_lead_to_the_sign_in_page(
    console: Console, routes: tuple[PageRoute, ...], values: dict[str, Any]
) -> None:
    for route in routes:
        if route.needs is PUBLIC:
            continue
        browser = console.browser()
        browser.headers["HX-Request"] = "true"
        answer = call(browser, route, values)
        assert answer.status_code == 401, route.path
        assert answer.headers["HX-Redirect"] == f"{PATH}/sign-in", route.path


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_in_where_it_may_and_nowhere_else(
    console: Console, routes: tuple[PageRoute, ...], values: dict[str, Any], role: Role
) -> None:
    browser = console.signed_in(role)
    for route in routes:
        if route.name == "sign out":
            continue
        answer = call(browser, route, values)
        refused = isinstance(route.needs, Permission) and route.needs not in ALLOWED[role]
        said = (role, route.method, route.path, answer.status_code)
        if refused:
            assert answer.status_code == 403, said
            assert "Your role does not allow this" in answer.text, said
        else:
            assert answer.status_code != 401 and answer.status_code < 500, said
            assert "Your role does not allow this" not in answer.text, said
            assert not answer.headers.get("location", "").startswith(f"{PATH}/sign-in"), said


@pytest.mark.parametrize("role", ROLES)
def test_no_form_is_taken_without_its_token(
    console: Console, routes: tuple[PageRoute, ...], values: dict[str, Any], role: Role
) -> None:
    browser = console.signed_in(role)
    other = console.signed_in(role)
    for route in routes:
        may = not isinstance(route.needs, Permission) or route.needs in ALLOWED[role]
        if route.method != "POST" or not may:
            continue
        for token in ("", "x" * 64, other.csrf, browser.csrf[:-1]):
            browser_with = console.browser()
            browser_with.cookies = browser.cookies
            browser_with.csrf = token
            answer = call(browser_with, route, values)
            assert answer.status_code == 403, (route.path, token)
            assert "too old, or came from another site" in answer.text, route.path


def test_every_answer_has_the_headers(
    console: Console, routes: tuple[PageRoute, ...], values: dict[str, Any]
) -> None:
    browsers = [console.browser(), *(console.signed_in(role) for role in ROLES)]
    for route in routes:
        for browser in browsers:
            answer = call(browser, route, values)
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS, route.path
            kept = "immutable" if route.name == "static" else "no-store"
            assert kept in answer.headers["Cache-Control"], route.path
            assert "set-cookie" not in answer.headers or "HttpOnly" in answer.headers["set-cookie"]


def test_only_forms_change_something(routes: tuple[PageRoute, ...]) -> None:
    assert {route.method for route in routes} <= {"GET", "POST"}
    assert not [route for route in routes if route.background and route.method != "GET"]
