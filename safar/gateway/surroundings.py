"""What every provider is given, put together once a process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from safar.gateway import delivery, inbox
from safar.gateway.messages import InboundMessage, Received
from safar.gateway.providers.base import StatusReport
from safar.gateway.providers.plugin import Surroundings
from safar.settings import Settings
from safar.store import counters
from safar.store.crypto import KeyRing
from safar.store.database import Database


def surroundings_of(
    settings: Settings, database: Database, keyring: KeyRing, clock: Callable[[], datetime]
) -> Surroundings:
    """Return what the providers of this process work with."""

    def receive(message: InboundMessage) -> Received:
        return inbox.receive(database, keyring, message, clock())

    def report(status: StatusReport) -> bool:
        return delivery.apply_report(database, keyring, status, clock())

    def count(counter: str) -> None:
        with database.write() as tx:
            counters.add(tx, counter, clock())

    return Surroundings(settings, database, keyring, clock, receive, report, count)
