"""Build registry.db from content/: all of it or nothing, and swapped in while others read."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from safar.registry.check import CheckReport, check_content
from safar.registry.content import Content
from safar.registry.errors import ContentError, Problem, RegistryBuildError
from safar.registry.load import load_content
from safar.registry.schema import SCHEMA_VERSION
from safar.registry.sqlite import sqlite3
from safar.registry.tables import SEARCH_TOKENS, TABLES, Table

APPLICATION_ID: Final = 0x53414652
"""Marks the file as a registry of Safar ("SAFR") for `file` and for whoever finds it."""

_WORLD_READABLE: Final = 0o644

Progress = Callable[[str, int, int], None]
"""Called with what is being done, the number of steps done, and of all steps."""


@dataclass(frozen=True)
class BuildReport:
    """What was built.

    Attributes:
        path: the registry.
        content_hash: SHA-256 of the content in hex; the same content gives the same hash.
        built_at: as given to `build_registry`.
        counts: rows of each table.
        size_bytes: size of the file.
        problems: warnings and notes of the check; they did not keep it from being built.
    """

    path: Path
    content_hash: str
    built_at: datetime
    counts: dict[str, int]
    size_bytes: int
    problems: tuple[Problem, ...]


def build_registry(
    content_dir: Path, target: Path, now: datetime, progress: Progress | None = None
) -> BuildReport:
    """Check `content_dir` and write it to `target`, replacing what is there in one step.

    Whoever reads the old file goes on reading it; whoever opens `target` finds the old registry or
    the new one, never a part of one.

    Args:
        content_dir: the folder of content files.
        target: the registry to make or to replace; its folder is made if need be.
        now: aware time, written into the registry; facts past review on that day are warned of.
        progress: told of each step.

    Raises:
        ContentError: the content has errors; nothing was written.
        RegistryBuildError: the file could not be written or failed its check; the old one stays.
    """
    tell = _Steps(progress)
    tell("reading content")
    return _build(load_content(content_dir), target, now, tell)


def build_of(
    content: Content, target: Path, now: datetime, checked: CheckReport | None = None
) -> BuildReport:
    """Write what was read already, and checked if it was, as `build_registry` does."""
    return _build(content, target, now, _Steps(None), checked)


def _build(
    content: Content,
    target: Path,
    now: datetime,
    tell: _Steps,
    checked: CheckReport | None = None,
) -> BuildReport:
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime; pass datetime.now(timezone.utc)")
    tell("checking content")
    report = checked or check_content(content, now.date())
    if report.errors:
        raise ContentError(report.errors)
    digest = content_hash(content)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder, because a file can be swapped atomically only within a file system.
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-", suffix=".new")
        os.close(handle)
    except OSError as error:
        raise RegistryBuildError(
            f"{target.parent} cannot be written to ({error.strerror}); make it writable or name "
            "another place with --output"
        ) from error
    fresh = Path(name)
    try:
        counts = _write(fresh, content, digest, now, tell)
        tell("swapping")
        _swap(fresh, target)
    except (OSError, sqlite3.Error) as error:
        raise RegistryBuildError(
            f"the new registry could not be written ({error}); the old one is unchanged; free disk "
            "space or mend the folder, then run `safar content build` again"
        ) from error
    finally:
        fresh.unlink(missing_ok=True)
    size = target.stat().st_size
    return BuildReport(target, digest, now, counts, size, report.problems)


def content_hash(content: Content) -> str:
    """Return the SHA-256, in hex, of what the registry keeps of `content`.

    It depends on what the entries say and on their order, not on comments, layout or time.
    """
    files: dict[str, object] = {
        loaded.document.file.partition("/")[2]: loaded.model.model_dump(mode="json")
        for loaded in content.files()
    }
    files |= {
        name: [entry.model_dump(mode="json", exclude_none=True) for entry in entries]
        for name, entries in content.world.files()
    }
    canonical = json.dumps(
        {"schema_version": SCHEMA_VERSION, "files": files},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


class _Steps:
    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._done = 0
        self._all = len(TABLES) + 4

    def __call__(self, step: str) -> None:
        if self._progress is not None:
            self._progress(step, self._done, self._all)
        self._done += 1


def _write(
    path: Path, content: Content, digest: str, now: datetime, tell: Callable[[str], None]
) -> dict[str, int]:
    connection = sqlite3.connect(str(path))
    try:
        # A reader may have the file on a stick that cannot be written: no journal beside it.
        connection.execute("PRAGMA journal_mode=DELETE")
        # Nobody opens the file before it is whole; `_swap` brings it to the disk then, once.
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA foreign_keys=ON")
        database = Database(connection)
        counts = {}
        for table in TABLES:
            tell(f"writing {table.name}")
            counts[table.name] = _fill(database, table, content)
        _write_meta(database, digest, now)
        tell("checking the registry")
        _check(connection)
    finally:
        connection.close()
    return counts


def _fill(database: Database, table: Table, content: Content) -> int:
    made: Any = database[table.name]
    made.create(
        table.columns,
        pk=table.pk,
        foreign_keys=list(table.foreign_keys),
        not_null=set(table.columns) - set(table.nullable),
        strict=True,
    )
    made.insert_all(table.rows(content))
    for columns in table.indexes:
        made.create_index(list(columns))
    if table.search:
        made.enable_fts(list(table.search), tokenize=SEARCH_TOKENS)
    return int(made.count)


def _write_meta(database: Database, digest: str, now: datetime) -> None:
    meta: Any = database["meta"]
    meta.create({"key": str, "value": str}, pk="key", not_null={"value"}, strict=True)
    meta.insert_all(
        [
            {"key": "schema_version", "value": str(SCHEMA_VERSION)},
            {"key": "content_hash", "value": digest},
            {"key": "built_at", "value": now.isoformat()},
        ]
    )
    database.conn.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    database.conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
    database.conn.commit()


def _check(connection: Any) -> None:
    faults = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    faults += [
        f"{row[0]} refers to no {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")
    ]
    if faults:
        raise RegistryBuildError(
            f"the new registry failed its check ({faults[0]}); the old one is unchanged; check the "
            "disk and run `safar content build` again"
        )


def _swap(fresh: Path, target: Path) -> None:
    fresh.chmod(_WORLD_READABLE)
    with fresh.open("rb") as stream:
        os.fsync(stream.fileno())
    os.replace(fresh, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
