"""What every provider is given, put together once a process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from safar.gateway import delivery
from safar.gateway.admission import Admission
from safar.gateway.consent_words import ConsentWords
from safar.gateway.danger_words import DangerWords
from safar.gateway.limits import LimitSettings
from safar.gateway.messages import InboundMessage, Received
from safar.gateway.providers.base import StatusReport
from safar.gateway.providers.plugin import Surroundings
from safar.gateway.receiving import receive
from safar.registry.holder import RegistryHolder
from safar.settings import Settings
from safar.store import counters
from safar.store.crypto import KeyRing
from safar.store.database import Database


def surroundings_of(
    settings: Settings,
    database: Database,
    keyring: KeyRing,
    clock: Callable[[], datetime],
    limits: LimitSettings | None = None,
) -> Surroundings:
    """Return what the providers of this process work with.

    Args:
        settings: those common to all.
        database: the operational store.
        keyring: of that store.
        clock: gives the time (UTC).
        limits: how much may be sent; None reads them from the environment.
    """
    registry = RegistryHolder(settings.registry_path, public_key=settings.content_public_key)
    danger = DangerWords(registry)
    admission = Admission(limits or LimitSettings(), ConsentWords(registry).find)

    def take(message: InboundMessage) -> Received:
        # Before the store is locked for writing: a long text takes a moment.
        urgent = danger.are_in(message.body)
        return receive(database, keyring, message, clock(), admission.judge, urgent=urgent)

    def report(status: StatusReport) -> bool:
        return delivery.apply_report(database, keyring, status, clock())

    def count(counter: str) -> None:
        with database.write() as tx:
            counters.add(tx, counter, clock())

    return Surroundings(settings, database, keyring, clock, take, report, count)
