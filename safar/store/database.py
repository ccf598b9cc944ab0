"""Opens the operational store and hands out its transactions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from safar.store import sqlite
from safar.store.dialect import Dialect
from safar.store.errors import StoreConfigError
from safar.store.migrations import migrate

Tx = Connection
"""An open transaction: what `Database.read` and `Database.write` give."""

_POOL = {"pool_size": 5, "max_overflow": 10, "pool_timeout": 10}
_JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024
_DRIVER = "postgresql+psycopg"
_CONNECT_SECONDS = 10
# Execution option: what the transaction that begins may do; None begins none at all.
_WRITES = "safar_writes"


class Database:
    """The operational store. Safe to share between threads; not across a fork."""

    def __init__(self, engine: Engine, description: str) -> None:
        """Wrap an engine made by `open_database`."""
        self.engine = engine
        self.dialect = Dialect(engine.dialect.name)
        self._description = description

    def describe(self) -> str:
        """Say which library, version and journal are in use, for the log at start-up."""
        return self._description

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """Open a transaction that may write; it commits at the end unless an error leaves it.

        Raises:
            StoreUnavailableError: Locked, full, damaged or away; nothing was kept.
        """
        with self._transaction(writes=True) as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open a transaction that sees one moment of the store and cannot write.

        Raises:
            StoreUnavailableError: Locked, damaged or away.
        """
        with self._transaction(writes=False) as tx:
            yield tx

    def scrub(self) -> bool:
        """Empty the journal, in which texts that were erased still stand; say whether that is done.

        It is not while somebody reads: try again later. PostgreSQL's journal is its operator's.
        """
        if self.dialect.name != "sqlite":
            return True
        try:
            with self.engine.connect().execution_options(**{_WRITES: None}) as connection:
                row = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        except SQLAlchemyError as error:
            raise self.dialect.explain(error) or error from error
        return int(row[0]) == 0

    def close(self) -> None:
        """Close all connections; the database may be opened again."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Tx]:
        options: dict[str, Any] = {_WRITES: writes}
        if self.dialect.name == "postgresql":
            options["postgresql_readonly"] = not writes
            # A writer must see what others committed while it waited for their locks.
            options["isolation_level"] = "READ COMMITTED" if writes else "REPEATABLE READ"
        try:
            with self.engine.connect().execution_options(**options) as tx, tx.begin():
                yield tx
                if writes:
                    self.dialect.announce(tx)
        except SQLAlchemyError as error:
            unavailable = self.dialect.explain(error)
            # A write inside `read` is a mistake of ours, which must not look like a bad disk.
            if unavailable is None or (unavailable.code == "read_only" and not writes):
                raise
            raise unavailable from error


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def open_database(
    url: str,
    *,
    echo: bool = False,
    busy_timeout_ms: int = 10_000,
    clock: Callable[[], datetime] = _utc_now,
) -> Database:
    """Open the store, making the file and bringing its tables up to date.

    Args:
        url: SQLAlchemy address: ``sqlite:////var/lib/safar/safar.db`` or
            ``postgresql+psycopg://…``. SQLite in memory is refused: nothing would be durable.
        echo: Log every statement, without its values.
        busy_timeout_ms: How long a writer waits for another one before `StoreUnavailableError`.
        clock: Gives the time written beside applied migrations.

    Raises:
        StoreConfigError: The address is not one of those.
        StoreVersionError: A newer Safar has written this database.
        StoreUnavailableError: It cannot be opened now.
    """
    parsed = _parse(url)
    database = (
        _open_sqlite(parsed, echo=echo, busy_timeout_ms=busy_timeout_ms)
        if parsed.get_backend_name() == "sqlite"
        else _open_postgresql(parsed, echo=echo, lock_timeout_ms=busy_timeout_ms)
    )
    try:
        with database.write() as tx:
            migrate(tx, database.dialect, clock())
    except BaseException:
        database.close()
        raise
    return database


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        # The address may hold a password, so it is not repeated.
        raise StoreConfigError(
            "The database address cannot be read. Write sqlite:///path/to/safar.db or"
            " postgresql+psycopg://user:password@host/name."
        ) from error
    if backend not in {"sqlite", "postgresql"}:
        raise StoreConfigError(
            f"The database address names {backend}; only sqlite and postgresql are known."
        )
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise StoreConfigError(
            "The database address names no file, so messages would be lost at the first restart."
            " Write sqlite:///path/to/safar.db."
        )
    return parsed.set(drivername=_DRIVER) if parsed.drivername == backend != "sqlite" else parsed


def _open_sqlite(url: URL, *, echo: bool, busy_timeout_ms: int) -> Database:
    library = sqlite.choose(sqlite.installed())
    _prepare_file(Path(str(url.database)))
    engine = create_engine(
        url.set(drivername="sqlite"),
        module=library.module,
        connect_args={"timeout": busy_timeout_ms / 1000},
        echo=echo,
        hide_parameters=True,
        **_POOL,
    )
    event.listen(engine, "connect", _sqlite_on_connect)
    event.listen(engine, "begin", _sqlite_on_begin)
    version = ".".join(map(str, library.version))
    journal = library.journal_mode
    database = Database(engine, f"SQLite {version} from {library.name}, journal mode {journal}")
    try:
        _set_journal_mode(database, journal)
    except BaseException:
        database.close()
        raise
    return database


def _prepare_file(path: Path) -> None:
    """Make folder and file before SQLite does, so that only this user may read them."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreConfigError(
            f"The database file {path.name} cannot be made ({error.strerror}). Check that its"
            " folder exists and that this user may write there."
        ) from error


