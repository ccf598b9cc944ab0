"""What people do: a worker with a telephone, staff with a browser; they go by what they read."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect
from pyotp import TOTP

from safar.messaging.options import to_ascii_digits
from safar.phrasing.catalogue import Catalogue
from safar.phrasing.values import Phrase
from tests.e2e.console.browsing import Window
from tests.e2e.services import House

PASSWORD = "four words that differ"
REFERENCE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b")
_OPTION = re.compile(r"^\W*(\d{1,2})\W+(.+?)\W*$")
ANSWERED_WITHIN = 120_000
"""Milliseconds; the first answer waits until the worker has loaded its model."""


@dataclass
class Phone:
    """A worker's telephone, which is the simulator's page."""

    window: Window
    words: Catalogue
    variant: str

    @property
    def page(self) -> Page:
        return self.window.page

    def open(self, gateway: str) -> None:
        self.page.goto(f"{gateway}/simulator/")

    def texts(self) -> list[str]:
        """What Safar has written, oldest first."""
        return [each.strip() for each in self._theirs().all_inner_texts()]

    def write(self, text: str) -> None:
        """Write something and wait until it is on its way."""
        mine = self.page.locator(".bubble.mine p")
        before = mine.count()
        self.page.locator("#text").fill(text)
        self.page.keyboard.press("Enter")
        expect(mine).to_have_count(before + 1)

    def ask(self, text: str) -> str:
        """Write something and return what is answered to it."""
        before = self._theirs().count()
        self.write(text)
        return self.next_text(before)

    def choose(self, option: str, offered: str) -> str:
        """Choose an option by the number that stands before it in a text; return the answer."""
        title = self.words.phrase(Phrase(id=f"option.{option}"), self.variant)
        for line in offered.splitlines():
            found = _OPTION.match(to_ascii_digits(line))
            if found is not None and title in line:
                return self.ask(found[1])
        raise AssertionError(f"{title!r} is not offered in:\n{offered}")

    def next_text(self, before: int) -> str:
        """Wait for one text more than there were; return it."""
        expect(self._theirs()).not_to_have_count(before, timeout=ANSWERED_WITHIN)
        return "\n".join(self.texts()[before:])

    def count(self) -> int:
        return self._theirs().count()

    def _theirs(self) -> Locator:
        return self.page.locator("#bubbles .bubble.theirs p")


@dataclass
class Officer:
    """A member of staff and their browser."""

    window: Window
    console: str
    secret: str = field(default="", repr=False)

    @property
    def page(self) -> Page:
        return self.window.page

    def accept(self, link: str) -> None:
        """Open the invitation and set up password and authenticator."""
        page = self.page
        page.goto(link)
        for label in ("Password", "The same password again"):
            page.get_by_label(label, exact=True).fill(PASSWORD)
        self.secret = page.locator(".code").inner_text().replace(" ", "")
        page.get_by_label("The six digits that it shows now").fill(TOTP(self.secret).now())
        page.get_by_role("button", name="Set up").click()
        expect(page.locator("#code")).to_have_count(0)

    def sign_in(self, email: str) -> None:
        page = self.page
        page.goto(f"{self.console}/sign-in")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main form button").click()
        # Each code is good once, so this is the one that comes next: a telephone may go fast.
        page.locator("#code").fill(TOTP(self.secret).at(int(time.time()) + 30))
        page.locator("main form button").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Cases")

    def row(self, reference: str) -> Locator:
        return self.page.locator("#queue tr", has_text=reference)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button).click()

    def state(self) -> Locator:
        return self.page.locator("dl.stand dd").first


def invite(house: House, email: str, name: str, role: str, desk: str) -> str:
    """Do what an operator does for a new member of staff; return the link of the invitation."""
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "safar", "staff", "invite", email),
            *("--name", name, "--role", role, "--desk", desk),
        ],
        cwd=house.folder,
        env=house.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"/console/invitation/\S+", ran.stdout)
    assert found is not None, ran.stdout
    return house.gateway + found[0]
