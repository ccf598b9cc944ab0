"""A backup comes back whole or not at all, and is not taken for what is true by now."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from safar.store import audit, backup, backup_file
from safar.store.backup_file import BackupError
from safar.store.case_tables import cases
from safar.store.copying import copied_tables
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from safar.store.dialect import SQLITE_WORDS
from safar.store.errors import StoreUnavailableError, StoreVersionError
from safar.store.migrations import MIGRATIONS
from safar.store.restore import is_alone
from safar.store.tables import counters, inbox, schema_migrations
from safar.store.wishes import Noted, Wishes
from tests.clock import NOW
from tests.filled_store import STORY, Filled, raw_rows

pytestmark = pytest.mark.both_databases

LATER = NOW + timedelta(hours=14)
KEY, HASH_KEY = KeyRing.generate(), KeyRing.generate()


@pytest.fixture(scope="module")
def keyring() -> KeyRing:
    """Known to the process that is killed, too."""
    return KeyRing([KEY], HASH_KEY)


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.read() as tx:
        return {table.name: raw_rows(tx, table) for table in copied_tables()}


def later_wishes(at: datetime = LATER) -> tuple[Noted, ...]:
    return (Noted(at=at, wishes=Wishes()),)


def test_all_comes_back(filled: Filled, copy: Path, put_back) -> None:
    before = contents(filled.database)
    filled.wrote(filled.talk("+97455555555"), "after the backup")
    done = put_back(filled.database, copy)
    after = contents(filled.database)
    for table in before:
        if table not in {"audit", "audit_head", "staff_sessions", "staff_accounts"}:
            assert after[table] == before[table], table
    assert done.rows == done.manifest.rows
    assert "after the backup" not in filled.texts()
    with filled.database.read() as tx:
        assert not audit.verify(tx, filled.keyring, done.manifest.audit_head).faults
        assert audit.head_of(tx).rows == int(done.manifest.audit_head.split(":")[0]) + 1


@pytest.mark.parametrize("url", ["sqlite", "postgresql"])
def test_it_comes_back_in_either_database(
    filled: Filled, copy: Path, put_back, url: str, request, tmp_path: Path
) -> None:
    """So an installation moves from one file to PostgreSQL, and back."""
    before = contents(filled.database)
    server = request.getfixturevalue("postgresql") if url == "postgresql" else None
    address = server.borrow() if server else f"sqlite:///{tmp_path}/moved/safar.db"
    moved = open_database(address)
    try:
        put_back(moved, copy, replace=False, unused_since=True)
        after = contents(moved)
        for table in (
            "contacts",
            "contact_identities",
            "inbox",
            "outbox",
            "cases",
            "case_messages",
        ):
            assert after[table] == before[table], table
        there = Filled(moved, filled.keyring, _numbers=500)
        assert sorted(there.texts()) == sorted(filled.texts())
        # Rows are numbered on from there.
        assert there.wrote(there.talk()) > max(row[0] for row in before["inbox"])
    finally:
        moved.close()
        if server:
            server.give_back(address)


def test_a_store_that_holds_something_is_left_alone_unless_told(
    filled: Filled, copy: Path, put_back
) -> None:
    before = contents(filled.database)
    with pytest.raises(BackupError, match="--replace"):
        put_back(filled.database, copy, replace=False)
    assert contents(filled.database) == before


def test_a_store_that_is_in_use_is_left_alone(
    filled: Filled, copy: Path, put_back, database_url: str
) -> None:
    before = contents(filled.database)
    service = open_database(database_url)
    with service.read() as tx:
        tx.execute(select(inbox.c.id)).all()
    assert not is_alone(filled.database)
    with pytest.raises(BackupError, match="Stop Safar on every machine"):
        put_back(filled.database, copy)
    assert contents(filled.database) == before
    service.close()
    assert is_alone(filled.database)
    # Whoever looked has not kept the store for themselves.
    with open_database(database_url).write() as tx:
        tx.execute(update(inbox).values(error_code="x"))


def test_who_is_killed_in_the_middle_leaves_the_old_store(
    filled: Filled, copy: Path, put_back, database_url: str, tmp_path: Path
) -> None:
    filled.wrote(filled.talk(), "after the backup")
    before = contents(filled.database)
    filled.database.close()
    code = (
        "import os, sys\n"
        "from datetime import datetime, timedelta\n"
        "from pathlib import Path\n"
        "from safar.store.crypto import KeyRing\n"
        "from safar.store.database import open_database\n"
        "from safar.store.restore import Order, restore\n"
        "url, key, hash_key, copy, work = sys.argv[1:]\n"
        "restore(open_database(url), KeyRing([key], hash_key), Path(copy),\n"
        "    Order(kept_for=timedelta(days=400), replace=True), datetime.fromisoformat("
        f"{LATER.isoformat()!r}), Path(work), between=lambda: os.kill(os.getpid(), 9))\n"
    )
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            database_url,
            KEY,
            HASH_KEY,
            str(copy),
            str(tmp_path / "work"),
        ],
        env=dict(os.environ),
        check=False,
    )
    assert ran.returncode == -9
    again = Filled(open_database(database_url), filled.keyring, filled.clock, 900)
    try:
        assert contents(again.database) == before
        again.wrote(again.talk(), "and it goes on")
        with again.database.read() as tx:
            assert not audit.verify(tx, again.keyring).faults
        # And once more, to the end.
        put_back(again.database, copy)
        assert "after the backup" not in again.texts()
        assert list((tmp_path / "work").iterdir()) == []
    finally:
        again.database.close()


def test_an_error_in_the_middle_leaves_the_old_store(filled: Filled, copy: Path, put_back) -> None:
    before = contents(filled.database)

    def fail() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        put_back(filled.database, copy, between=fail)
    assert contents(filled.database) == before


def test_a_damaged_backup_is_not_put_back(filled: Filled, copy: Path, put_back) -> None:
    before = contents(filled.database)
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE inbox SET state = 'ready'")
    connection.commit()
    connection.close()
    with pytest.raises(BackupError, match="does not hold what it held"):
        put_back(filled.database, copy)
    assert contents(filled.database) == before


def test_the_backup_itself_stays_as_it_is(filled: Filled, copy: Path, put_back) -> None:
    before = copy.read_bytes()
    put_back(filled.database, copy)
    assert copy.read_bytes() == before
    assert [each.name for each in copy.parent.iterdir()] == [copy.name]


# Schemas.


def old_backup(path: Path, keyring: KeyRing, until: str = "0006_cases") -> Path:
    """Make a backup as a Safar made it that knew migrations until one."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE schema_migrations (name TEXT PRIMARY KEY, applied_at TEXT)")
    for migration in MIGRATIONS:
        if migration.name <= until:
            for statement in migration.statements(SQLITE_WORDS):
                connection.execute(statement)
            connection.execute(
                "INSERT INTO schema_migrations VALUES (?, ?)", (migration.name, NOW.isoformat())
            )
    stamp = NOW.isoformat(timespec="microseconds")
    connection.execute("INSERT INTO contacts (id, created_at) VALUES ('c', ?)", (stamp,))
    connection.execute(
        "INSERT INTO contact_identities (id, contact_id, channel, kind, digest, value_encrypted,"
        " created_at) VALUES (1, 'c', 'sms', 'phone', ?, ?, ?)",
        (keyring.digest("phone", "+97455555555"), keyring.encrypt("+97455555555"), stamp),
    )
    connection.execute(
        "INSERT INTO conversations (id, contact_id, identity_id, channel, provider, our_address,"
        " created_at, updated_at) VALUES ('v', 'c', 1, 'sms', 'fake', '+1500', ?, ?)",
        (stamp, stamp),
    )
    connection.execute(
        "INSERT INTO inbox (id, provider, provider_message_id, conversation_id, body_encrypted,"
        " raw_encrypted, received_at, state, not_before, updated_at)"
        " VALUES (1, 'fake', 'm', 'v', ?, '', ?, 'done', ?, ?)",
        (keyring.encrypt(STORY), stamp, stamp, stamp),
    )
    connection.commit()
    connection.close()
    backup_file.write_manifest(
        path, keyring, made_at=NOW, source="sqlite", audit_head="0:", progress=None
    )
    return path


