"""Notice cheaply that somebody else has written, so that nobody waits for the next poll."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.exc import SQLAlchemyError

from safar.store.database import Database

STEP = 0.01
"""Seconds between two looks; one costs some microseconds and takes no lock."""


class ChangeWatch:
    """Tells whether another connection has committed. For one thread; close it in the end.

    SQLite counts commits for whoever asks (`PRAGMA data_version`). For other databases there is
    nothing to ask, and a wait lasts as long as it may.

    Args:
        database: the store; one of its connections is kept.
    """

    def __init__(self, database: Database) -> None:
        """Open nothing yet."""
        self._database = database
        self._connection: PoolProxiedConnection | None = None
        self._seen = self._version()

    def mark(self) -> None:
        """Take what is committed so far for known: call it before looking for work."""
        self._seen = self._version()

    def changed(self) -> bool:
        """Whether somebody has committed since `mark`; False where it cannot be told."""
        return self._version() != self._seen

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

    def _version(self) -> int | None:
        if self._database.dialect.name != "sqlite":
            return None
        engine = self._database.engine
        try:
            if self._connection is None:
                self._connection = engine.raw_connection()
            cursor = self._connection.cursor()
            # On the driver itself: a hundred times a second, SQLAlchemy would cost 3% of a core.
            cursor.execute("PRAGMA data_version")
            row = cursor.fetchone()
            cursor.close()
        except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error):
            # Locked or away: whoever looks for work next will say so.
            self.close()
            return None
        return int(row[0]) if row else None
