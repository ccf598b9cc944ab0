from __future__ import annotations

import stat
import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from safar.store import counters
from safar.store.database import Database, open_database
from safar.store.dialect import POSTGRESQL_WORDS, SQLITE_WORDS
from safar.store.errors import StoreConfigError, StoreUnavailableError, StoreVersionError
from safar.store.migrations import MIGRATIONS, Migration, migrate
from safar.store.tables import contacts, metadata, schema_migrations

pytestmark = pytest.mark.both_databases


def test_migrated_schema_is_the_one_queries_use(database: Database) -> None:
    inspector = inspect(database.engine)
    assert set(inspector.get_table_names()) == set(metadata.tables)
    for table in metadata.tables.values():
        found = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        # A row number of SQLite is never null, though its column is not declared so.
        expected = {c.name: c.nullable or found[c.name] and c.primary_key for c in table.columns}
        assert found == expected, table.name


def test_second_opening_applies_nothing(database: Database, database_url: str) -> None:
    with database.read() as tx:
        before = tx.execute(select(schema_migrations)).all()
    again = open_database(database_url)
    with again.read() as tx:
        assert tx.execute(select(schema_migrations)).all() == before
    again.close()
    assert [row.name for row in before] == [migration.name for migration in MIGRATIONS]


def test_newer_database_is_refused_and_named(database: Database, database_url: str) -> None:
    with database.write() as tx:
        tx.execute(insert(schema_migrations).values(name="9999_future", applied_at=_now()))
    with pytest.raises(StoreVersionError, match=r"newer Safar \(it has 9999_future"):
        open_database(database_url)


def test_failing_migration_leaves_the_schema_as_it_was(database: Database) -> None:
    broken = Migration("0002_broken", lambda _: ("CREATE TABLE half (id TEXT)", "NONSENSE"))
    with pytest.raises(DBAPIError), database.write() as tx:
        migrate(tx, database.dialect, _now(), (*MIGRATIONS, broken))
    assert "half" not in inspect(database.engine).get_table_names()
    with database.read() as tx:
        assert "0002_broken" not in tx.execute(select(schema_migrations.c.name)).scalars().all()


def test_migrations_differ_between_databases_only_in_the_words() -> None:
    for migration in MIGRATIONS:
        postgresql = "\n".join(migration.statements(POSTGRESQL_WORDS))
        assert "STRICT" not in postgresql
        assert "AUTOINCREMENT" not in postgresql
        assert len(migration.statements(SQLITE_WORDS)) == len(
            migration.statements(POSTGRESQL_WORDS)
        )


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("sqlite://", id="memory"),
        pytest.param("sqlite:///:memory:", id="memory spelt out"),
        pytest.param("mysql://host/name", id="other database"),
        pytest.param("nonsense", id="no address"),
        pytest.param("unknown://u:geheim@host/name", id="unknown dialect"),
    ],
)
def test_bad_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(StoreConfigError) as caught:
        open_database(url)
    assert "geheim" not in str(caught.value)


@pytest.mark.sqlite_alone
def test_durability_settings(database: Database) -> None:
    with database.read() as tx:
        settings = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings["journal_mode"] in database.describe()
    assert (settings["synchronous"], settings["foreign_keys"]) == (2, 1)
    assert settings["busy_timeout"] == 2_000


@pytest.mark.sqlite_alone
def test_only_this_user_may_read_the_file(database: Database, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "safar.db").stat().st_mode) == 0o600


def test_error_inside_a_transaction_undoes_it(database: Database) -> None:
    with pytest.raises(KeyError), database.write() as tx:
        counters.add(tx, "x", _now())
        raise KeyError
    with database.read() as tx:
        assert counters.value(tx, "x", _now()) == 0


def test_read_transaction_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match="read-?only"), database.read() as tx:
        counters.add(tx, "x", _now())
    with database.write() as tx:  # The connection goes back to the pool able to write.
        counters.add(tx, "x", _now())


def test_reader_sees_one_moment(database: Database) -> None:
    if "delete" in database.describe():
        pytest.skip("With a rollback journal a writer waits for readers.")
    with database.read() as reader:
        assert counters.value(reader, "x", _now()) == 0
        with database.write() as writer:
            counters.add(writer, "x", _now())
        assert counters.value(reader, "x", _now()) == 0


@pytest.mark.sqlite_alone
def test_locked_database_is_unavailable(database: Database, database_url: str) -> None:
    other = open_database(database_url, busy_timeout_ms=20)
    with database.write() as tx:
        counters.add(tx, "x", _now())
        with pytest.raises(StoreUnavailableError) as caught, other.write():
            pytest.fail("two writers at once")
        assert caught.value.code == "locked"
    with other.write() as tx:  # It works again as soon as the lock is gone.
        counters.add(tx, "x", _now())
    other.close()


@pytest.mark.sqlite_alone
def test_full_disk_is_unavailable_and_keeps_nothing(database_url: str) -> None:
    database = open_database(database_url)

    def fill(connection: object, record: object, proxy: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages}")

    event.listen(database.engine, "checkout", fill)
    with pytest.raises(StoreUnavailableError) as caught, database.write() as tx:
        for number in range(500):
            counters.add(tx, f"name {number} {'x' * 200}", _now())
    assert caught.value.code == "full"
    event.remove(database.engine, "checkout", fill)
    with database.write() as tx:
        tx.exec_driver_sql("PRAGMA max_page_count=1000000")
        counters.add(tx, "x", _now())
        assert tx.execute(text("SELECT count(*) FROM counters")).scalar_one() == 1
    database.close()


@pytest.mark.sqlite_alone
def test_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(b"this is a letter, not a database\n" * 100)
    with pytest.raises(StoreUnavailableError) as caught:
        open_database(f"sqlite:///{path}")
    assert caught.value.code == "damaged"
    assert path.read_bytes().startswith(b"this is a letter")


def test_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreConfigError, match="safar.db cannot be made"):
        open_database(f"sqlite:///{tmp_path}/file/safar.db")


def test_several_openers_of_a_new_store_all_succeed(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database_url = f"sqlite:///{tmp_path}/safar.db"
    if dialect == "postgresql":
        database_url = request.getfixturevalue("postgresql").new_database(empty=True)
    failures: list[Exception] = []
    start = threading.Barrier(6)

    def opener() -> None:
        start.wait()
        try:
            opened = open_database(database_url)
            with opened.write() as tx:
                counters.add(tx, "opened", _now())
            opened.close()
        except Exception as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=opener) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    database = open_database(database_url)
    with database.read() as tx:
        assert counters.value(tx, "opened", _now()) == 6
    database.close()


def test_errors_do_not_show_values(database: Database) -> None:
    with pytest.raises(Exception, match="(?i)unique") as caught, database.write() as tx:
        for _ in range(2):
            tx.execute(insert(contacts).values(id="very-secret", created_at=_now()))
    assert "very-secret" not in str(caught.value)


def test_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="without a zone"), database.write() as tx:
        tx.execute(insert(contacts).values(id="a", created_at=datetime(2026, 1, 1)))


def _now() -> datetime:
    return datetime.fromisoformat("2026-11-23T09:30:00+00:00")
