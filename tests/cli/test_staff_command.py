"""`safar staff`: accounts from the machine itself, with sentences for what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from safar.cli.staff import app
from safar.settings import load_settings
from safar.store.crypto import KeyRing

ROOT = Path(__file__).resolve().parents[2]
ANN = "ann@example.org"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """Run the command over a store of its own; it must succeed unless told otherwise."""
    monkeypatch.setenv("SAFAR_HOME", str(tmp_path))
    monkeypatch.setenv("SAFAR_DATABASE_URL", f"sqlite:///{tmp_path}/safar.db")
    monkeypatch.setenv("SAFAR_CONTENT_DIR", str(ROOT / "content"))
    monkeypatch.setenv("SAFAR_KEYS", KeyRing.generate())
    monkeypatch.setenv("SAFAR_HASH_KEY", KeyRing.generate())
    load_settings.cache_clear()

    def call(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, list(words))
        assert result.exit_code == code, result.output
        return result

    yield call
    load_settings.cache_clear()


def link_in(result: Result) -> str:
    return re.search(r"http\S+/console/invitation/[\w-]{43}", result.stdout)[0]  # type: ignore[index]


def test_the_first_administrator_comes_from_here(run) -> None:
    assert "Nobody has an account yet" in run("list").stdout
    invited = run("invite", ANN, "--name", "Ann Lee", "--role", "admin")
    assert link_in(invited)
    assert "SAFAR_CONSOLE=true" in invited.stderr
    listed = run("list").stdout
    assert re.search(
        r"invited +admin +sample-default +Ann Lee <ann@example\.org> +[0-9a-f]{32}", listed
    )


def test_a_desk_can_be_named(run) -> None:
    run("invite", ANN, "--name", "Ann", "--desk", "sample-np-doha")
    assert "officer" in (listed := run("list").stdout) and "sample-np-doha" in listed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["invite", "ann", "--name", "Ann"], "Write an e-mail address"),
        (["invite", ANN, "--name", " "], "Write a name"),
        (["invite", ANN, "--name", "Ann", "--role", "king"], "There is no role king"),
        (["invite", ANN, "--name", "Ann", "--desk", "nowhere"], "There is no desk nowhere"),
        (["disable", ANN], "No account has this address"),
        (["disable", "0123"], "There is no such account"),
        (["enable", ANN], "No account has this address"),
        (["reset-sign-in", ANN], "No account has this address"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_writes_nothing(run, words: list[str], told: str) -> None:
    refused = run(*words, code=1)
    assert told in refused.stderr and "Traceback" not in refused.output
    assert "Nobody has an account yet" in run("list").stdout


def test_an_address_is_invited_once(run) -> None:
    run("invite", ANN, "--name", "Ann")
    again = run("invite", ANN.upper(), "--name", "Ann", code=1)
    assert "has an account already" in again.stderr
    assert len(run("list").stdout.splitlines()) == 1


def test_disabled_and_back_with_a_new_link(run) -> None:
    first = link_in(run("invite", ANN, "--name", "Ann"))
    run("disable", ANN)
    assert "disabled" in run("list").stdout
    assert "Enable it first" in run("reset-sign-in", ANN, code=1).stderr
    run("enable", ANN)
    staff_id = run("list").stdout.split()[-1]
    assert link_in(run("reset-sign-in", staff_id)) != first


@pytest.mark.parametrize("command", ["invite", "list", "disable", "enable", "reset-sign-in"])
def test_every_command_explains_itself(command: str) -> None:
    assert len(CliRunner().invoke(app, [command, "--help"]).stdout) > 200
