"""A worker in trouble and an officer: from the first text to the closed case, all of it real.

Gateway, worker, dispatcher and simulator run as an operator starts them. Two browsers are in it: a
phone and an officer's desk; and a third, of an officer who must learn nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from safar.phrasing.catalogue import Catalogue
from safar.phrasing.languages import load_languages
from tests.e2e.console.axe import barriers
from tests.e2e.console.browsing import picture, window
from tests.e2e.console.worker_and_officers import REFERENCE, Officer, Phone, invite
from tests.e2e.services import ROOT, House, make_house
from tests.peers.ports import free_port

VARIANT = "ne"
TROUBLE = "साउदीमा मालिकले कोठामा थुनेर कुट्छ, मलाई बचाउनुहोस्"
MORE = "मेरो तलब पनि दिएका छैनन्"
REPLY = "हामी तपाईंलाई लिन आउँदैछौं। ढोका नखोल्नुहोस्।"
DESK, OTHER_DESK = "sample-ngo-gulf", "sample-np-doha"
OF_TWILIO = {f"SAFAR_TWILIO_{name}" for name in ("ACCOUNT_SID", "AUTH_TOKENS", "API_BASE_URL")}
LIVE_WITHIN = 90_000
"""Milliseconds in which a page that looks every four seconds must show what is new, on a machine
that does other work."""


@pytest.fixture
def house(tmp_path: Path, registry_path: Path, model_path: Path) -> Iterator[House]:
    """`safar run` with the simulator and the console, and no provider."""
    made = make_house(
        tmp_path,
        registry_path,
        model_path,
        free_port(),
        free_port(),
        without=OF_TWILIO,
        SAFAR_PUBLIC_BASE_URL="",
        SAFAR_SIMULATOR="true",
        SAFAR_CONSOLE="true",
    )
    made.start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def words() -> Catalogue:
    return Catalogue.load(ROOT / "locales", load_languages(ROOT / "content" / "languages.yaml"))


@dataclass
class Story:
    """Who is in it, and how far it has come."""

    console: str
    phone: Phone
    officer: Officer
    stranger: Officer
    pictures: Path
    reference: str = ""
    number: str = ""

    @property
    def page(self) -> Page:
        """The officer's."""
        return self.officer.page

    @property
    def address(self) -> str:
        return f"{self.console}/cases/{self.number}"

    def show(self, name: str, page: Page | None = None) -> None:
        """Take a picture of the officer's page as it is, which must have no barrier."""
        if page is None:
            assert barriers(self.page) == []
        picture(page or self.page, self.pictures, name)

    def the_worker_asks_for_a_person(self) -> None:
        """By writing of trouble, and choosing by number what is offered."""
        numbers = self.phone.ask(TROUBLE)
        question = self.phone.choose("talk_to_person", numbers)
        opened = self.phone.choose("case_self", question)
        found = REFERENCE.search(opened)
        assert found is not None, opened
        self.reference = found[0]
        self.show("phone", self.phone.page)

    def the_case_comes_to_the_screen_by_itself(self) -> None:
        row = self.officer.row(self.reference)
        expect(row).to_be_visible(timeout=LIVE_WITHIN)
        expect(row).to_contain_text("Red")
        self.show("queue")
        row.get_by_role("link").click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self.reference)
        expect(self.page.locator("#live")).to_contain_text(TROUBLE)
        self.number = self.page.url.partition("?")[0].rpartition("/")[2]
        self.show("case")

    def the_officer_takes_it(self) -> None:
        before = self.phone.count()
        self.officer.press("Take the conversation")
        expect(self.officer.state()).to_have_text("An officer has the conversation")
        self.phone.next_text(before)

    def what_the_worker_writes_comes_to_the_officer_and_the_bot_is_silent(self) -> None:
        before = self.phone.count()
        self.phone.write(MORE)
        expect(self.page.locator("#live")).to_contain_text(MORE, timeout=LIVE_WITHIN)
        assert self.phone.count() == before

    def the_officer_answers_and_it_arrives(self) -> None:
        before = self.phone.count()
        self.page.locator("#reply-text").fill(REPLY)
        expect(self.page.locator("#preview")).to_contain_text("SMS")
        self.show("reply")
        self.officer.press("Send the reply")
        assert REPLY in self.phone.next_text(before)
        assert self.phone.count() == before + 1

    def somebody_of_another_desk_learns_nothing(self) -> None:
        """Whatever address they try, and by looking for the reference."""
        for path, status in (
            (f"/cases/{self.number}", 404),
            (f"/cases/{self.number}/live", 404),
            (f"/cases/{self.number}.pdf", 404),
            ("/cases?tab=all", 200),
            ("/cases/rows?tab=all", 200),
            ("/cases.csv?tab=all", 200),
            ("/charts", 200),
        ):
            answer = self.stranger.window.context.request.get(self.console + path)
            assert (path, answer.status) == (path, status)
            assert self.reference not in answer.text()
            assert TROUBLE not in answer.text()
        self.stranger.page.goto(f"{self.console}/cases")
        self.stranger.page.locator("#q").fill(self.reference)
        self.stranger.press("Find")
        found = self.stranger.page.locator("main")
        expect(found).to_contain_text("There is no such case at your desk.")

    def handed_back_the_bot_answers_again(self) -> None:
        before = self.phone.count()
        self.page.goto(self.address)
        self.officer.press("Hand back to the assistant")
        expect(self.officer.state()).to_have_text("Handed back")
        self.phone.next_text(before)
        assert self.phone.ask("साउदीमा तलब नदिए के गर्ने?")

    def the_officer_closes_it(self) -> None:
        self.page.goto(self.address)
        self.page.get_by_label("How it ended").select_option(label="Helped")
        self.officer.press("Close the case")
        expect(self.officer.state()).to_have_text("Closed")
        self.show("closed")

    def it_leaves_on_paper_and_in_a_table(self) -> None:
        get = self.officer.window.context.request.get
        assert get(f"{self.address}.pdf").body().startswith(b"%PDF-")
        lines = get(f"{self.console}/cases.csv?tab=all").text().splitlines()
        assert lines[1].startswith(f"{self.number},red,closed,helped,")


# Six processes and a browser on a machine that has other tests to play.
@pytest.mark.timeout(600)
def test_from_the_first_text_to_the_closed_case(
    house: House, words: Catalogue, browser: Browser, tmp_path: Path
) -> None:
    console = f"{house.gateway}/console"
    with window(browser) as at_hand, window(browser) as at_desk, window(browser) as elsewhere:
        officer, stranger = Officer(at_desk, console), Officer(elsewhere, console)
        phone = Phone(at_hand, words, VARIANT)
        story = Story(console, phone, officer, stranger, tmp_path)
        for who, desk in ((officer, DESK), (stranger, OTHER_DESK)):
            email = f"supervisor@{desk}.example"
            who.accept(invite(house, email, "Sample Supervisor", "supervisor", desk))
            who.sign_in(email)
        expect(officer.page.locator("#queue")).to_contain_text("There is no case here.")
        phone.open(house.gateway)

        story.the_worker_asks_for_a_person()
        story.the_case_comes_to_the_screen_by_itself()
        story.the_officer_takes_it()
        story.what_the_worker_writes_comes_to_the_officer_and_the_bot_is_silent()
        story.the_officer_answers_and_it_arrives()
        story.somebody_of_another_desk_learns_nothing()
        story.handed_back_the_bot_answers_again()
        story.the_officer_closes_it()
        story.it_leaves_on_paper_and_in_a_table()

        assert at_hand.complaints + at_desk.complaints + elsewhere.complaints == []
