"""A rig for each provider and channel, over a store of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from safar.store.crypto import KeyRing
from safar.store.database import open_database
from tests.clock import FakeClock
from tests.fresh_store import prepared
from tests.gateway.contract.ledger import Ledger
from tests.gateway.contract.rig import Bench, Rig, lines, open_rig


@pytest.fixture
def ledger(tmp_path: Path, keyring: KeyRing, clock: FakeClock) -> Iterator[Ledger]:
    # Before the rig, so that it is closed after it.
    database = open_database(prepared(f"sqlite:///{tmp_path}/safar.db"), busy_timeout_ms=10_000)
    yield Ledger(database, keyring, clock)
    database.close()


@pytest.fixture(params=lines(), ids="-".join)
def rig(
    request: pytest.FixtureRequest,
    ledger: Ledger,
    tmp_path: Path,
    keyring: KeyRing,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Rig]:
    for name in [name for name in os.environ if name.startswith("SAFAR_")]:
        monkeypatch.delenv(name)
    provider, channel = request.param
    database = open_database(prepared(f"sqlite:///{tmp_path}/safar.db"), busy_timeout_ms=1_000)
    bench = Bench(tmp_path, channel, keyring, clock, database, monkeypatch.setenv)
    with open_rig(provider, bench) as opened:
        yield opened
    database.close()
