"""An SMSC in a process of its own, and an office connected to it."""

from __future__ import annotations

from collections.abc import Iterator

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
from tests.gateway.conftest import Post
from tests.gateway.smpp.smpp_office import Office
from tests.peers.smsc import Smsc, smsc


@pytest.fixture
def carrier() -> Iterator[Smsc]:
    with smsc() as made:
        yield made


@pytest.fixture
def office(
    carrier: Smsc, database: Database, keyring: KeyRing, clock: FakeClock, post: Post
) -> Iterator[Office]:
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
    made = Office(carrier, database, keyring, clock, post, surroundings)
    yield made
    made.close()
