"""Letting old things go, as a run: in steps, killed, two at once, and out of the files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, update

from safar.store import audit, retention
from safar.store.case_tables import audit as audit_table
from safar.store.case_tables import case_events, cases
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from safar.store.errors import CryptoError
from safar.store.retention_kinds import KINDS
from safar.store.retention_settings import RetentionSettings
from safar.store.tables import (
    conversations,
    inbox,
    outbox,
)
from tests.filled_store import ANA, STORY, Filled

pytestmark = pytest.mark.both_databases

KEPT = RetentionSettings(_env_file=None)
DAY = 24 * 3600
TOKEN = re.compile(rb"gAAAA[A-Za-z0-9_\-]{60,}={0,2}")


def purge(filled: Filled, kept: RetentionSettings = KEPT, **values: object) -> dict[str, int]:
    return retention.purge(
        filled.database, filled.keyring, kept, filled.clock(), pause=lambda _: None, **values
    )


def pass_days(filled: Filled, days: float) -> None:
    filled.clock.pass_(days * DAY)


def test_it_goes_in_steps_and_can_be_broken_off(filled: Filled) -> None:
    talk = filled.talk()
    for _ in range(retention.BATCH + 50):
        filled.wrote(talk)
    pass_days(filled, 181)
    assert purge(filled, most=1) == {"texts in": retention.BATCH}
    assert purge(filled, most=1) == {"texts in": 50}


def test_a_run_is_written_down_by_counts_alone(filled: Filled) -> None:
    filled.wrote(filled.talk())
    pass_days(filled, 181)
    purge(filled, actor="operator")
    (row,) = filled.all(audit_table)
    assert (row.actor, row.action, row.subject) == ("operator", "purge", "store")
    assert row.details == '{"texts in": 1}'
    purge(filled)
    assert len(filled.all(audit_table)) == 1


@pytest.mark.sqlite_alone
def test_what_went_is_in_no_file_any_more(filled: Filled, tmp_path: Path) -> None:
    talk = filled.everything()
    for number in range(50):
        filled.wrote(talk, f"{STORY} {number}")
    with filled.database.write() as tx:
        tx.execute(update(cases).values(closed_at=filled.clock()))
    pass_days(filled, 800)
    assert [text for text in left_in_files(tmp_path, filled.keyring) if "Rahman" in text]
    purge(filled)
    assert filled.database.scrub()
    left = left_in_files(tmp_path, filled.keyring)
    assert not [text[:40] for text in left if "Rahman" in text or ANA[1:] in text]


def left_in_files(folder: Path, keyring: KeyRing) -> list[str]:
    """Return every text that somebody with the keys can read out of the bytes of the files."""
    found = []
    for path in folder.glob("safar.db*"):
        raw = path.read_bytes()
        found.append(raw.decode("latin-1"))
        for each in TOKEN.findall(raw):
            try:
                found.append(keyring.decrypt(each.decode()))
            except CryptoError:
                continue  # cut at the end of a page
    return found


def test_two_at_once_do_each_thing_once(filled: Filled, database_url: str) -> None:
    talk = filled.talk()
    for _ in range(300):
        filled.wrote(talk)
    for number in range(40):
        filled.case(filled.talk(f"+97798412345{number:02}"))
    pass_days(filled, 731)
    results: list[dict[str, int]] = []

    def run() -> None:
        own = open_database(database_url)
        try:
            results.append(
                retention.purge(own, filled.keyring, KEPT, filled.clock(), pause=lambda _: None)
            )
        finally:
            own.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each.get("texts in", 0) for each in results) == 300
    assert sum(each.get("cases", 0) for each in results) == 40
    with filled.database.read() as tx:
        erased = select(func.count()).where(case_events.c.action == "erase")
        assert tx.execute(erased).scalar_one() == 40
        assert not audit.verify(tx, filled.keyring).faults


@pytest.mark.sqlite_alone
def test_a_run_that_was_killed_is_taken_up(filled: Filled, database_url: str) -> None:
    talk = filled.talk()
    for _ in range(3 * retention.BATCH):
        filled.wrote(talk)
    pass_days(filled, 181)
    code = (
        "import os, sys\n"
        "from datetime import datetime\n"
        "from safar.store import retention\n"
        "from safar.store.crypto import KeyRing\n"
        "from safar.store.database import open_database\n"
        "from safar.store.retention_settings import RetentionSettings\n"
        "ring = KeyRing([KeyRing.generate()], 'h' * 40)\n"
        "retention.purge(open_database(sys.argv[1]), ring, RetentionSettings(_env_file=None),\n"
        "    datetime.fromisoformat(sys.argv[2]), pause=lambda _: os.kill(os.getpid(), 9))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, database_url, filled.clock().isoformat()],
        env=dict(os.environ),
        check=False,
    )
    assert ran.returncode == -9
    assert purge(filled) == {"texts in": 2 * retention.BATCH}


Days = st.integers(min_value=0, max_value=400)


@pytest.mark.sqlite_alone
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(ages=st.lists(Days, min_size=1, max_size=8), days=st.integers(min_value=2, max_value=300))
def test_exactly_what_is_older_goes(
    new_database_url: Callable[[], str], keyring: KeyRing, ages: list[int], days: int
) -> None:
    database = open_database(new_database_url())
    try:
        filled = Filled(database, keyring)
        talk = filled.talk()
        now = filled.clock() + timedelta(days=400)
        for age in ages:
            filled.wrote(talk, received_at=now - timedelta(days=age))
        kept = KEPT.model_copy(update={"texts_days": days, "understood_days": 400})
        retention.purge(database, keyring, kept, now, pause=lambda _: None)
        empty = [not row.body_encrypted for row in filled.all(inbox)]
        assert empty == [age > days for age in ages]
    finally:
        database.close()


@pytest.mark.sqlite_alone
def test_looking_for_what_is_old_walks_through_no_table_of_texts(filled: Filled) -> None:
    filled.everything()
    asked: list[tuple[str, object]] = []

    def note(conn, cursor, statement, parameters, context, executemany) -> None:  # type: ignore[no-untyped-def]
        asked.append((statement, parameters))

    event.listen(filled.database.engine, "before_cursor_execute", note)
    with filled.database.read() as tx:
        for kind in KINDS:
            if kind.table in {inbox, outbox, conversations}:
                tx.execute(kind.due(filled.clock()).limit(1)).all()
    event.remove(filled.database.engine, "before_cursor_execute", note)
    plans = []
    with filled.database.engine.connect() as connection:
        for statement, parameters in asked:
            if statement.startswith("SELECT"):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans += [str(row[3]) for row in plan.all()]
    assert [line for line in plans if "inbox_texts" in line or "outbox_texts" in line]
    assert [line for line in plans if line.startswith("SCAN") or "TEMP B-TREE" in line] == []