def test_a_backup_of_an_older_safar_is_brought_up_to_date(
    filled: Filled, put_back, tmp_path: Path
) -> None:
    old = old_backup(tmp_path / "old", filled.keyring)
    put_back(filled.database, old, unused_since=True)
    assert filled.texts().count(STORY) == 1
    assert filled.addresses() == ["+97455555555"]
    assert [row.late_at for row in filled.all(cases)] == []
    names = {row.name for row in filled.all(schema_migrations)}
    assert names == {migration.name for migration in MIGRATIONS}


def test_a_backup_of_a_newer_safar_is_refused(filled: Filled, put_back, tmp_path: Path) -> None:
    before = contents(filled.database)
    path = tmp_path / "new"
    backup.make(filled.database, filled.keyring, path, NOW)
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE safar_backup")
    connection.execute("INSERT INTO schema_migrations VALUES ('9999_future', '')")
    connection.commit()
    connection.close()
    backup_file.write_manifest(
        path, filled.keyring, made_at=NOW, source="sqlite", audit_head="0:", progress=None
    )
    with pytest.raises(StoreVersionError, match="9999_future"):
        put_back(filled.database, path)
    assert contents(filled.database) == before


# Time, and what is not known.


def test_a_backup_older_than_what_is_known_of_the_forgotten_is_refused(
    filled: Filled, copy: Path, put_back
) -> None:
    with pytest.raises(BackupError, match="could come back who asked to be forgotten"):
        put_back(filled.database, copy, now=NOW + timedelta(days=401))
    put_back(filled.database, copy, now=NOW + timedelta(days=399))


