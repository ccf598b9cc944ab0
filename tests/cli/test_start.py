"""`safar init`, and what `safar run` and its services refuse to start without."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from safar.cli.supervisor import Supervisor
from safar.settings import Settings
from safar.store.crypto import KeyRing


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The environment of each supervisor that was run; none really is."""
    environments: list[dict[str, str]] = []

    def run(self: Supervisor) -> int:
        environments.append(self._environment)
        return 0

    monkeypatch.setattr(Supervisor, "run", run)
    return environments


def test_init_writes_keys_that_only_the_owner_reads(safar_cold, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = os.umask(0)
    try:
        ran = safar_cold("init")
    finally:
        os.umask(before)
    assert ran.code == 0
    assert "Wrote new keys to .env" in ran.out
    assert stat.S_IMODE(Path(".env").stat().st_mode) == 0o600
    for name in ("SAFAR_KEYS", "SAFAR_HASH_KEY"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings()
    ring = KeyRing(settings.keys, settings.hash_key)
    assert ring.decrypt(ring.encrypt("hello")) == "hello"
    assert settings.keys[0] not in ran.all
    assert settings.hash_key not in ran.all


def test_init_never_changes_a_file_that_is_there(safar_cold, tmp_path) -> None:
    path = tmp_path / "mine.env"
    for content in ("SAFAR_KEYS=old\n", ""):
        path.write_text(content)
        ran = safar_cold("init", "--env-file", str(path))
        assert ran.code == 0
        assert "was left as it is" in ran.out
        assert path.read_text() == content


def test_init_makes_other_keys_each_time(safar_cold, tmp_path) -> None:
    for name in ("a", "b"):
        safar_cold("init", "--env-file", str(tmp_path / name))
    assert (tmp_path / "a").read_text() != (tmp_path / "b").read_text()


def test_init_does_not_write_through_a_link(safar_cold, tmp_path) -> None:
    (tmp_path / ".env").symlink_to(tmp_path / "elsewhere")
    ran = safar_cold("init", "--env-file", str(tmp_path / ".env"))
    assert ran.code == 1
    assert not (tmp_path / "elsewhere").exists()


def test_run_gives_its_children_what_was_asked(safar_cold, started, installation) -> None:
    ran = safar_cold("run", "--simulator", "--port", "18000", **installation)
    assert (ran.code, ran.err) == (0, "")
    (environment,) = started
    assert environment["SAFAR_SIMULATOR"] == "true"
    assert environment["SAFAR_PORT"] == "18000"
    assert "http://127.0.0.1:18000/simulator/" in ran.out


def test_run_serves_no_simulator_unless_asked(safar_cold, started, installation) -> None:
    ran = safar_cold("run", **installation)
    assert ran.code == 0
    assert "simulator" not in ran.all
    assert "The lists of agencies of BD, NP are made up" in ran.err
    assert started[0].get("SAFAR_SIMULATOR") in (None, "false")


REFUSED = {
    "no key": ({"keys": ""}, "No encryption key is set", "safar init"),
    "no Fernet key": ({"keys": "abc"}, "Encryption key number 1 of 1", "safar init"),
    "no hash key": ({"hash_key": ""}, "hash key", "safar init"),
    "no registry": ({"registry_path": "/nowhere/registry.db"}, "no registry", "content build"),
    "no model": ({"model_path": "/nowhere"}, "no trained model", "make train"),
    "a port too high": ({"port": "70000"}, "SAFAR_PORT", "less than or equal"),
    "a port that is a word": ({"port": "http"}, "SAFAR_PORT", "integer"),
}


@pytest.mark.parametrize(("changed", "told", "remedy"), REFUSED.values(), ids=REFUSED)
def test_run_refuses_at_once_what_no_restart_would_mend(
    safar_cold, started, installation, changed, told, remedy
) -> None:
    ran = safar_cold("run", **{**installation, **changed})
    assert (ran.code, ran.out, started) == (1, "", [])
    assert told in ran.err
    assert remedy in ran.err
    assert len(ran.err.splitlines()) == 1
    assert installation["keys"] not in ran.err


@pytest.mark.parametrize("port", ["70000", "-1", "http"])
def test_run_refuses_a_port_that_is_none(safar_cold, started, installation, port) -> None:
    ran = safar_cold("run", "--port", port, **installation)
    assert (ran.code, started) == (2, [])


@pytest.mark.parametrize("service", ["gateway", "dispatcher"])
def test_a_service_alone_refuses_to_start_without_keys(safar_cold, tmp_path, service) -> None:
    ran = safar_cold(service, home=str(tmp_path), keys="", hash_key="")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("No encryption key is set")


def test_a_worker_refuses_to_start_without_keys(safar, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("safar.assistant.golden.check_golden", lambda *_: None)
    ran = safar("worker", home=str(tmp_path), keys="", hash_key="")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("No encryption key is set")


def test_a_worker_refuses_a_model_that_does_not_understand(safar, tmp_path, monkeypatch) -> None:
    golden = tmp_path / "bot" / "tests" / "golden.yml"
    golden.parent.mkdir(parents=True)
    golden.write_text("- {text: hello, intent: ask_wages, variant: en}\n")
    ran = safar("worker", home=str(tmp_path), bot_dir=str(tmp_path / "bot"))
    assert (ran.code, ran.out) == (1, "")
    assert "golden" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_home_that_is_a_file_is_one_sentence(safar, tmp_path, installation) -> None:
    (tmp_path / "home").write_text("")
    ran = safar("ask", "hello", "--as", "a", **installation)
    assert ran.code == 1
    assert str(tmp_path / "home") in ran.err
    assert len(ran.err.splitlines()) == 1
