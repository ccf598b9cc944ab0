"""The `safar` command inside this process, with the assistant that the session has loaded."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from safar.answers.resources import Resources, shared_resources
from safar.assistant.engine import Assistant
from safar.cli import main
from safar.settings import load_settings
from safar.store.crypto import KeyRing


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


class Command:
    """Calls `safar` as a terminal would: arguments, standard input and environment."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str, stdin: bytes = b"", **environment: str) -> Ran:
        """Run it; `environment` holds names of settings without their SAFAR_."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["safar", *arguments])
            # Else the help would be that of `python -m pytest`.
            patch.setattr(sys.modules["__main__"], "__package__", "", raising=False)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
            for name, value in environment.items():
                patch.setenv(f"SAFAR_{name.upper()}", value)
            if environment:
                _forget()
            self._capsys.readouterr()
            code = 0
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
        if environment:
            _forget()
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)


def _forget() -> None:
    load_settings.cache_clear()
    shared_resources.cache_clear()


@pytest.fixture
def safar_cold(resources: Resources, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command as it is: it loads what it needs."""
    return Command(capsys)


@pytest.fixture
def safar_plain(capsys: pytest.CaptureFixture[str]) -> Command:
    """The command, for what needs neither registry nor model."""
    return Command(capsys)


@pytest.fixture
def loads(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """One entry for each time a model would have been loaded; the session's is given instead."""
    counted: list[str] = []

    def load(resources: Resources, model: Path | None = None) -> Assistant:
        counted.append("load")
        return assistant

    monkeypatch.setattr(Assistant, "load", load)
    yield counted


@pytest.fixture
def safar(safar_cold: Command, loads: list[str]) -> Command:
    """The command with the session's assistant, so that it starts at once."""
    return safar_cold


@pytest.fixture
def installation(tmp_path: Path) -> dict[str, str]:
    """Settings of an installation of its own, with keys."""
    keys = {"keys": KeyRing.generate(), "hash_key": KeyRing.generate()}
    return {"home": str(tmp_path / "home"), **keys}


@pytest.fixture(scope="session")
def process(resources: Resources) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """The command as a process of its own."""

    def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "safar", *arguments],
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )

    return run
