"""One case in a real browser: what is typed stays, what is new comes, what is chosen fills in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from safar.cases.handling import Outcome
from safar.cases.rows import Case
from safar.cases.states import State
from tests.e2e.console.axe import barriers
from tests.e2e.console.browsing import Window, picture, window
from tests.e2e.console.made_up import Made

LIVE_WITHIN = 90_000
"""Milliseconds in which a page that looks every four seconds must show what is new."""
PHONE = "+9779801112233"


@pytest.fixture
def case(made: Made) -> Case:
    """A case that the signed-in officer has taken."""
    case = made.console.case_in(State.WITH_PERSON, phone=PHONE, variant="ne", kind="ask_wages")
    made.console.cases.write(case.conversation_id, "mero kafeelle talab diyena")
    return case


@pytest.fixture
def seen(made: Made, browser: Browser, case: Case) -> Iterator[Window]:
    with window(browser) as opened:
        made.staff["officer", "doha1"] = made.console.cases.staff["doha1"]
        made.sign_in(opened.context, "officer", "doha1")
        opened.page.goto(f"{made.address}/cases/{case.id}")
        yield opened
        assert opened.complaints == []
        # The next one has the same telephone.
        made.console.cases.do("hand_back", case, "doha1")
        made.console.cases.do("close", case, "doha1", Outcome.OTHER)


def test_what_is_new_comes_by_itself_and_what_is_typed_stays(
    made: Made, seen: Window, case: Case
) -> None:
    page = seen.page
    box = page.locator("#reply-text")
    box.fill("I am writing this")
    made.console.cases.write(case.conversation_id, "kahile aunuhunchha?")
    expect(page.get_by_text("kahile aunuhunchha?")).to_be_visible(timeout=LIVE_WITHIN)
    expect(page.locator("#news")).to_have_text("1 new text.")
    expect(box).to_have_value("I am writing this")
    made.console.cases.write(case.conversation_id, "hajur?")
    expect(page.get_by_text("hajur?")).to_be_visible(timeout=LIVE_WITHIN)
    expect(box).to_be_focused()
    assert barriers(page) == []


def test_the_length_is_told_while_one_writes_and_a_ready_answer_is_filled_in(
    seen: Window, tmp_path: Path
) -> None:
    page = seen.page
    page.locator("#reply-text").press_sequentially("न" * 80)
    expect(page.locator("#preview")).to_contain_text("2 SMS (UCS-2)")
    page.locator("#reply-text").fill("Dear Sita,")
    page.locator("summary", has_text="Answers kept ready").click()
    page.get_by_role("button", name="We will call you at").click()
    expect(page.locator("#reply-text")).to_have_value("Dear Sita,\n" + _ready(page))
    expect(page.locator("#preview")).to_contain_text("There is a gap in the reply still.")
    picture(page, tmp_path, "case-reply", whole=True)


def _ready(page: Page) -> str:
    found = page.locator(".ready li", has_text="We will call you at").locator("p").first
    return str(found.inner_text())


def test_the_number_is_shown_in_its_place_and_gone_after_loading_anew(seen: Window) -> None:
    page = seen.page
    expect(page.locator("#number")).to_contain_text("+977 •••• ••33")
    assert PHONE not in page.content()
    page.locator("#number button").click()
    expect(page.locator("#telephone")).to_have_text(PHONE)
    assert PHONE not in page.url
    page.reload()
    assert PHONE not in page.content()


def test_with_keys_alone_a_note_is_kept(seen: Window) -> None:
    page = seen.page
    page.locator("#note-text").focus()
    page.keyboard.type("Called the employer.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_have_text("The note is kept.")
    expect(page.locator(".text.note .words")).to_have_text("Called the employer.")
