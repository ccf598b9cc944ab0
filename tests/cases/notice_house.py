"""A store whose desks have addresses, and short words for telling them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from case_house import House
from case_plan import DESKS, TIMERS, plan_of
from sqlalchemy import select

from safar.cases.notices.by_email import EmailWay
from safar.cases.notices.by_webhook import WebhookWay
from safar.cases.notices.errors import NotSentError
from safar.cases.notices.notice import Notice
from safar.cases.notices.sending import Way, send_due
from safar.cases.notices.settings import NoticeSettings
from safar.cases.plan import Plan
from safar.store.case_tables import case_notices
from safar.store.notice_tables import case_notice_sends

SECRET = "a secret of sixteen and more"
DOHA = "desk@doha.example.org"
BOSS = "boss@doha.example.org"
REST = "rest@example.org"


def plan_with(**notices: Any) -> Plan:
    """Return the plan of the tests with addresses: ``doha``, ``doha_boss``, ``ngo``, ``rest``."""
    desks = []
    for desk in DESKS:
        own = notices.get(str(desk["id"]), {})
        boss = notices.get(f"{desk['id']}_boss", {})
        more = {"language": notices[f"{desk['id']}_in"]} if f"{desk['id']}_in" in notices else {}
        desks.append({**desk, "notices": own, "supervisor_notices": boss, **more})
    return plan_of(desks, timers=TIMERS)


def settings(**values: Any) -> NoticeSettings:
    return NoticeSettings(
        _env_file=None,
        **{
            "console_url": "https://safar.example.org/console",
            "webhook_secret": SECRET,
            "smtp_from": "safar@example.org",
            **values,
        },
    )


@dataclass
class Said:
    """A way that keeps what it is told, and fails as a test says."""

    name: str = "email"
    told: list[tuple[Notice, str]] = field(default_factory=list)
    fails: list[NotSentError | None] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def send(self, notice: Notice, address: str) -> None:
        error = self.fails.pop(0) if self.fails else None
        self.meanwhile()
        if error is not None:
            raise error
        self.told.append((notice, address))

    def addresses(self) -> list[str]:
        return [address for _, address in self.told]


@dataclass
class Tellers:
    """Tells what is due in a house."""

    house: House
    settings: NoticeSettings

    def email(self) -> int:
        return self.by(EmailWay(self.settings, self.house.clock))

    def webhook(self) -> int:
        return self.by(WebhookWay(self.settings, self.house.clock))

    def by(self, way: Way, owner: str = "one") -> int:
        return send_due(self.house.database, self.house.office, way, owner, self.settings)

    def later(self, **span: float) -> None:
        self.house.clock.pass_(timedelta(**span).total_seconds())


def states(house: House) -> list[tuple[str, str, str | None]]:
    """Return way, state and code of each send, in order."""
    columns = case_notice_sends.c
    with house.database.read() as tx:
        found = tx.execute(
            select(columns.way, columns.state, columns.error_code).order_by(columns.id)
        )
        return [tuple(row) for row in found.all()]


def undone(house: House) -> int:
    """Return how many notices are not done."""
    with house.database.read() as tx:
        found = tx.execute(select(case_notices.c.id).where(case_notices.c.done_at.is_(None)))
        return len(found.all())
