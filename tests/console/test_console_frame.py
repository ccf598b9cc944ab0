"""The frame of all pages: who is let in, what leads where, which headers every answer has."""

from __future__ import annotations

import pytest
from console_house import PATH, Console

from safar.cases.states import State
from safar.console.security import HEADERS
from safar.staff.permissions import ROLES

pytestmark = pytest.mark.both_databases


def test_nobody_is_led_to_the_sign_in_page(console: Console) -> None:
    answer = console.browser().see("/")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}/sign-in")


@pytest.mark.parametrize("role", ROLES)
def test_everybody_has_a_first_page(console: Console, role) -> None:
    answer = console.signed_in(role).see("/")
    where = {"officer": "/cases", "supervisor": "/cases", "editor": "/charts"}
    expected = where.get(role, "/staff" if role == "admin" else "/audit")
    assert answer.headers["location"] == PATH + expected


@pytest.mark.parametrize("path", ["/", "/static/console.css", "/static/htmx.js", "/no/such/page"])
def test_every_answer_has_the_headers(console: Console, path: str) -> None:
    answer = console.browser().see(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.value)
def test_a_case_can_be_made_in_any_state(console: Console, state: State) -> None:
    assert console.case_in(state).state is state