def _set_journal_mode(database: Database, mode: str) -> None:
    """Set the mode in the file; it stays there for all later connections."""
    try:
        # Outside any transaction, in which the mode cannot be changed.
        with database.engine.connect().execution_options(**{_WRITES: None}) as connection:
            now = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            if str(now).lower() != mode:
                connection.exec_driver_sql(f"PRAGMA journal_mode={mode}")
    except SQLAlchemyError as error:
        raise database.dialect.explain(error) or error from error


def _sqlite_on_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: `_sqlite_on_begin` chooses their kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: the provider is told "received" on the strength of a commit, even if power fails.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # Who is forgotten is overwritten, not only unlinked: the keys would still open it.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute(f"PRAGMA journal_size_limit={_JOURNAL_SIZE_LIMIT}")
    cursor.close()


def _sqlite_on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, True)
    if writes is None:
        return
    connection.exec_driver_sql(f"PRAGMA query_only={0 if writes else 1}")
    # IMMEDIATE takes the write lock before anything is read: a reader that turns into a writer
    # would fail at once, without waiting for the other one.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgresql(url: URL, *, echo: bool, lock_timeout_ms: int) -> Database:
    patience = {"connect_timeout": _CONNECT_SECONDS}
    try:
        engine = create_engine(
            url,
            connect_args={} if patience.keys() & url.query.keys() else patience,
            echo=echo,
            hide_parameters=True,
            pool_pre_ping=True,
            **_POOL,
        )
    except ImportError as error:
        raise StoreConfigError(
            "The database address names PostgreSQL, but its driver is not installed. Install it"
            " with: make extras"
        ) from error

    def on_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = {int(lock_timeout_ms)}")
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "handle_error", _postgresql_on_error)
    return Database(engine, f"PostgreSQL through {engine.dialect.driver}")


def _postgresql_on_error(context: ExceptionContext) -> None:
    """Leave out what PostgreSQL repeats of the row: an error may end in a log."""
    original, wrapped = context.original_exception, context.sqlalchemy_exception
    diagnosis = getattr(original, "diag", None)
    if diagnosis is None or diagnosis.message_primary is None or wrapped is None:
        return
    # "Data exceptions" quote the value even in their first line.
    words = diagnosis.sqlstate if diagnosis.sqlstate[:2] == "22" else diagnosis.message_primary
    original.args = (words,)
    wrapped.args = (f"({type(original).__name__}) {words}",)
