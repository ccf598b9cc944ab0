"""A store in a temporary file, with keys made for the test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from tests.clock import NOW
from tests.filled_store import Filled


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def keyring() -> KeyRing:
    return KeyRing([KeyRing.generate()], KeyRing.generate())


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url, busy_timeout_ms=2_000)
    yield opened
    opened.close()


@pytest.fixture
def filled(database: Database, keyring: KeyRing) -> Filled:
    """That store, and what fills it."""
    return Filled(database, keyring)
