"""A store in a temporary file, with keys made for the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from safar.store import backup
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from safar.store.restore import Order, Restored, restore
from tests.clock import NOW
from tests.filled_store import Filled
from tests.fresh_store import prepared

LATER = NOW + timedelta(hours=14)
"""When a backup of `NOW` is put back."""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def keyring() -> KeyRing:
    return KeyRing([KeyRing.generate()], KeyRing.generate())


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(prepared(database_url), busy_timeout_ms=2_000)
    yield opened
    opened.close()


@pytest.fixture
def other(new_database_url: Callable[[], str], database: Database) -> Iterator[Database]:
    """An empty store beside the first one."""
    opened = open_database(prepared(new_database_url()))
    yield opened
    opened.close()


@pytest.fixture
def filled(database: Database, keyring: KeyRing) -> Filled:
    """That store, and what fills it."""
    return Filled(database, keyring)


@pytest.fixture
def saved(filled: Filled, tmp_path: Path) -> Callable[[], Path]:
    """Make a backup of the store as it is at `NOW`."""

    def save() -> Path:
        folder = tmp_path / "copies"
        folder.mkdir(exist_ok=True)
        target = folder / f"b{len(list(folder.iterdir()))}"
        backup.make(filled.database, filled.keyring, target, NOW)
        return target

    return save


@pytest.fixture
def copy(filled: Filled, saved: Callable[[], Path]) -> Path:
    """A backup of a filled store."""
    filled.everything()
    return saved()


@pytest.fixture
def put_back(tmp_path: Path, keyring: KeyRing) -> Callable[..., Restored]:
    """Put a backup back at `LATER`, over what is in the store."""

    def put(database: Database, path: Path, now: datetime = LATER, **values: Any) -> Restored:
        between = values.pop("between", lambda: None)
        order = Order(**{"kept_for": timedelta(days=400), "replace": True, **values})
        return restore(database, keyring, path, order, now, tmp_path / "work", between=between)

    return put
