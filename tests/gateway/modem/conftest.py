"""Modems on libGammu's dummy telephone, with a store and a clock that only tests move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from safar.gateway import delivery, receiving
from safar.gateway.messages import InboundMessage, Received
from safar.gateway.providers.base import StatusReport
from safar.gateway.providers.plugin import Surroundings
from safar.settings import Settings
from safar.store import counters
from safar.store.crypto import KeyRing
from safar.store.database import Database
from tests.clock import FakeClock
from tests.gateway.modem.modem_office import Office
from tests.peers.gammu_phone import GammuPhone


@pytest.fixture
def office(database: Database, keyring: KeyRing, clock: FakeClock) -> Iterator[Office]:
    def take(message: InboundMessage) -> Received:
        made.before_receive()
        received = receiving.receive(database, keyring, message, clock())
        if not received.duplicate:
            made.messages.append(message)
        return received

    def report(status: StatusReport) -> bool:
        made.reports.append(status)
        return delivery.apply_report(database, keyring, status, clock())

    def count(name: str) -> None:
        with database.write() as tx:
            counters.add(tx, name, clock())

    surroundings = Surroundings(
        Settings(_env_file=None), database, keyring, clock, take, report, count
    )
    made = Office(database, keyring, clock, surroundings)
    yield made
    made.close()


@pytest.fixture
def make_phone(tmp_path: Path) -> Callable[..., GammuPhone]:
    def make(name: str = "phone", imei: str = "") -> GammuPhone:
        return GammuPhone.make(tmp_path / name, imei)

    return make


@pytest.fixture
def phone(make_phone: Callable[..., GammuPhone]) -> GammuPhone:
    return make_phone()
