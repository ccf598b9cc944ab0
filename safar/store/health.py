"""How providers and their devices do, written by who uses them, read by whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from safar.store.database import Tx
from safar.store.dialect import insert_or_update
from safar.store.tables import devices, provider_health


def note_provider(tx: Tx, provider: str, now: datetime, **values: Any) -> None:
    """Write how a provider does: columns of the table ``provider_health``."""
    insert_or_update(tx, provider_health, {"provider": provider}, {**values, "updated_at": now})


def note_device(tx: Tx, provider: str, device: str, now: datetime, **values: Any) -> None:
    """Write how a device does: columns of the table ``devices``; those left out stay."""
    insert_or_update(
        tx, devices, {"provider": provider, "device": device}, {**values, "updated_at": now}
    )


def provider_rows(tx: Tx) -> list[Row[Any]]:
    """Return what is written of all providers."""
    return list(tx.execute(select(provider_health).order_by(provider_health.c.provider)))


def device_rows(tx: Tx) -> list[Row[Any]]:
    """Return what is written of all devices."""
    return list(tx.execute(select(devices).order_by(devices.c.provider, devices.c.device)))
