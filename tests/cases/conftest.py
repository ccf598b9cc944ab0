"""A store with conversations, desks and staff."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from case_house import House
from typer.testing import CliRunner

from safar.cli.content import app
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from tests.fresh_store import prepared

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def keyring() -> KeyRing:
    return KeyRing([KeyRing.generate()], KeyRing.generate())


@pytest.fixture
def house(database_url: str, keyring: KeyRing) -> Iterator[House]:
    database = open_database(prepared(database_url))
    made = House(database, keyring)
    made.hire()
    yield made
    database.close()


@pytest.fixture
def safar_check(tmp_path: Path) -> Callable[[str, str], tuple[int, str]]:
    """`safar content check` of the shipped content with one file changed."""

    def check(name: str, text: str) -> tuple[int, str]:
        content = tmp_path / "shipped" / "content"
        shutil.copytree(ROOT / "content", content)
        (content / name).write_text(text, encoding="utf-8")
        ran = CliRunner().invoke(app, ["check", name, "--content-dir", str(content)])
        return ran.exit_code, ran.output

    return check
