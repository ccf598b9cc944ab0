"""What guards the pages: other sites, long forms, scripts, mistakes, and words of others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from console_house import PATH, Console

from safar.console import app as console_app
from safar.console.security import HEADERS
from safar.store.errors import StoreUnavailableError

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "safar" / "console" / "templates").rglob("*.html"))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_from_another_site_is_refused_though_its_token_is_right(
    console: Console, site: str
) -> None:
    browser = console.signed_in("officer")
    browser.headers["Sec-Fetch-Site"] = site
    assert browser.submit("/account/language", language="en").status_code == 403
    browser.headers["Sec-Fetch-Site"] = "same-origin"
    assert browser.submit("/account/language", language="en").status_code == 303


def test_the_script_sends_the_token_in_a_header(console: Console) -> None:
    browser = console.signed_in("officer")
    token, browser.csrf = browser.csrf, ""
    browser.headers["X-CSRF-Token"] = token
    assert browser.submit("/account/language", language="en").status_code == 303
    browser.headers["X-CSRF-Token"] = "wrong"
    browser.csrf = token
    assert browser.submit("/account/language", language="en").status_code == 403


def test_a_file_in_place_of_the_token_is_refused(console: Console) -> None:
    browser = console.signed_in("officer")
    sent = browser.post(f"{PATH}/account/language", files={"csrf": ("x", b"y")})
    assert sent.status_code == 403


def test_before_signing_in_a_form_needs_the_cookie_of_its_page(console: Console) -> None:
    browser = console.browser()
    shown = browser.see("/sign-in")
    token = re.search(r'name="csrf" value="([^"]+)"', shown.text)[1]  # type: ignore[index]
    browser.csrf = token
    assert browser.submit("/sign-in", email="a@b.example", password="x").status_code == 401
    other = console.browser()
    other.csrf = token
    assert other.submit("/sign-in", email="a@b.example", password="x").status_code == 403


def test_a_long_form_is_not_read(console: Console) -> None:
    browser = console.signed_in("officer")
    answer = browser.submit("/account/language", language="x" * 1_000_001)
    assert answer.status_code == 413
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS

    def in_pieces():  # type: ignore[no-untyped-def]
        yield f"csrf={browser.csrf}&language=".encode()
        for _ in range(200):
            yield b"x" * 10_000

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = browser.post(f"{PATH}/account/language", content=in_pieces(), headers=form)
    assert sent.status_code in {400, 413}


@pytest.mark.parametrize("content", [b"\xff\xfe=%%%", b"csrf", b"&" * 5000, b"a=1&" * 3000, b"\0"])
def test_a_broken_form_is_refused_in_a_sentence(console: Console, content: bytes) -> None:
    browser = console.signed_in("officer")
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        sent = browser.post(
            f"{PATH}/account/password", content=content, headers={"Content-Type": kind}
        )
        assert sent.status_code in {400, 403}, sent.text
        assert "<h1>That did not work</h1>" in sent.text


def test_the_sign_that_no_keyboard_has_goes_no_further(console: Console) -> None:
    # PostgreSQL cannot keep it, so it would end as a mistake of ours.
    browser = console.signed_in("officer")
    for path in ("/cases/%00", "/cases?q=%00", "/static/a%00"):
        assert browser.see(path).status_code == 404
    assert browser.submit("/account/language", language="e\0n").status_code == 403
    assert browser.submit("/account/language", **{"langu\0age": "en"}).status_code == 403


def test_our_own_mistake_shows_nothing_and_has_the_headers(console: Console) -> None:
    browser = console.signed_in("officer")
    browser._transport.raise_server_exceptions = False

    def broken() -> None:
        raise ZeroDivisionError("a text of a person")

    object.__setattr__(console.house, "clock", broken)
    answer = browser.see("/account")
    assert answer.status_code == 500
    assert "person" not in answer.text
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_a_store_that_is_away_is_said_in_a_sentence(console: Console, monkeypatch) -> None:
    from safar.console.pages import account

    browser = console.signed_in("officer")

    def away(*_: object) -> None:
        raise StoreUnavailableError("away", "secret address")

    monkeypatch.setattr(account.accounts, "read", away)
    answer = browser.see("/account")
    assert answer.status_code == 503
    assert "does not answer just now" in answer.text and "secret" not in answer.text


@pytest.mark.parametrize(
    "path", ["/no/such", "/cases/12/nothing", "/static/../app.py", "/static/%2e%2e/app.py"]
)
def test_what_is_not_there_is_said_in_a_sentence(console: Console, path: str) -> None:
    answer = console.signed_in("officer").see(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_the_policy_lets_nothing_in_from_elsewhere_and_no_script_of_a_page() -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert set(policy.values()) <= {"'none'", "'self'"}
    assert {"script-src", "style-src", "form-action", "frame-ancestors", "base-uri"} <= set(policy)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_script_or_style_of_its_own(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.findall(r"<style|\sstyle=|\son\w+=|\shx-on|javascript:|hx-vals=.js:", text)
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_translate_only_what_stands_in_them(template: Path) -> None:
    # What `_` returns is not escaped any more, so no word of a person may go through it.
    text = template.read_text("utf-8")
    assert re.findall(r"(?<![\w.])_\((?!\s*[\"'])", text) == []
    assert re.findall(r"ngettext\((?!\s*[\"'])", text) == []


def test_words_of_people_are_escaped(console: Console) -> None:
    nasty = "<script>alert(1)</script>&\"'"
    staff_id = console.hire("officer", name=nasty)
    text = console.sign_in(staff_id).see("/account").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#34;&#39;" in text


def test_files_are_kept_for_ever_and_their_address_changes_with_them(console: Console) -> None:
    shown = console.browser().see("/sign-in").text
    for path in re.findall(r'(?:href|src)="(/console/static/[^"]+)"', shown):
        answer = console.browser().get(path)
        assert answer.status_code == 200
        assert re.search(r"\?v=[0-9a-f]{12}$", path)
    assert "htmx" in console.browser().see("/static/htmx.js").text[:200]


def test_the_script_runs_nothing_that_a_page_brings(console: Console) -> None:
    shown = console.browser().see("/sign-in").text
    settings = re.search(r"name=\"htmx-config\" content='([^']+)'", shown)[1]  # type: ignore[index]
    off = ("allowEval", "includeIndicatorStyles", "allowScriptTags")
    words = [*(f'"{name}": false' for name in off), '"selfRequestsOnly": true']
    for word in (*words, '"historyCacheSize": 0'):
        assert word in settings


def test_https_is_asked_for_ever_once_the_console_is_reached_so(console_with) -> None:
    with_https = console_with(public_base_url="https://safar.example.org")
    answer = with_https.browser("https://safar.example.org").see("/sign-in")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    plain = console_with().browser().see("/sign-in")
    assert "Strict-Transport-Security" not in plain.headers


def test_without_a_slash_it_leads_to_the_console(console: Console) -> None:
    assert console.browser().get(PATH).headers["location"] == f"{PATH}/"
    assert console_app.PATH == PATH


def test_a_page_that_renews_itself_does_not_keep_a_session_alive(console: Console) -> None:
    background = [route for route in console.inner.state.routes if route.background]
    assert background, "the list of cases renews itself"
    browser = console.signed_in("officer")
    for _ in range(6):
        console.cases.pass_(5)
        answer = browser.see(background[0].path.replace("{case_id}", "1"))
    assert answer.status_code in {303, 401}
