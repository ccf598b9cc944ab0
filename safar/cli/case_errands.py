"""What is done for cases now and then: desks kept as their file has them, climbing, notices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final

from safar.cases import directory
from safar.cases.climbing import carry_out
from safar.cases.errors import NoDesksError
from safar.cases.notices import by_sms
from safar.cases.notices.by_email import EmailWay
from safar.cases.notices.by_webhook import WebhookWay
from safar.cases.notices.notice import Notice
from safar.cases.notices.sending import Way, send_due
from safar.cases.notices.settings import NoticeSettings
from safar.cases.office import Office
from safar.cases.office_of import office_source
from safar.cases.plan import Plan
from safar.gateway import staff_texts
from safar.gateway.providers.plugin import Errand, Surroundings
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx

_CASES_EVERY: Final = 10.0
_NOTICES_EVERY: Final = 5.0


def case_errands(
    surroundings: Surroundings,
    owner: str,
    providers: Collection[str],
    settings: NoticeSettings,
    office: Callable[[], Office] | None = None,
) -> Sequence[Errand]:
    """Return them.

    Args:
        surroundings: What the dispatcher's process works with.
        owner: Name for leases, unique among all processes, restarts included.
        providers: Names of those that are set up.
        settings: How staff are told.
        office: Gives the office; by default that of the settings.
    """
    office = office or office_source(
        surroundings.settings, surroundings.keyring, surroundings.clock
    )
    database, clock = surroundings.database, surroundings.clock
    queue = queue_of(surroundings.keyring, providers, settings)
    ways: tuple[Way, ...] = (EmailWay(settings, clock), WebhookWay(settings, clock))
    return (
        Errand("desks", _CASES_EVERY, _where_there_are_desks(_Desks(database, office))),
        Errand(
            "climb", _CASES_EVERY, _where_there_are_desks(lambda: carry_out(database, office()))
        ),
        Errand(
            "notices.sms",
            _NOTICES_EVERY,
            _where_there_are_desks(lambda: by_sms.hand_over(database, office(), queue, settings)),
        ),
        *(
            Errand(
                f"notices.{way.name}",
                _NOTICES_EVERY,
                _where_there_are_desks(_telling(database, office, way, owner, settings)),
                alone=True,
            )
            for way in ways
        ),
    )


def queue_of(
    keyring: KeyRing, providers: Collection[str], settings: NoticeSettings
) -> by_sms.Queue | None:
    """Return what puts notices by SMS into the outbox; None where no such provider is set up."""
    if settings.sms_provider not in providers:
        return None
    sender = staff_texts.StaffSender(settings.sms_provider, settings.sms_from)

    def queue(tx: Tx, now: datetime, notice: Notice, number: str, key: str) -> int | None:
        return staff_texts.put(
            tx,
            keyring,
            sender,
            number=number,
            text=notice.short(),
            idempotency_key=key,
            now=now,
            urgent=notice.risk == "red",
        )

    return queue


class _Desks:
    """Brings the store's table of desks to what the file says, when it says something new."""

    def __init__(self, database: Database, office: Callable[[], Office]) -> None:
        self._database = database
        self._office = office
        self._done: Plan | None = None

    def __call__(self) -> int:
        office = self._office()
        if office.plan == self._done:
            return 0
        with self._database.write() as tx:
            directory.sync_desks(tx, office)
        self._done = office.plan
        return len(office.plan.desks)


def _telling(
    database: Database,
    office: Callable[[], Office],
    way: Way,
    owner: str,
    settings: NoticeSettings,
) -> Callable[[], int]:
    return lambda: send_due(database, office(), way, owner, settings)


def _where_there_are_desks(run: Callable[[], int]) -> Callable[[], int]:
    """Do nothing where nobody is there to take cases: `safar doctor` says so."""

    def run_if_any() -> int:
        try:
            return run()
        except NoDesksError:
            return 0

    return run_if_any
