"""Whoever guesses waits: longer after each failure, and never for ever.

A try is counted before it is looked at, and forgiven when it was right: so tries at the same moment
are all counted. Two names are kept apart: the account, and the address the tries come from. Neither
stands in the store, only their seals.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from safar.staff.access import Access
from safar.store.database import Tx
from safar.store.dialect import insert_or_update, take_turns
from safar.store.staff_tables import staff_waits

FORGOTTEN_AFTER: Final = timedelta(days=1)
"""After so long without a failure all is as at the beginning."""
_FIRST_WAIT: Final = timedelta(seconds=5)
_DOUBLED: Final = 20


@dataclass(frozen=True)
class Rule:
    """How patient one is.

    Attributes:
        free: Failures without any wait.
        longest: However many there were.
    """

    free: int
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """Return how long to wait after so many failures: twice as long after each."""
        over = failures - self.free
        if over <= 0:
            return timedelta()
        # The power would grow without end, the wait does not.
        doubled: int = 2 ** min(over - 1, _DOUBLED)
        return min(_FIRST_WAIT * doubled, self.longest)


ACCOUNT: Final = Rule(free=5, longest=timedelta(minutes=15))
CODE: Final = Rule(free=5, longest=timedelta(minutes=15))
ADDRESS: Final = Rule(free=30, longest=timedelta(minutes=15))
"""A whole office may come from one address."""


@dataclass(frozen=True)
class Key:
    """Whose tries are counted, and by which rule."""

    seal: str
    rule: Rule


def of_account(access: Access, digest: str) -> Key:
    """Return the key of an account, which need not exist."""
    return Key(access.keyring.seal("wait account", digest), ACCOUNT)


def of_code(access: Access, staff_id: str) -> Key:
    """Return the key of an account's one-time codes."""
    return Key(access.keyring.seal("wait code", staff_id), CODE)


def of_address(access: Access, address: str) -> Key:
    """Return the key of the network address that calls."""
    return Key(access.keyring.seal("wait address", network(address)), ADDRESS)


def network(address: str) -> str:
    """Return what one customer has of the internet: an address, in IPv6 a network of /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def admit(tx: Tx, access: Access, keys: Iterable[Key]) -> timedelta:
    """Count a try of each key and let it pass, or say how long to wait; then nothing is counted.

    Returns:
        Nothing when the try may be looked at.
    """
    now = access.clock()
    keys = sorted(keys, key=lambda key: key.seal)
    in_turn(tx, keys)
    kept = {key.seal: _kept(tx, key, now) for key in keys}
    longest = max((until - now for _, until in kept.values()), default=timedelta())
    if longest > timedelta():
        return longest
    for key in keys:
        failures = kept[key.seal][0] + 1
        values = {"failures": failures, "until": now + key.rule.wait(failures), "failed_at": now}
        insert_or_update(tx, staff_waits, {"key": key.seal}, values)
    return timedelta()


def in_turn(tx: Tx, keys: Iterable[Key]) -> None:
    """Wait for others at these keys, before anything else of the store is locked.

    A transaction that forgives or takes back begins with this: else two who sign in at one moment
    wait for each other, and PostgreSQL ends one of them.
    """
    take_turns(tx, [key.seal for key in keys])


def forgive(tx: Tx, key: Key) -> None:
    """Forget all failures of a key, since it was right at last."""
    tx.execute(delete(staff_waits).where(staff_waits.c.key == key.seal))


def take_back(tx: Tx, access: Access, key: Key) -> None:
    """Take back one counted try: it was right, while others from there may not have been."""
    now = access.clock()
    failures, _ = _kept(tx, key, now)
    if failures > 0:
        values = {"failures": failures - 1, "until": now, "failed_at": now}
        insert_or_update(tx, staff_waits, {"key": key.seal}, values)


def _kept(tx: Tx, key: Key, now: datetime) -> tuple[int, datetime]:
    row = tx.execute(select(staff_waits).where(staff_waits.c.key == key.seal)).one_or_none()
    if row is None or now - row.failed_at >= FORGOTTEN_AFTER:
        return 0, now
    # A clock that was set back must keep nobody out for longer than the rule says.
    return row.failures, min(row.until, now + key.rule.longest)
