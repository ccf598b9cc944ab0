"""What the tests run on Node: pinned by hash, from no registry in particular, and it loads."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.peers.nodejs import FOLDER, NoNodeError, node, package_file

LOCK = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))
PACKAGES = {name: entry for name, entry in LOCK["packages"].items() if name}


def test_every_package_is_pinned_by_hash_and_names_no_registry() -> None:
    assert len(PACKAGES) > 300
    assert {name for name, entry in PACKAGES.items() if "integrity" not in entry} == set()
    assert {name for name, entry in PACKAGES.items() if "resolved" in entry} == set()


def test_the_versions_are_exact() -> None:
    wanted = json.loads((FOLDER / "package.json").read_text("utf-8"))["dependencies"]
    locked = {name: PACKAGES[f"node_modules/{name}"]["version"] for name in wanted}
    assert locked == wanted


@pytest.mark.parametrize("name", ["smpp", "sms-segments-calculator"])
def test_a_package_loads(name: str) -> None:
    ran = subprocess.run([node(), "-e", f"require({name!r})"], cwd=FOLDER, check=False)
    assert ran.returncode == 0


def test_a_package_that_is_not_there_says_how_to_get_it() -> None:
    with pytest.raises(NoNodeError, match="make dev"):
        package_file("no-such-package/index.js")
