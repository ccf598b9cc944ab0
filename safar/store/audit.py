"""What was done, by whom, to what: rows that are only added, each chained to the one before.

A row's hash is made with the hash key over the row and the hash before it. So a row that is
changed, taken out or moved breaks the chain, and who can write to the database but has no key
cannot mend it. The head says how many rows there are, so that rows missing at the end are noticed
as well. An old copy of the whole would still pass: `Head.note` is for keeping elsewhere, and
`verify` compares it.

Rows hold ids and our own words, never a text or an address of a person: so nobody who is forgotten
is in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from safar.store.case_tables import audit, audit_head
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.dialect import insert_or_update, take_turns

_HEAD = "audit"
_TURN = "audit head"
_AT_ONCE = 1000
_FIRST = ""
"""What stands before the first row."""


@dataclass(frozen=True)
class Deed:
    """One thing that was done.

    Attributes:
        actor: ``worker``, ``staff``, ``bot``, ``system`` or ``operator``.
        actor_id: Id of the staff member; None for everybody else.
        action: A short word: ``acknowledge``, ``erase``.
        subject: What kind of thing it was done to, such as ``case``.
        subject_id: Which.
        details: Ids and words of ours.
    """

    actor: str
    action: str
    subject: str
    subject_id: str
    actor_id: str | None = None
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Head:
    """How many rows there are, and the hash of the last one."""

    rows: int
    hash: str

    def note(self) -> str:
        """Return it in one word, to be kept where this database's writers cannot reach."""
        return f"{self.rows}:{self.hash}"


@dataclass(frozen=True)
class Verdict:
    """What a look through the chain found; no faults: it is whole."""

    head: Head
    faults: tuple[str, ...]


def append(tx: Tx, keyring: KeyRing, deed: Deed, now: datetime) -> int:
    """Add a row; return its number. Call it last in a transaction: others wait for it.

    Args:
        tx: The open write transaction in which the thing is done.
        keyring: Seals.
        deed: What was done.
        now: UTC.
    """
    # The turn is for the first row: of a head that is not there yet, nothing can be locked.
    take_turns(tx, [_TURN])
    head = tx.execute(
        select(audit_head).where(audit_head.c.name == _HEAD).with_for_update()
    ).one_or_none()
    previous = head.hash if head else _FIRST
    number = (head.rows if head else 0) + 1
    values = {
        "at": now,
        "actor": deed.actor,
        "actor_id": deed.actor_id,
        "action": deed.action,
        "subject": deed.subject,
        "subject_id": deed.subject_id,
        "details": json.dumps(dict(deed.details or {}), sort_keys=True, ensure_ascii=False),
        "previous": previous,
    }
    hashed = _hash(keyring, values)
    tx.execute(insert(audit).values(number=number, hash=hashed, **values))
    _set_head(tx, keyring, Head(number, hashed), known=head is not None)
    return number


def head_of(tx: Tx) -> Head:
    """Return how far the chain is."""
    row = tx.execute(select(audit_head).where(audit_head.c.name == _HEAD)).one_or_none()
    return Head(row.rows, row.hash) if row else Head(0, _FIRST)


def verify(tx: Tx, keyring: KeyRing, noted: str | None = None) -> Verdict:
    """Look through the whole chain.

    Args:
        tx: An open transaction.
        keyring: With the hash key the rows were made with.
        noted: What `Head.note` once said: the chain must still pass through it.

    Returns:
        One sentence for each fault, naming the row.
    """
    head = head_of(tx)
    faults: list[str] = []
    last, before = _FIRST, 0
    hashes: dict[int, str] = {}
    wanted = _read_note(noted)
    for row in _rows(tx):
        faults += _missing(before + 1, row.number - 1)
        if _hash(keyring, dict(row._mapping)) != row.hash:
            faults.append(f"Row {row.number} was altered.")
        elif row.previous != last:
            faults.append(
                f"Row {row.number} does not follow the row before it: rows were moved, put in or"
                " taken out here."
            )
        last, before = row.hash, row.number
        if wanted and wanted.rows == row.number:
            hashes[row.number] = row.hash
    if head.rows > before:
        faults += _missing(before + 1, head.rows)
    faults += _faults_of_head(tx, keyring, head, Head(before, last))
    if wanted and wanted.rows and hashes.get(wanted.rows) != wanted.hash:
        faults.append(
            f"The chain does not pass through what was noted at row {wanted.rows}: it was replaced"
            " by an older copy or by another chain."
        )
    return Verdict(Head(before, last), tuple(faults))


def _rows(tx: Tx) -> Iterator[Row[Any]]:
    after = -1
    while rows := tx.execute(
        select(audit).where(audit.c.number > after).order_by(audit.c.number).limit(_AT_ONCE)
    ).all():
        yield from rows
        after = rows[-1].number


def _missing(first: int, last: int) -> list[str]:
    if first > last:
        return []
    which = f"Row {first} is" if first == last else f"Rows {first} to {last} are"
    return [f"{which} missing."]


def _faults_of_head(tx: Tx, keyring: KeyRing, head: Head, found: Head) -> list[str]:
    row = tx.execute(select(audit_head.c.seal).where(audit_head.c.name == _HEAD)).one_or_none()
    if row is None:
        return ["The head of the chain is missing."] if found.rows else []
    if row.seal != _seal(keyring, head):
        return ["The head of the chain was altered."]
    if head.rows < found.rows:
        return [f"The head knows {head.rows} rows, yet there are more: they were put in."]
    if head.rows == found.rows and head.hash != found.hash:
        return [f"The head does not know row {found.rows} as it is."]
    return []


def _read_note(noted: str | None) -> Head | None:
    if noted is None:
        return None
    rows, _, hashed = noted.strip().partition(":")
    if not rows.isdecimal():
        raise ValueError(
            "What was noted is written as <rows>:<hash>, as `safar audit verify` says."
        )
    return Head(int(rows), hashed)


def _set_head(tx: Tx, keyring: KeyRing, head: Head, *, known: bool) -> None:
    values = {"rows": head.rows, "hash": head.hash, "seal": _seal(keyring, head)}
    if known:
        tx.execute(update(audit_head).where(audit_head.c.name == _HEAD).values(**values))
    else:
        insert_or_update(tx, audit_head, {"name": _HEAD}, values)


def _seal(keyring: KeyRing, head: Head) -> str:
    return keyring.seal("audit head", head.note())


def _hash(keyring: KeyRing, values: Mapping[str, Any]) -> str:
    # Without the number: so a row that was only moved is told from one that was altered.
    fields = ("actor", "actor_id", "action", "subject", "subject_id", "details", "previous")
    parts = [values["at"].isoformat(timespec="microseconds"), *(values[name] for name in fields)]
    return keyring.seal("audit", json.dumps(parts, ensure_ascii=False))
