"""How columns of the tables are written, and the list that all tables are in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, Text

from safar.store.types import UtcDateTime

metadata = MetaData()

# SQLite numbers rows by itself only when the type is spelt INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")


def time_column(name: str, *, nullable: bool = False) -> Column[Any]:
    """Make a column of moments."""
    return Column(name, UtcDateTime, nullable=nullable)


def text_column(name: str, *, nullable: bool = False) -> Column[Any]:
    """Make a column of texts."""
    return Column(name, Text, nullable=nullable)


def count_column(name: str) -> Column[Any]:
    """Make a column of numbers that begin at 0."""
    return Column(name, Integer, nullable=False, default=0)
