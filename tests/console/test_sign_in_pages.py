"""Signing in through the pages: from the invitation to the first page, and every way it fails."""

from __future__ import annotations

import re

import pytest
from console_house import BASE, PATH, Console
from console_visitors import (
    ANN,
    BEN,
    GOOD,
    accept,
    code,
    come_in,
    cookies_of,
    fill,
    invite,
    set_up,
)

from safar.console.pages.sign_in import local
from safar.staff.throttle import ACCOUNT

pytestmark = pytest.mark.both_databases
WRONG = "quiet lemon ladder sunset"


def test_from_the_invitation_to_the_first_page(console: Console) -> None:
    secret = set_up(console)
    browser = come_in(console, secret)
    assert browser.see("/").headers["location"] == f"{PATH}/cases"
    assert "Ann Lee" in browser.see("/account").text


def test_an_invitation_shows_its_square_and_its_letters_and_works_once(console: Console) -> None:
    link = invite(console)
    shown = console.browser().see(link)
    assert "<svg" in shown.text and ANN in shown.text
    done, _ = accept(console, link)
    assert len(re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", done.text)) == 10
    again = console.browser().see(link)
    assert again.status_code == 410 and "used already" in again.text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"password": "short", "again": "short"}, "too short"),
        ({"again": GOOD + "!"}, "not the same"),
        ({"code": "000000"}, "This code is not right"),
        ({"name": ""}, "Write a name"),
    ],
)
def test_what_will_not_do_is_told_and_can_be_mended(
    console: Console, changes: dict[str, str], told: str
) -> None:
    link = invite(console)
    answer, _ = accept(console, link, **changes)
    assert answer.status_code == 422 and told in answer.text
    assert GOOD not in answer.text, "a password never comes back in a page"
    assert accept(console, link)[0].status_code == 200


def test_a_wrong_password_and_an_unknown_address_look_the_same(console: Console) -> None:
    set_up(console)
    pages = []
    for email, password in ((ANN, WRONG), (BEN, GOOD)):
        answer = fill(console.browser(), "/sign-in", email=email, password=password)
        assert answer.status_code == 401
        pages.append(re.sub(r'value="[^"]*"|"X-CSRF-Token": "[^"]*"', "", answer.text))
    assert pages[0] == pages[1]
    assert "is not right" in pages[0]


def test_after_some_guesses_the_page_says_how_long_to_wait(console: Console) -> None:
    set_up(console)
    browser = console.browser()
    for _ in range(ACCOUNT.free + 1):
        assert fill(browser, "/sign-in", email=ANN, password=WRONG).status_code == 401
    answer = fill(browser, "/sign-in", email=ANN, password=GOOD)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) in range(1, 60)
    assert "Try again in 1 minute." in answer.text


def test_a_code_that_was_used_is_refused(console: Console) -> None:
    secret = set_up(console)
    come_in(console, secret)
    browser = console.browser()
    fill(browser, "/sign-in", email=ANN, password=GOOD)
    answer = fill(browser, "/sign-in/code", code=code(console, secret))
    assert answer.status_code == 401 and "was used already" in answer.text


def test_the_password_alone_opens_nothing(console: Console) -> None:
    set_up(console)
    browser = console.browser()
    fill(browser, "/sign-in", email=ANN, password=GOOD)
    for path in ("/", "/cases", "/account"):
        assert browser.see(path).headers["location"].startswith(f"{PATH}/sign-in")


def test_the_page_of_the_code_needs_the_password_first(console: Console) -> None:
    assert console.browser().see("/sign-in/code").headers["location"] == f"{PATH}/sign-in"
    browser = console.browser()
    answer = fill(browser, "/sign-in", "/sign-in/code", code="123456")
    assert answer.headers["location"] == f"{PATH}/sign-in"


