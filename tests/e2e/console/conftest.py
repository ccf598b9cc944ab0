"""A real browser before the console: over a store with made-up cases, or over the real services."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.console.browsing import PATIENCE
from tests.peers.chromium import ARGUMENTS, NoBrowserError, chromium
from tests.peers.ports import free_port

TESTS = Path(__file__).resolve().parents[2]
sys.path += [str(TESTS / "console"), str(TESTS / "cases")]  # for console_house and case_house

from tests.e2e.console.made_up import Made, make  # noqa: E402


# No longer than a file's tests: while it is driven no other test can have an event loop.
@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, one for all tests of a file, with letters for every script."""
    home = tmp_path_factory.mktemp("letters")
    (home / "fonts").symlink_to(str(resources.files("manimgx_fonts")))
    try:
        program = chromium()
    except NoBrowserError as error:
        pytest.fail(str(error), pytrace=False)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program,
            args=list(ARGUMENTS),
            chromium_sandbox=False,
            env={**os.environ, "XDG_DATA_HOME": str(home)},
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, registry_path: Path) -> Iterator[Made]:
    """The console over a store with cases of every kind; its clock stands still."""
    port = free_port()
    with make(tmp_path_factory.mktemp("console"), registry_path, port) as everything:
        server = uvicorn.Server(
            uvicorn.Config(everything.console.app, port=port, log_level="error", ws="none")
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "The console did not start."
            time.sleep(0.02)
        yield everything
        server.should_exit = True
        thread.join(10)
