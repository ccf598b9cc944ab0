"""Notice cheaply that somebody else has written, so that nobody waits for the next poll."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.exc import SQLAlchemyError

from safar.store.database import Database
from safar.store.dialect import CHANNEL

STEP = 0.01
"""Seconds between two looks; one costs some microseconds and takes no lock."""


class ChangeWatch:
    """Tells whether another connection has committed. For one thread; close it in the end.

    SQLite counts commits for whoever asks (`PRAGMA data_version`). PostgreSQL tells them to whoever
    listens, through the driver psycopg; through another one a wait lasts as long as it may.

    Args:
        database: the store; one of its connections is kept.
    """

    def __init__(self, database: Database) -> None:
        """Open nothing yet."""
        self._database = database
        self._connection: PoolProxiedConnection | None = None
        self._heard = 0
        self._seen = self._version()

    def mark(self) -> None:
        """Take what is committed so far for known: call it before looking for work."""
        self._seen = self._version()

    def changed(self) -> bool:
        """Whether somebody has committed since `mark`; False where it cannot be told."""
        return self._version(reopen=False) != self._seen

    def wait(self, seconds: float, pause: Callable[[float], object]) -> None:
        """Return at the first change since `mark`, or after `seconds` of calls to `pause`.

        Args:
            seconds: the longest wait.
            pause: waits some seconds; a true answer ends the wait, as `Event.wait` gives it.
        """
        for _ in range(self.steps(seconds)):
            if self.changed() or pause(STEP) is True:
                return

    @staticmethod
    def steps(seconds: float) -> int:
        """Return how many looks a wait of `seconds` has."""
        return max(1, round(seconds / STEP))

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _version(self, *, reopen: bool = True) -> int | None:
        look = {"pysqlite": self._count_of_sqlite, "psycopg": self._count_heard}.get(
            self._database.engine.dialect.driver
        )
        if look is None:
            return None
        engine = self._database.engine
        try:
            if self._connection is None:
                # A server that is away is not called a hundred times a second.
                if not reopen and look == self._count_heard:
                    return None
                self._connection = engine.raw_connection()
                if look == self._count_heard:
                    self._listen(self._connection)
            return look(self._connection.dbapi_connection)
        except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error):
            # Locked or away: whoever looks for work next will say so.
            self.close()
            return None

    @staticmethod
    def _count_of_sqlite(driver: Any) -> int | None:
        # On the driver itself: a hundred times a second, SQLAlchemy would cost 3% of a core.
        cursor = driver.cursor()
        cursor.execute("PRAGMA data_version")
        row = cursor.fetchone()
        cursor.close()
        return int(row[0]) if row else None

    @staticmethod
    def _listen(connection: PoolProxiedConnection) -> None:
        # It listens till it is closed, so nobody else may get it out of the pool.
        connection.detach()
        driver: Any = connection.dbapi_connection
        driver.autocommit = True
        driver.execute(f"LISTEN {CHANNEL}")

    def _count_heard(self, driver: Any) -> int:
        # What has arrived is taken without waiting.
        driver.pgconn.consume_input()
        while driver.pgconn.notifies() is not None:
            self._heard += 1
        return self._heard
