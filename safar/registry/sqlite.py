"""The SQLite library in use: the newest at hand, the same one that sqlite-utils takes."""

from __future__ import annotations

from typing import Any

try:
    import pysqlite3 as _module  # type: ignore[import-untyped,unused-ignore]
except ImportError:  # no wheel for this machine
    import sqlite3 as _module

sqlite3: Any = _module
"""`pysqlite3` where there is a wheel of it, else the standard library's module."""