def test_it_leads_back_to_the_page_that_was_wanted(console: Console) -> None:
    secret = set_up(console)
    browser = console.browser()
    sent = browser.see("/cases?risk=red").headers["location"]
    assert sent == f"{PATH}/sign-in?next=/cases%3Frisk%3Dred"
    shown = browser.get(sent)
    assert 'name="next" value="/cases?risk=red"' in shown.text
    first = fill(browser, "/sign-in", email=ANN, password=GOOD, next="/cases?risk=red")
    assert first.headers["location"] == f"{PATH}/sign-in/code?next=/cases%3Frisk%3Dred"
    second = fill(browser, "/sign-in/code", code=code(console, secret), next="/cases?risk=red")
    assert second.headers["location"] == f"{PATH}/cases?risk=red"


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "evil",
        "",
        "/a\nSet-Cookie: x",
        "javascript:alert(1)",
        "/" + "x" * 500,
    ],
)
def test_it_leads_to_no_other_site(path: str) -> None:
    assert local(path) == "/"


def test_signing_out_ends_the_session_and_takes_the_cookie(console: Console) -> None:
    browser = come_in(console, set_up(console))
    kept = dict(browser.cookies)
    answer = fill(browser, "/account", "/sign-out")
    assert answer.headers["location"] == f"{PATH}/sign-in"
    assert cookies_of(answer)["safar_session"]["max-age"] == "0"
    thief = console.browser()
    thief.cookies.update(kept)
    assert thief.see("/account").status_code == 303


def test_the_session_ends_by_itself(console: Console) -> None:
    browser = come_in(console, set_up(console))
    console.cases.pass_(29)
    assert browser.see("/account").status_code == 200
    console.cases.pass_(30)
    assert browser.see("/account").status_code == 303


def test_after_signing_in_the_cookie_is_another(console: Console) -> None:
    secret = set_up(console)
    browser = console.browser()
    first = cookies_of(fill(browser, "/sign-in", email=ANN, password=GOOD))
    second = cookies_of(fill(browser, "/sign-in/code", code=code(console, secret)))
    assert first["safar_session"]["value"] != second["safar_session"]["value"]


@pytest.mark.parametrize(
    ("base_url", "public", "name", "secure"),
    [
        pytest.param(BASE, "", "safar_session", False, id="on this machine"),
        pytest.param("http://localhost:8080", "", "safar_session", False, id="by name"),
        pytest.param("https://safar.example.org", "https://safar.example.org",
                     "__Host-safar_session", True, id="by https"),
        pytest.param("https://10.0.0.5", "", "__Host-safar_session", True, id="elsewhere"),
        pytest.param(BASE.replace("http", "https"), "https://safar.example.org",
                     "__Host-safar_session", True, id="behind a proxy"),
    ],
)  # fmt: skip
def test_the_cookie_is_closed_to_scripts_and_other_sites(
    console_with, base_url: str, public: str, name: str, secure: bool
) -> None:
    console = console_with(public_base_url=public)
    link = invite(console_with())
    _, secret = accept(console_with(), link)
    console.cases.pass_(1)
    browser = console.browser(base_url)
    fill(browser, "/sign-in", email=ANN, password=GOOD)
    set_ = cookies_of(fill(browser, "/sign-in/code", code=code(console, secret)))[name]
    assert ("httponly" in set_, set_["samesite"], set_["path"]) == (True, "strict", "/")
    assert ("secure" in set_) == secure
    assert "domain" not in set_
    assert int(set_["max-age"]) == 10 * 3600


def test_whoever_comes_by_a_link_in_a_mail_is_not_asked_to_sign_in_again(console: Console) -> None:
    # The browser holds our cookie back at first; it sends it once a page of ours asks.
    answer = console.browser().see("/cases/12", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    (where,) = re.findall(r'content="0; url=/console(/[^"]+)"', answer.text)
    assert where == "/sign-in?next=/cases/12"
    signed_in = console.signed_in("officer").see(where)
    assert signed_in.headers["location"] == f"{PATH}/cases/12"
    assert "Password" in console.browser().see(where).text


def test_whoever_is_signed_in_sees_no_sign_in_page(console: Console) -> None:
    browser = console.signed_in("officer")
    assert browser.see("/sign-in").headers["location"] == f"{PATH}/"
    assert browser.see("/sign-in/code").headers["location"] == f"{PATH}/"


def test_without_single_sign_on_there_is_none(console: Console) -> None:
    assert "Single sign-on" not in console.browser().see("/sign-in").text
    assert console.browser().see("/sign-in/single").status_code == 404
    assert console.browser().see("/sign-in/back?code=x&state=y").status_code == 404
