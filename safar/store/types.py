"""Column types that read the same in SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment kept as ISO 8601 text of fixed width in UTC, so text order is time order.

    Example: ``2026-11-23T09:30:00.000000+00:00``. A naive datetime is refused with ValueError.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Turn an aware datetime into its text."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored; use an aware UTC datetime.")
        return value.astimezone(timezone.utc).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Turn the text back into an aware datetime."""
        return None if value is None else datetime.fromisoformat(str(value))


class Flag(TypeDecorator[bool]):
    """A truth value kept as 0 or 1, since STRICT tables of SQLite know no boolean."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """Turn True into 1."""
        return None if value is None else int(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bool | None:
        """Turn 1 into True."""
        return None if value is None else bool(value)
