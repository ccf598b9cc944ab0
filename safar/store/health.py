"""How providers and their devices do, written by who uses them, read by whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from safar.store.database import Tx
from safar.store.dialect import insert_or_update
from safar.store.tables import devices, provider_health


class Reported(NamedTuple):
    """That a channel is out of order, as a provider reported later of a message it had taken."""

    at: datetime
    code: str


def note_provider(tx: Tx, provider: str, channel: str, now: datetime, **values: Any) -> None:
    """Write how a channel of a provider does: columns of the table ``provider_health``."""
    key = {"provider": provider, "channel": channel}
    insert_or_update(tx, provider_health, key, {**values, "updated_at": now})


def report_broken(tx: Tx, provider: str, channel: str, code: str, now: datetime) -> None:
    """Note a report that nothing can be sent; whoever sends on that channel looks for it."""
    note_provider(tx, provider, channel, now, reported_at=now, reported_code=code)


def reported_broken(tx: Tx, provider: str, channel: str) -> Reported | None:
    """Return the newest such report, None where there was none."""
    row = tx.execute(
        select(provider_health.c.reported_at, provider_health.c.reported_code).where(
            provider_health.c.provider == provider, provider_health.c.channel == channel
        )
    ).one_or_none()
    if row is None or row.reported_at is None:
        return None
    return Reported(row.reported_at, row.reported_code or "")


def note_device(tx: Tx, provider: str, device: str, now: datetime, **values: Any) -> None:
    """Write how a device does: columns of the table ``devices``; those left out stay."""
    insert_or_update(
        tx, devices, {"provider": provider, "device": device}, {**values, "updated_at": now}
    )


def provider_rows(tx: Tx) -> list[Row[Any]]:
    """Return what is written of all providers, a row for each of their channels."""
    order = (provider_health.c.provider, provider_health.c.channel)
    return list(tx.execute(select(provider_health).order_by(*order)))


def device_rows(tx: Tx) -> list[Row[Any]]:
    """Return what is written of all devices."""
    return list(tx.execute(select(devices).order_by(devices.c.provider, devices.c.device)))
