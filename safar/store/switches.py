"""Switches an operator sets for all processes at once, such as the one that stops all sending."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from safar.store.database import Tx
from safar.store.dialect import insert_or_update
from safar.store.tables import switches

SENDING_STOPPED = "sending_stopped"


class Switch(NamedTuple):
    """A switch that is set: why, and since when."""

    value: str
    reason: str
    changed_at: datetime


def turn_on(tx: Tx, name: str, reason: str, now: datetime, value: str = "on") -> None:
    """Set a switch, or set it anew."""
    insert_or_update(
        tx, switches, {"name": name}, {"value": value, "reason": reason, "changed_at": now}
    )


def turn_off(tx: Tx, name: str) -> bool:
    """Clear a switch; return whether it had been set."""
    return bool(tx.execute(delete(switches).where(switches.c.name == name)).rowcount)


def find(tx: Tx, name: str) -> Switch | None:
    """Return a switch that is set, None else."""
    row = tx.execute(select(switches).where(switches.c.name == name)).one_or_none()
    return Switch(row.value, row.reason, row.changed_at) if row else None
