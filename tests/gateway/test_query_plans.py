"""Claims must cost what the open rows cost, however many were answered over the years."""

from __future__ import annotations

import pytest
from sqlalchemy import event


@pytest.mark.parametrize("table", ["inbox", "outbox"])
def test_claim_never_walks_the_whole_table(post, database, table) -> None:
    statements = []

    def note(conn, cursor, statement, parameters, context, executemany) -> None:
        statements.append((statement, parameters))

    if table == "inbox":
        post.receive()
    else:
        post.queue("x")
    event.listen(database.engine, "before_cursor_execute", note)
    claimed = post.claim_inbox() if table == "inbox" else post.claim_outbox()
    event.remove(database.engine, "before_cursor_execute", note)
    assert len(claimed) == 1
    steps = []
    with database.engine.connect() as connection:
        for statement, parameters in statements:
            if not statement.startswith(("PRAGMA", "BEGIN")):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps += [step[3] for step in plan.all()]
    walks = [step for step in steps if step.startswith("SCAN") and "_open" not in step]
    assert walks == []
    assert any(f"{table}_open_conversation" in step for step in steps)
