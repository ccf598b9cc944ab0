"""Looking for notices to tell must cost what waits, however many were told over the years."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from case_house import House
from notice_house import Said, Tellers, plan_with, settings
from sqlalchemy import event

from safar.cases.notices import by_sms
from safar.cases.notices.sends import due
from safar.cli.case_errands import queue_of
from safar.store.notice_counts import notice_counts

EVERYWHERE = {
    "email": ["desk@example.org"],
    "sms": ["+97455512345"],
    "webhook": ["https://example.org/"],
}


@contextmanager
def plans(house: House) -> Iterator[list[str]]:
    """Collect the steps of the plans of all statements run meanwhile, when they have run."""
    statements: list[tuple[str, Any]] = []
    steps: list[str] = []

    def note(conn, cursor, statement, parameters, context, executemany) -> None:
        statements.append((statement, parameters[0] if executemany else parameters))

    event.listen(house.database.engine, "before_cursor_execute", note)
    yield steps
    event.remove(house.database.engine, "before_cursor_execute", note)
    with house.database.engine.connect() as connection:
        for statement, parameters in statements:
            if not statement.startswith(("PRAGMA", "BEGIN", "INSERT")):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps += [step[3] for step in plan.all()]


def walks(steps: list[str]) -> list[str]:
    """Return what walks through a table, but for what lists only what waits or failed."""
    waiting = ("case_notices_waiting", "case_notice_sends_failed", "case_notice_sends_open")
    return [
        step
        for step in steps
        if step.startswith("SCAN") and not any(name in step for name in waiting)
    ]


def test_nothing_walks_through_all_notices(house: House) -> None:
    house.plan = plan_with(doha=EVERYWHERE)
    house.open()
    given = settings(sms_provider="fake", sms_from="+1500")
    queue = queue_of(house.keyring, ["fake"], given)
    tell = Tellers(house, given)
    with plans(house) as steps:
        assert tell.by(Said()) == 1
        assert tell.by(Said("webhook")) == 1
        assert by_sms.hand_over(house.database, house.office, queue, given) == 1
        assert by_sms.hand_over(house.database, house.office, queue, given) == 0
        with house.database.read() as tx:
            tx.execute(due("email", house.clock())).all()
            assert notice_counts(tx, house.clock()).waiting == 1
    assert walks(steps) == [], steps
    assert any("case_notices_waiting" in step for step in steps)
