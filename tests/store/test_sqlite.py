from __future__ import annotations

import sqlite3

import pytest

from safar.store.sqlite import SqliteLibrary, Version, choose, installed, wal_is_safe


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        pytest.param((3, 40, 1), False, id="Debian 12"),
        pytest.param((3, 44, 5), False, id="before the mended 3.44 line"),
        pytest.param((3, 44, 6), True, id="mended 3.44 line"),
        pytest.param((3, 45, 0), False, id="after the 3.44 line"),
        pytest.param((3, 50, 7), True, id="mended 3.50 line"),
        pytest.param((3, 51, 2), False, id="last bad one"),
        pytest.param((3, 51, 3), True, id="first good one"),
        pytest.param((3, 53, 4), True, id="the wheel"),
    ],
)
def test_wal_is_safe(version: Version, safe: bool) -> None:
    assert wal_is_safe(version) is safe


@pytest.mark.parametrize(
    ("versions", "chosen", "journal"),
    [
        pytest.param([(3, 53, 4), (3, 40, 1)], (3, 53, 4), "wal", id="good wheel"),
        pytest.param([(3, 51, 1), (3, 53, 4)], (3, 53, 4), "wal", id="bad wheel, good system"),
        pytest.param([(3, 51, 1), (3, 40, 1)], (3, 51, 1), "delete", id="both bad"),
        pytest.param([(3, 40, 1)], (3, 40, 1), "delete", id="no wheel"),
    ],
)
def test_choice_of_library(versions: list[Version], chosen: Version, journal: str) -> None:
    found = choose([SqliteLibrary("any", version, sqlite3) for version in versions])
    assert (found.version, found.journal_mode) == (chosen, journal)


def test_system_library_is_always_found() -> None:
    assert "sqlite3" in {library.name for library in installed()}
