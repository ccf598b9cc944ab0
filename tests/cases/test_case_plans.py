"""What is asked for each message must cost what is open, however many cases were closed."""

from __future__ import annotations

from typing import Any

import pytest
from case_house import House
from sqlalchemy import event

from safar.cases import lookup, rows
from safar.cases.climbing import carry_out
from safar.store.database import Tx

ASKED = {
    "the open case of a conversation": (
        lambda tx, house: rows.open_case(tx, "0" * 32),
        "cases_one_open",
    ),
    "the cases of a person": (lambda tx, house: lookup.of_contact(tx, "0" * 32), "cases_contact"),
    "a case by its reference": (
        lambda tx, house: lookup.by_reference(tx, house.office, "6ASW-HVEW"),
        "sqlite_autoindex_cases",
    ),
    "its timeline": (lambda tx, house: lookup.timeline(tx, 1), "case_events_case"),
    "what was said": (
        lambda tx, house: lookup.said(tx, house.keyring, 1),
        "sqlite_autoindex_case_messages",
    ),
    "what is due": (lambda tx, house: carry_out(house.database, house.office), "cases_due"),
}


@pytest.mark.parametrize("what", ASKED)
def test_no_table_is_walked(house: House, what: str) -> None:
    ask, index = ASKED[what]
    statements: list[tuple[str, Any]] = []

    def note(conn, cursor, statement, parameters, context, executemany) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    def steps(tx: Tx) -> list[str]:
        return [
            step[3]
            for statement, parameters in statements
            for step in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]

    event.listen(house.database.engine, "before_cursor_execute", note)
    with house.database.read() as tx:
        ask(tx, house)
    event.remove(house.database.engine, "before_cursor_execute", note)
    with house.database.read() as tx:
        found = steps(tx)
    assert found
    assert not [step for step in found if step.startswith("SCAN")]
    assert any(index in step for step in found), found
