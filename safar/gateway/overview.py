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
from safar.store.notice_counts import NoticeCounts, notice_counts
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
    """A limit: where it is, how much of it is used, and how many messages of today it held back.

    Attributes:
        name: Field of `LimitSettings`.
        most: Where it is; of a list, how many are in it.
        used: Segments of today under its fullest key, None where nothing is counted for all.
        key: That key; empty where it is a person's.
        reached: Messages of today that were not, or not as usually, answered because of it.
    """

    name: str
    most: int
    used: int | None = None
    key: str = ""
    reached: int = 0

    @property
    def full(self) -> bool:
        """Whether only danger is answered under it."""
        return self.used is not None and self.used >= self.most


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
    notices: NoticeCounts
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
            notices=notice_counts(tx, now),
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


_REACHED = {
    "sender_segments_day": "limit.sender",
    "prefix_segments_day": "limit.prefix",
    "country_segments_day": "limit.country",
    "total_segments_day": "limit.total",
    "sender_messages_burst": "limit.burst",
    "sender_messages_day": "limit.sender_messages_day",
    "danger_answers_day": "limit.danger_answers_day",
    "repeats": "loop.repeats",
    "countries": "limit.countries",
}
"""What a message is counted as that a limit held back."""
_SEGMENTS = "_segments_day"


def _limits(tx: Tx, limits: LimitSettings, now: datetime) -> list[Limit]:
    counted = counters.today(tx, now)
    found = []
    # Every field there is, so that none is forgotten here, in doctor or in the metrics.
    for name in LimitSettings.model_fields:
        value = getattr(limits, name)
        most = value if isinstance(value, int) else len(value)
        reached = counted.get(f"inbox.{_REACHED.get(name)}", 0)
        used, key = _fullest(tx, name.removesuffix(_SEGMENTS), now) if _SEGMENTS in name else _NONE
        found.append(Limit(name, most, used, key, reached))
    return found


_NONE: tuple[int | None, str] = (None, "")


def _fullest(tx: Tx, kind: str, now: datetime) -> tuple[int | None, str]:
    totals = usage.totals(tx, kind, now)
    key = max(totals, key=lambda each: totals[each].segments, default="")
    # The key of a person is a random id, and even that is nobody's business here.
    return totals[key].segments if totals else 0, "" if kind == "sender" else key


def _count(tx: Tx, table: Any) -> int:
    return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


def plain(code: str | None) -> str:
    """Return a code without what stands behind a colon, which only tells two of a kind apart."""
    return (code or "").partition(":")[0]
