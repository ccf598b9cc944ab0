"""Cases of a desk as a table: when what happened, and nothing that a person wrote or is called.

Also left out are the reference, which a person has in hand, their city and language: with the
times and the corridor they could say who it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from itertools import islice
from typing import Any, Final

from sqlalchemy import Row, select

from safar.cases import listing
from safar.cases.listing import Wanted
from safar.store import audit
from safar.store.case_tables import cases
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx

AT_ONCE: Final = 500
"""Cases that are read in one transaction."""

_TIMES: Final = (
    "opened_at",
    "acknowledged_at",
    "first_reply_at",
    "closed_at",
    "reopened_at",
    "withdrawn_at",
)
_WORDS: Final = ("risk", "state", "outcome", "kind", "origin", "destination", "desk_id")
HEADER: Final = ("case", *_WORDS, "for_other", "climbed", "late", "other_person", *_TIMES)


def found(tx: Tx, staff_id: str, wanted: Wanted, now: datetime) -> list[int]:
    """Return the numbers of the cases that somebody may see and asks for, in the list's order."""
    numbers: list[int] = []
    after = None
    while True:
        page = listing.page(tx, staff_id, wanted, now, after=after, size=AT_ONCE)
        numbers += [case.id for case in page.cases]
        after = page.end
        if after is None:
            return numbers


def record(  # noqa: PLR0913, PLR0917 - who took what along, one argument each
    tx: Tx, keyring: KeyRing, staff_id: str, desk_id: str, wanted: Wanted, rows: int, now: datetime
) -> None:
    """Write into the audit that somebody takes cases along, before they have them."""
    narrowed = {
        name: getattr(value, "value", value)
        for name, value in vars(wanted).items()
        if value is not None and value is not False
    }
    details = {"as": "csv", "rows": rows, "filters": narrowed}
    deed = audit.Deed("staff", "export", "cases", desk_id, staff_id, details)
    audit.append(tx, keyring, deed, now)


def lines(
    database: Database, desk_id: str, numbers: Sequence[int], now: datetime
) -> Iterator[list[object]]:
    """Yield a line for each case; one that has left the desk meanwhile is left out.

    Args:
        database: The store; it is read some cases at a time, each in a short transaction.
        desk_id: Whose cases they are.
        numbers: As `found` gave them.
        now: UTC; says what is late.

    Raises:
        StoreUnavailableError: The store cannot be read.
    """
    left = iter(numbers)
    while some := list(islice(left, AT_ONCE)):
        asked = select(cases).where(cases.c.id.in_(some), cases.c.desk_id == desk_id)
        with database.read() as tx:
            rows = {row.id: row for row in tx.execute(asked).all()}
        yield from (_line(rows[number], now) for number in some if number in rows)


def _line(row: Row[Any], now: datetime) -> list[object]:
    return [
        row.id,
        *(getattr(row, name) or "" for name in _WORDS),
        _yes_no(row.for_other),
        row.level,
        _yes_no(row.late_at is not None and row.late_at <= now),
        _yes_no(row.detached_at is not None),
        *(_time(getattr(row, name)) for name in _TIMES),
    ]


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _time(moment: datetime | None) -> str:
    """Return a time as ISO 8601 in UTC, empty for none."""
    if moment is None:
        return ""
    return moment.astimezone(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
