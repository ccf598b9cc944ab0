"""Whatever is wrong with the registry, every command that needs it says so in one sentence."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

COMMANDS = {
    "ask": ["ask", "hello"],
    "ask --as": ["ask", "hello", "--as", "a"],
    "ask --json": ["ask", "hello", "--json"],
    "understand": ["understand", "--jsonl"],
    "chat": ["chat"],
    "demo": ["demo"],
    "worker": ["worker"],
    "run": ["run"],
}
TROUBLE = {
    "missing": "no registry at",
    "a folder": "no registry at",
    "empty": "is damaged",
    "no database": "is damaged",
    "half of it": "is damaged",
    "newer": "made by a newer Safar",
    "older": "made by an older Safar",
}


def _spoil(good: Path, path: Path, how: str) -> None:
    if how == "a folder":
        path.mkdir()
    elif how == "empty":
        path.touch()
    elif how == "no database":
        path.write_bytes(b"registry")
    elif how == "half of it":
        whole = good.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    elif how in ("newer", "older"):
        shutil.copy(good, path)
        with sqlite3.connect(path) as database:
            version = {"newer": "99", "older": "0"}[how]
            database.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (version,))


@pytest.mark.parametrize(("how", "told"), TROUBLE.items(), ids=TROUBLE)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_registry_trouble(
    safar_cold, registry_path, tmp_path, installation, command, how, told
) -> None:
    path = tmp_path / "registry.db"
    _spoil(registry_path, path, how)
    ran = safar_cold(
        *command, stdin=b'{"text": "hello"}\n', registry_path=str(path), **installation
    )
    assert ran.code == 1
    sentence = ran.err.splitlines()[-1]
    assert told in sentence
    assert "safar content build" in sentence
    assert "Traceback" not in ran.all
    assert "hello" not in ran.out
