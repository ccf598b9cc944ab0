"""How the gateway does at this moment: queues, providers, devices and limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from safar.gateway.limits import LimitSettings
from safar.gateway.outbox_rows import is_open
from safar.store import counters, health, switches, usage
from safar.store.database import Database, Tx
from safar.store.switches import Switch
from safar.store.tables import inbox, outbox, received_parts, suppressions
from safar.store.usage import Used


@dataclass(frozen=True)
class Queue:
    """Rows that wait in one state, and the age of the oldest in seconds."""

    name: str
    provider: str
    state: str
    rows: int
    oldest_seconds: float


@dataclass(frozen=True)
class Limit:
    """A limit of the day, how much of it is used, and by which key most."""

    name: str
    used: int
    most: int
    key: str = ""

    @property
    def reached(self) -> bool:
        """Whether only danger is answered under it."""
        return self.used >= self.most


@dataclass(frozen=True)
class Overview:
    """Everything at one moment; nothing in it is of a person."""

    at: datetime
    queues: list[Queue]
    providers: list[Row[Any]]
    devices: list[Row[Any]]
    limits: list[Limit]
    counters: dict[str, int]
    sending_stopped: Switch | None
    suppressed: int
    unjoined_parts: int
    countries: dict[str, Used] = field(default_factory=dict)


def look(database: Database, limits: LimitSettings, now: datetime) -> Overview:
    """Read it in one transaction.

    Raises:
        StoreUnavailableError: the store cannot be read.
    """
    with database.read() as tx:
        return Overview(
            at=now,
            queues=_queues(tx, now),
            providers=health.provider_rows(tx),
            devices=health.device_rows(tx),
            limits=_limits(tx, limits, now),
            counters=counters.today(tx, now),
            sending_stopped=switches.find(tx, switches.SENDING_STOPPED),
            suppressed=_count(tx, suppressions),
            unjoined_parts=int(
                tx.execute(
                    select(func.count())
                    .select_from(received_parts)
                    .where(received_parts.c.inbox_id.is_(None))
                ).scalar_one()
            ),
            countries=usage.totals(tx, "country", now),
        )


def _queues(tx: Tx, now: datetime) -> list[Queue]:
    found = []
    waiting = inbox.c.state.in_(["ready", "leased"])
    rows = tx.execute(
        select(inbox.c.provider, inbox.c.state, func.count(), func.min(inbox.c.received_at))
        .where(waiting)
        .group_by(inbox.c.provider, inbox.c.state)
    ).all()
    found += [Queue("inbox", row[0], row[1], row[2], _age(row[3], now)) for row in rows]
    rows = tx.execute(
        select(outbox.c.provider, outbox.c.state, func.count(), func.min(outbox.c.created_at))
        .where(is_open(outbox))
        .group_by(outbox.c.provider, outbox.c.state)
    ).all()
    found += [Queue("outbox", row[0], row[1], row[2], _age(row[3], now)) for row in rows]
    return found


def _age(began: datetime | None, now: datetime) -> float:
    return 0.0 if began is None else max(0.0, (now - began).total_seconds())


def _limits(tx: Tx, limits: LimitSettings, now: datetime) -> list[Limit]:
    most = {
        "total": limits.total_segments_day,
        "country": limits.country_segments_day,
        "prefix": limits.prefix_segments_day,
        "sender": limits.sender_segments_day,
    }
    found = []
    for kind, limit in most.items():
        totals = usage.totals(tx, kind, now)
        key = max(totals, key=lambda each: totals[each].segments, default="")
        used = totals[key].segments if totals else 0
        # The key of a person is a random id, and even that is nobody's business here.
        found.append(Limit(f"{kind}_segments_day", used, limit, "" if kind == "sender" else key))
    return found


def _count(tx: Tx, table: Any) -> int:
    return int(tx.execute(select(func.count()).select_from(table)).scalar_one())
