"""The chain of what was done: every way to tamper with it is noticed and named."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from safar.store.audit import Deed, append, head_of, verify
from safar.store.case_tables import audit, audit_head
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx, open_database

pytestmark = pytest.mark.both_databases

ROWS = 6


@pytest.fixture
def chain(database: Database, keyring: KeyRing, now: datetime) -> Database:
    with database.write() as tx:
        for number in range(ROWS):
            deed = Deed("staff", "reply", "case", str(number), actor_id="f" * 32)
            append(tx, keyring, deed, now + timedelta(seconds=number))
    return database


def _swap(tx: Tx, one: int, other: int) -> None:
    for old, new in ((one, -1), (other, one), (-1, other)):
        tx.execute(update(audit).where(audit.c.number == old).values(number=new))


def _row(tx: Tx, number: int) -> dict[str, object]:
    return dict(tx.execute(select(audit).where(audit.c.number == number)).one()._mapping)


def _take_out_and_close(tx: Tx) -> None:
    tx.execute(delete(audit).where(audit.c.number == 3))
    for number in (4, 5, 6):
        tx.execute(update(audit).where(audit.c.number == number).values(number=number - 1))


def _cut(tx: Tx) -> None:
    tx.execute(delete(audit).where(audit.c.number > 4))


def _cut_with_head(tx: Tx) -> None:
    _cut(tx)
    last = _row(tx, 4)
    tx.execute(update(audit_head).values(rows=4, hash=last["hash"]))


def _altered(**values: object) -> Callable[[Tx], object]:
    return lambda tx: tx.execute(update(audit).where(audit.c.number == 3).values(**values))


TAMPERED: dict[str, tuple[Callable[[Tx], object], list[str]]] = {
    "another action": (_altered(action="close"), ["Row 3 was altered"]),
    "another officer": (_altered(actor_id="a" * 32), ["Row 3 was altered"]),
    "one space": (_altered(details="{} "), ["Row 3 was altered"]),
    "another time": (
        lambda tx: _altered(at=_row(tx, 4)["at"])(tx),
        ["Row 3 was altered"],
    ),
    "nobody instead of an officer": (_altered(actor_id=None), ["Row 3 was altered"]),
    "another hash": (_altered(hash="0" * 64), ["Row 3 was altered", "Row 4 does not follow"]),
    "a row taken out": (
        lambda tx: tx.execute(delete(audit).where(audit.c.number == 3)),
        ["Row 3 is missing", "Row 4 does not follow"],
    ),
    "a row taken out and the numbers closed up": (
        _take_out_and_close,
        ["Row 3 does not follow", "Row 6 is missing"],
    ),
    "the first row taken out": (
        lambda tx: tx.execute(delete(audit).where(audit.c.number == 1)),
        ["Row 1 is missing", "Row 2 does not follow"],
    ),
    "two rows change places": (
        lambda tx: _swap(tx, 2, 3),
        ["Row 2 does not follow", "Row 3 does not follow", "Row 4 does not follow"],
    ),
    "a row put in twice": (
        lambda tx: tx.execute(insert(audit).values(**_row(tx, 2) | {"number": 7})),
        ["Row 7 does not follow", "yet there are more"],
    ),
    "the last rows cut off": (_cut, ["Rows 5 to 6 are missing"]),
    "the last rows cut off and the head set back": (_cut_with_head, ["head of the chain was alt"]),
    "the head taken away": (lambda tx: tx.execute(delete(audit_head)), ["head of the chain is mi"]),
    "everything taken away": (
        lambda tx: tx.execute(delete(audit)),
        ["Rows 1 to 6 are missing"],
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_tampering_is_noticed_and_the_row_named(
    chain: Database, keyring: KeyRing, how: str
) -> None:
    tamper, expected = TAMPERED[how]
    with chain.write() as tx:
        tamper(tx)
    with chain.read() as tx:
        faults = verify(tx, keyring).faults
    assert len(faults) == len(expected), faults
    for words, fault in zip(expected, faults, strict=True):
        assert words in fault


def test_a_chain_left_alone_is_whole(chain: Database, keyring: KeyRing) -> None:
    with chain.read() as tx:
        verdict = verify(tx, keyring)
        assert verdict.faults == ()
        assert verdict.head == head_of(tx)
        assert verdict.head.rows == ROWS


def test_an_empty_chain_is_whole(database: Database, keyring: KeyRing) -> None:
    with database.read() as tx:
        assert verify(tx, keyring).faults == ()


def test_without_the_key_every_row_is_doubtful(chain: Database) -> None:
    other = KeyRing([KeyRing.generate()], KeyRing.generate())
    with chain.read() as tx:
        assert len(verify(tx, other).faults) == ROWS + 1


def test_an_older_copy_is_noticed_by_what_was_noted(
    chain: Database, keyring: KeyRing, now: datetime
) -> None:
    with chain.read() as tx:
        older = dict(tx.execute(select(audit_head)).one()._mapping)
    with chain.write() as tx:
        append(tx, keyring, Deed("system", "climb", "case", "1"), now)
    with chain.read() as tx:
        note = head_of(tx).note()
        assert verify(tx, keyring, note).faults == ()
    with chain.write() as tx:
        tx.execute(delete(audit).where(audit.c.number == ROWS + 1))
        tx.execute(update(audit_head).values(**older))
    with chain.read() as tx:
        assert verify(tx, keyring).faults == ()
        (fault,) = verify(tx, keyring, note).faults
    assert "noted at row 7" in fault


def test_what_was_undone_is_not_in_the_chain(
    chain: Database, keyring: KeyRing, now: datetime
) -> None:
    with pytest.raises(KeyError), chain.write() as tx:
        append(tx, keyring, Deed("system", "climb", "case", "1"), now)
        raise KeyError
    with chain.read() as tx:
        assert verify(tx, keyring).head.rows == ROWS


def test_several_writers_make_one_chain(
    database: Database, database_url: str, keyring: KeyRing, now: datetime
) -> None:
    def write(name: str) -> None:
        own = open_database(database_url)
        for number in range(15):
            with own.write() as tx:
                append(tx, keyring, Deed("system", name, "case", str(number)), now)
        own.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in ("one", "other", "third")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as tx:
        verdict = verify(tx, keyring)
    assert (verdict.faults, verdict.head.rows) == ((), 45)
