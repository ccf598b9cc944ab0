"""Staff with accounts, on both databases where a test is marked so."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "cases"))  # for case_house

from case_house import House as CaseHouse  # noqa: E402
from staff_office import StaffOffice  # noqa: E402

from safar.cases import directory  # noqa: E402
from safar.store.crypto import KeyRing  # noqa: E402
from safar.store.database import open_database  # noqa: E402
from tests.fresh_store import prepared  # noqa: E402


@pytest.fixture(scope="session")
def keyring() -> KeyRing:
    return KeyRing([KeyRing.generate()], KeyRing.generate())


@pytest.fixture
def office(database_url: str, keyring: KeyRing) -> Iterator[StaffOffice]:
    database = open_database(prepared(database_url))
    cases = CaseHouse(database, keyring)
    with database.write() as tx:
        directory.sync_desks(tx, cases.office)
    yield StaffOffice(cases)
    database.close()