def test_a_backup_of_tomorrow_is_refused(filled: Filled, copy: Path, put_back) -> None:
    with pytest.raises(BackupError, match="still to come"):
        put_back(filled.database, copy, now=NOW - timedelta(days=1))


def test_into_an_empty_store_only_with_the_wishes_since(
    other: Database, copy: Path, put_back
) -> None:
    with pytest.raises(BackupError, match=r"wishes\.json"):
        put_back(other, copy)
    with pytest.raises(BackupError, match=r"wishes\.json"):
        put_back(other, copy, noted=later_wishes(NOW - timedelta(minutes=1)))
    assert put_back(other, copy, without_wishes=True).wishes_until == NOW
    done = put_back(other, copy, noted=later_wishes())
    assert done.wishes_until == LATER


@pytest.mark.sqlite_alone
def test_a_full_disk_leaves_the_old_store(filled: Filled, copy: Path, put_back) -> None:
    before = contents(filled.database)

    def fill(connection: Any, record: object, proxy: object) -> None:
        cursor = connection.cursor()
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages}")

    grown = Filled(open_database(f"sqlite:///{copy.parent}/grown.db"), filled.keyring)
    for _ in range(300):
        grown.wrote(grown.talk(), "x" * 3000)
    big = copy.with_name("big")
    backup.make(grown.database, filled.keyring, big, NOW)
    grown.database.close()
    event.listen(filled.database.engine, "checkout", fill)
    with pytest.raises(StoreUnavailableError, match="full"):
        put_back(filled.database, big)
    event.remove(filled.database.engine, "checkout", fill)
    assert contents(filled.database) == before


def test_it_is_done_twice_as_well_as_once(filled: Filled, copy: Path, put_back) -> None:
    put_back(filled.database, copy)
    once = contents(filled.database)
    put_back(filled.database, copy)
    twice = contents(filled.database)
    for table in once:
        if table not in {"audit", "audit_head"}:
            assert twice[table] == once[table], table
    shutil.rmtree(copy.parent)


def test_a_count_of_an_empty_table_is_nothing(other: Database, copy: Path, put_back) -> None:
    with other.write() as tx:
        tx.execute(insert(counters).values(name="x", day="2026-11-23", value=1))
    with pytest.raises(BackupError, match="--replace"):
        put_back(other, copy, replace=False)
