"""Arrows between rooms run downward only: what a room may know is in this table."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What each room knows of ours, and which of the big libraries; nothing else may be imported.
PHRASING_TYPES = frozenset({"errors", "languages", "templates", "values"})
KNOWS: dict[str, set[str]] = {
    "safar.settings": set(),
    "safar.phrasing": set(),
    "safar.messaging": {"safar.phrasing"},
    "safar.registry": {"safar.phrasing"},
    "safar.answers": {"safar.registry", "safar.phrasing", "safar.messaging", "safar.settings"},
    "safar.desk": {"safar.answers", "safar.registry", "safar.phrasing", "safar.messaging"},
    "safar.store": {"safar.settings"},
    "safar.cases": {
        "safar.store",
        "safar.registry",
        "safar.messaging",
        "safar.phrasing",
        "safar.settings",
        "httpx",
    },
    "safar.staff": {"safar.store", "safar.settings", "httpx"},
    "safar.console": {
        "safar.staff",
        "safar.cases",
        "safar.gateway",
        "safar.store",
        "safar.registry",
        "safar.answers",
        "safar.messaging",
        "safar.phrasing",
        "safar.settings",
        "fastapi",
        "starlette",
    },
    "safar.insights": {"safar.store", "safar.desk", "safar.registry", "safar.phrasing"},
    "safar.gateway": {
        "safar.store",
        "safar.messaging",
        "safar.registry",
        "safar.settings",
        "fastapi",
        "starlette",
        "httpx",
    },
    "safar.assistant": {
        "safar.cases",
        "safar.gateway",
        "safar.answers",
        "safar.messaging",
        "safar.phrasing",
        "safar.registry",
        "safar.store",
        "safar.settings",
        "bot",
        "rasa",
        "rasa_sdk",
    },
    "safar.cli": {
        "safar.assistant",
        "safar.cases",
        "safar.console",
        "safar.staff",
        "safar.desk",
        "safar.gateway",
        "safar.insights",
        "safar.answers",
        "safar.messaging",
        "safar.phrasing",
        "safar.registry",
        "safar.store",
        "safar.settings",
        "typer",
        "httpx",
        "uvicorn",
    },
    "safar.__main__": {"safar.cli"},
    "safar": set(),
    "actions": {"safar.answers", "safar.messaging", "safar.phrasing", "safar.registry", "rasa_sdk"},
    "bot": {"safar.answers", "safar.messaging", "safar.phrasing", "safar.registry", "rasa"},
}
WATCHED = {"safar", "actions", "bot", "rasa", "rasa_sdk", "fastapi", "starlette"} | {
    "uvicorn",
    "httpx",
    "typer",
    "tensorflow",
    "sanic",
}


def _modules() -> Iterator[Path]:
    for folder in ("safar", "actions", "bot"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def _room(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "safar" else parts[0]


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import hides where an arrow goes"
            assert node.module is not None
            if node.module == "safar":
                yield from (f"safar.{alias.name}" for alias in node.names)
            else:
                yield node.module


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", list(_modules()), ids=_name)
def test_a_module_knows_only_what_is_below_its_room(path: Path) -> None:
    room = _room(_name(path))
    assert room in KNOWS, f"{room} is a new room: say here what it may know."
    for name in _imported(ast.parse(path.read_text("utf-8"))):
        if name.split(".")[0] in WATCHED and _room(name) != room:
            assert _room(name) in KNOWS[room], f"{_name(path)} imports {name}"


def test_the_table_itself_runs_downward() -> None:
    order: list[str] = []
    left = {room: {below for below in known if below in KNOWS} for room, known in KNOWS.items()}
    while left:
        free = [room for room, below in left.items() if below <= set(order)]
        assert free, f"a circle among {sorted(left)}"
        order += free
        left = {room: below for room, below in left.items() if room not in free}


def test_the_registry_knows_value_types_of_phrasing_only() -> None:
    for path in (ROOT / "safar" / "registry").rglob("*.py"):
        for name in _imported(ast.parse(path.read_text("utf-8"))):
            if name.startswith("safar.phrasing."):
                assert name.split(".")[2] in PHRASING_TYPES, f"{_name(path)} imports {name}"


def test_only_the_worker_knows_the_bot() -> None:
    knowing = {
        _name(path)
        for path in _modules()
        if not _name(path).startswith("bot")
        for name in _imported(ast.parse(path.read_text("utf-8")))
        if name.split(".")[0] == "bot"
    }
    assert knowing == {"safar.assistant.engine"}


@pytest.mark.parametrize(
    "module",
    [
        "safar.gateway.web",
        "safar.console.app",
        "safar.gateway.dispatcher",
        "safar.cli",
        "safar.answers.resources",
        "safar.registry.build",
        "safar.phrasing.catalogue",
        "safar.messaging.render",
        "safar.store.database",
        "safar.cases.climbing",
        "safar.assistant.worker",
    ],
)
def test_importing_it_does_not_bring_rasa(module: str) -> None:
    code = f"import {module}, sys, json; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)
    loaded = {name.split(".")[0] for name in json.loads(ran.stdout)}
    assert not loaded & {"rasa", "rasa_sdk", "tensorflow", "sanic", "sklearn", "matplotlib"}


def test_the_commands_of_the_terminal_load_nothing_before_it_is_needed() -> None:
    code = "import safar.cli, sys; safar.cli.build_app(); print('fastapi' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)
    assert ran.stdout.strip() == b"False"
