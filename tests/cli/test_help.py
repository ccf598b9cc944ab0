"""Every command and subcommand says what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from safar.cli import build_app


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, child in getattr(command, "commands", {}).items():
        yield from _commands(child, (*path, name))


ALL = list(_commands(typer.main.get_command(build_app())))


CONTENT = (
    "check build preview segments report find kinds export import "
    "submit approve publish rollback versions diff withdraw keys import-missions"
)
LOCALES = "extract update compile report export import derive"
AGENCIES = "import registers find"
INSIGHTS = "show export import"
CASES = "list notices show test-notice"
STAFF = "disable enable invite list reset-sign-in"
DATA = "retention purge export backup restore"


def test_the_commands_are_those_of_the_handbook() -> None:
    top = {path[0] for path in ALL if path}
    assert top == set(
        "init run gateway worker dispatcher chat demo ask understand doctor usage settings".split()
        + "sending content locales agencies insights offer audit data keys cases staff".split()
    )
    assert {path for path in ALL if len(path) == 2} == {
        *(("content", name) for name in CONTENT.split()),
        *(("sending", name) for name in ("stop", "resume")),
        *(("locales", name) for name in LOCALES.split()),
        *(("agencies", name) for name in AGENCIES.split()),
        *(("insights", name) for name in INSIGHTS.split()),
        *(("cases", name) for name in CASES.split()),
        *(("staff", name) for name in STAFF.split()),
        *(("data", name) for name in DATA.split()),
        *(("keys", name) for name in ("status", "rotate")),
        ("audit", "verify"),
    }


@pytest.mark.parametrize("path", ALL, ids=lambda path: " ".join(path) or "safar")
def test_help(safar_cold, path: tuple[str, ...]) -> None:
    ran = safar_cold(*path, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"Usage: {' '.join(('safar', *path))}" in ran.out
    purpose = ran.out.split("Usage:")[1].splitlines()[2].strip()
    assert purpose.endswith((".", ",")) or len(purpose.split()) > 3


def test_without_a_command_the_help_is_shown(safar_cold) -> None:
    ran = safar_cold()
    assert "Usage: safar" in ran.all


def test_a_command_that_is_none_is_told(safar_cold) -> None:
    ran = safar_cold("answer")
    assert ran.code == 2
    assert "No such command 'answer'" in ran.err
