"""A browser in which one person works, and what it complained of meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

WIDE, NARROW = 1280, 320
"""Of a desk's screen, and the narrowest at which a page must be read without scrolling sideways."""
HEIGHT = 800
PATIENCE = 90_000
"""Milliseconds until something is taken for missing."""
PICTURES = os.environ.get("SAFAR_PICTURES", "")
"""Folder for the pictures of the docs; see `make pictures`."""


@dataclass
class Window:
    """One person's browser.

    Attributes:
        complaints: What the browser said was wrong: scripts, styles or calls that were refused or
            failed. There must be none.
    """

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # An answer such as 403 is what some tests are about; `_answered` sees the bad ones.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _failed(self, request: Request) -> None:
        # A page that is left drops what it was asking for.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")

    def wider_than_its_window(self) -> int:
        """How many pixels of the page are out of sight to the side."""
        return int(
            self.page.evaluate(
                "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
            )
        )


@contextmanager
def window(
    browser: Browser, *, width: int = WIDE, language: str = "en", **more: object
) -> Iterator[Window]:
    """Open a browser of its own, with cookies of its own."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        locale=language,
        color_scheme="light",
        reduced_motion="reduce",
        **more,  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE)
    made = Window(context, context.new_page())
    made.watch()
    try:
        yield made
    finally:
        context.close()


def picture(page: Page, folder: Path, name: str, *, whole: bool = False) -> Path:
    """Take a picture for the docs: into the docs where that is asked for, else into `folder`."""
    target = Path(PICTURES) if PICTURES else folder
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{name}.png"
    page.screenshot(path=path, full_page=whole, animations="disabled", caret="hide", scale="css")
    assert path.stat().st_size > 5_000, f"There is nothing on {path}."
    return path
