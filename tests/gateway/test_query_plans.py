"""Claims must cost what the open rows cost, however many were answered over the years."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from safar.store.database import Database
from tests.whole_way import CRY, FORGET


@contextmanager
def plans(database: Database) -> Iterator[list[str]]:
    """Collect the steps of the plans of all statements run meanwhile, when they have run."""
    statements: list[tuple[str, Any]] = []
    steps: list[str] = []

    def note(conn, cursor, statement, parameters, context, executemany) -> None:
        statements.append((statement, parameters[0] if executemany else parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    yield steps
    event.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        for statement, parameters in statements:
            # The plan of an insert shows checks of keys that run only where one is violated.
            if not statement.startswith(("PRAGMA", "BEGIN", "INSERT")):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps += [step[3] for step in plan.all()]


def walks(steps: list[str]) -> list[str]:
    """Return what walks through a table, but that of modems, which is kept small."""
    return [
        step
        for step in steps
        if step.startswith("SCAN") and "_open" not in step and not step.startswith(_NO_TABLE)
    ]


# What a subquery reads has steps of its own.
_NO_TABLE = ("SCAN CONSTANT ROW", "SCAN (subquery", "SCAN received_parts")


@pytest.mark.parametrize("table", ["inbox", "outbox"])
def test_claim_never_walks_the_whole_table(post, database, table) -> None:
    if table == "inbox":
        post.receive()
    else:
        post.queue("x")
    with plans(database) as steps:
        claimed = post.claim_inbox() if table == "inbox" else post.claim_outbox()
    assert len(claimed) == 1
    assert walks(steps) == []
    assert any(f"{table}_open_conversation" in step for step in steps)


def test_what_is_claimed_first_is_not_sorted_each_time(post, database) -> None:
    post.receive()
    with plans(database) as steps:
        post.claim_inbox()
    assert any("inbox_open_first" in step for step in steps)
    # What was claimed is sorted, a handful; the queue is not.
    assert sum("B-TREE FOR ORDER BY" in step for step in steps) <= 1


def test_to_receive_and_to_hand_over_never_walks_a_whole_table(way) -> None:
    way.bring("hello", profile="Ana")
    with plans(way.database) as steps:
        way.bring(CRY, profile="Ben")
        way.bring("STOP", profile="Ana")
    assert steps
    assert walks(steps) == []


def test_to_answer_and_to_forget_never_walks_a_whole_table(way) -> None:
    way.ask("hello", "whatsapp")
    way.write(FORGET, "whatsapp")
    with plans(way.database) as steps:
        way.answer()
        way.clock.pass_(60)
        assert way.errands["erase"].run() == 1
    assert walks(steps) == []
