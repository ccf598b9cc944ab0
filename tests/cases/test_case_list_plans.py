"""A list must cost what it shows, however many cases a desk has had over the years."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from case_house import House
from sqlalchemy import event

from safar.cases import listing
from safar.cases.listing import Place, Tab, Wanted
from safar.cases.plan import Risk
from safar.store.database import Tx
from tests.clock import NOW

pytestmark = pytest.mark.both_databases
PLACE = Place(1, NOW, 1)
PHONE = "+9779841234567"
EVERY_WAY = {
    "as it is": Wanted(),
    "risk": Wanted(risk=Risk.RED),
    "kind, origin, destination": Wanted(kind="ask_wages", origin="NP", destination="QA"),
    "country": Wanted(country="NP"),
    "mine": Wanted(tab=Tab.MINE),
    "nobody's": Wanted(assignee="nobody"),
    "late": Wanted(late=True),
    "with a person": Wanted(tab=Tab.WITH_PERSON, assignee="me"),
}
NEWEST = {
    "closed": Wanted(tab=Tab.CLOSED),
    "all": Wanted(tab=Tab.ALL),
    "all, narrowed": Wanted(
        tab=Tab.ALL, risk=Risk.AMBER, kind="ask_wages", country="NP", assignee="me", late=True
    ),
}
SORTED = {"by telephone number", "what was added", "red ones, the newest first"}
"""Where a handful is put in order."""
Ask = Callable[[Tx, House], object]


def list_of(wanted: Wanted, after: Place | None) -> Ask:
    return lambda tx, house: listing.page(tx, house.staff["doha1"], wanted, NOW, after=after)


ASKED: dict[str, tuple[Ask, str]] = {
    f"{name}, {page}": (list_of(wanted, after), index)
    for index, ways in (("cases_queue", EVERY_WAY), ("cases_newest", NEWEST))
    for name, wanted in ways.items()
    for page, after in (("first page", None), ("next page", PLACE))
} | {
    "counts": (lambda tx, house: listing.counts(tx, house.staff["doha1"], NOW), "cases_desk"),
    "counts of what is open": (
        lambda tx, house: listing.counts(tx, house.staff["doha1"], NOW), "cases_queue",
    ),
    "red ones, the newest first": (
        lambda tx, house: listing.red_waiting(tx, house.staff["doha1"]), "cases_queue",
    ),
    "what may narrow": (
        lambda tx, house: listing.choices(tx, house.staff["doha1"]), "cases_newest",
    ),
    "by telephone number": (
        lambda tx, house: listing.by_numbers(tx, house.keyring, house.staff["doha1"], [PHONE]),
        "cases_contact",
    ),
    "what was added": (
        lambda tx, house: listing.written_in(tx, house.staff["doha1"], [1, 2], NOW),
        "case_events_case",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ASKED)
def test_no_table_is_walked_and_no_list_sorted(house: House, dialect: str, what: str) -> None:
    ask, index = ASKED[what]
    house.open(house.talk(PHONE)[0])
    statements: list[tuple[str, Any]] = []

    def note(conn, cursor, statement, parameters, context, executemany) -> None:
        if statement.startswith(("SELECT", "WITH")):
            statements.append((statement, parameters))

    event.listen(house.database.engine, "before_cursor_execute", note)
    with house.database.read() as tx:
        ask(tx, house)
    event.remove(house.database.engine, "before_cursor_execute", note)
    assert statements
    with house.database.read() as tx:
        steps = [
            step
            for statement, parameters in statements
            for step in _plan(tx, dialect, statement, parameters)
        ]
    assert any(index in step for step in steps), steps
    # SQLite names what it walks through whole; here PostgreSQL walks only where it must.
    walked = [step for step in steps if step.startswith("SCAN") or "Seq Scan on cases" in step]
    # Of what may narrow there is a bounded number, and counts are of everything.
    bounded = what.startswith(("what may narrow", "counts"))
    assert not [step for step in walked if "anon" not in step and "cases_newest" not in step]
    if not bounded and what not in SORTED:
        assert not [step for step in steps if "B-TREE" in step or "Sort" in step], steps


def _plan(tx: Tx, dialect: str, statement: str, parameters: Any) -> list[str]:
    if dialect == "sqlite":
        found = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        return [step[3] for step in found]
    # With a handful of rows it would rather walk: whether it can do without is the question.
    for way in ("seqscan", "bitmapscan", "sort"):
        tx.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    return [row[0].strip() for row in tx.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()]
