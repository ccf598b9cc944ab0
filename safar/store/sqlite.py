"""Which SQLite library to use, and whether write-ahead logging is safe with it.

Every SQLite from 3.7.0 to 3.51.2 may damage a database in WAL mode when several connections
write (the "WAL-reset" defect); it was mended in 3.51.3 and in the older lines 3.50.7 and 3.44.6.
An older library is used with a rollback journal instead: slower, but nothing is lost.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

Version = tuple[int, int, int]

_MENDED: Version = (3, 51, 3)
_MENDED_LINES: tuple[Version, ...] = ((3, 44, 6), (3, 50, 7))
_MODULES = ("pysqlite3.dbapi2", "sqlite3")


@dataclass(frozen=True)
class SqliteLibrary:
    """A DB-API module with its version; ``name`` is ``pysqlite3`` or ``sqlite3``."""

    name: str
    version: Version
    module: ModuleType

    @property
    def journal_mode(self) -> str:
        """``wal`` where that is safe, else ``delete``."""
        return "wal" if wal_is_safe(self.version) else "delete"


def wal_is_safe(version: Version) -> bool:
    """Tell whether this SQLite has the mended WAL code."""
    if version >= _MENDED:
        return True
    return any(version[:2] == line[:2] and version >= line for line in _MENDED_LINES)


def choose(candidates: Sequence[SqliteLibrary]) -> SqliteLibrary:
    """Return the first candidate in which WAL is safe, else the newest one."""
    for candidate in candidates:
        if wal_is_safe(candidate.version):
            return candidate
    return max(candidates, key=lambda candidate: candidate.version)


def installed() -> list[SqliteLibrary]:
    """List the SQLite libraries of this Python, the bundled wheel before the system's."""
    found = []
    for module_name in _MODULES:
        try:
            module = importlib.import_module(module_name)
        except ImportError:
            continue  # The wheel does not exist for every machine.
        major, minor, patch = module.sqlite_version_info
        version = (int(major), int(minor), int(patch))
        found.append(SqliteLibrary(module_name.partition(".")[0], version, module))
    return found
