"""The browser of the tests: Debian's Chromium, which is installed here if it is missing."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # It looks for nothing outside by itself: no updates, no lists, no accounts.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


class NoBrowserError(RuntimeError):
    """There is no browser; the message says how to get it."""


def chromium() -> str:
    """Return the program, after installing it where that can be done."""
    found = _there()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        # Tests that run beside each other wait for the one that installs it.
        with (Path(tempfile.gettempdir()) / "safar-chromium.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = _there() or _installed()
    if found is None:
        raise NoBrowserError(
            "The tests of the console need Chromium. Install it with: sudo apt-get install chromium"
        )
    return found


def _there() -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def _installed() -> str | None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ("update", "install --yes --no-install-recommends chromium"):
        ran = subprocess.run(
            ["apt-get", "-qq", *command.split()], env=quiet, capture_output=True, check=False
        )
        if ran.returncode != 0:
            said = ran.stderr.decode(errors="replace").strip().splitlines()
            raise NoBrowserError(f"Chromium could not be installed: {' '.join(said[-2:])}")
    return _there()
