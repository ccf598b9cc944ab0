"""`safar keys …`: as the operator calls it."""

from __future__ import annotations

import re
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safar.cli import env_file
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from tests.clock import NOW
from tests.filled_store import STORY, Filled

HASH_KEY = KeyRing.generate()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a filled store and its .env, from which the commands are called."""
    monkeypatch.chdir(tmp_path)
    for name in ("SAFAR_KEYS", "SAFAR_HASH_KEY"):
        monkeypatch.delenv(name, raising=False)
    key = KeyRing.generate()
    (tmp_path / ".env").write_text(f"# keys\nSAFAR_KEYS={key}\nSAFAR_HASH_KEY={HASH_KEY}\n")
    (tmp_path / ".env").chmod(0o600)
    database = open_database(f"sqlite:///{tmp_path / 'var' / 'safar.db'}")
    Filled(database, KeyRing([key], HASH_KEY)).everything()
    database.close()
    return tmp_path


def keys_in(path: Path) -> list[str]:
    (line,) = [line for line in path.read_text().splitlines() if line.startswith("SAFAR_KEYS=")]
    return line.partition("=")[2].split(",")


def texts(home: Path, keys: list[str]) -> list[str]:
    database = open_database(f"sqlite:///{home / 'var' / 'safar.db'}")
    try:
        return Filled(database, KeyRing(keys, HASH_KEY)).texts()
    finally:
        database.close()


def test_status_counts(safar_plain, home: Path) -> None:
    ran = safar_plain("keys", "status", home="var")
    assert ran.code == 0
    assert re.fullmatch(r"key 1 \(the newest\): [1-9]\d*\n", ran.out)


def test_rotate_makes_a_key_and_encrypts_everything_with_it(safar_plain, home: Path) -> None:
    (old,) = keys_in(home / ".env")
    ran = safar_plain("keys", "rotate", "--yes", home="var")
    assert (ran.code, ran.err) == (0, "")
    new, kept = keys_in(home / ".env")
    assert kept == old != new
    assert STORY in texts(home, [new])
    assert "Nothing needs an older key any more." in ran.out
    assert "Keep them with the backups" in ran.out
    assert re.search(r"^key 2 \(older\): 0$", ran.out, re.MULTILINE)
    assert new not in ran.out
    assert old not in ran.out
    (before,) = home.glob(".env.before-*")
    assert keys_in(before) == [old]
    for path in (home / ".env", before):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (home / ".env").read_text().startswith("# keys\n")


def test_nobody_who_cannot_answer_is_taken_to_have_started_again(safar_plain, home: Path) -> None:
    """With the old key alone, services could not read what the new one has made."""
    (old,) = keys_in(home / ".env")
    ran = safar_plain("keys", "rotate", home="var")
    assert ran.code == 0
    assert "Start Safar again now" in ran.out
    assert STORY in texts(home, [old])
    assert len(keys_in(home / ".env")) == 2
    ran = safar_plain("keys", "rotate", home="var")
    assert (ran.code, "Nothing was encrypted anew." in ran.out) == (1, True)
    ran = safar_plain("keys", "rotate", "--yes", home="var")
    assert ran.code == 0
    # No third key was made on the way.
    assert len(keys_in(home / ".env")) == 2
    assert STORY in texts(home, keys_in(home / ".env")[:1])


def test_a_line_to_be_put_in_place_by_hand(safar_plain, home: Path) -> None:
    before = (home / ".env").read_text()
    (old,) = keys_in(home / ".env")
    ran = safar_plain("keys", "rotate", "--print", home="var")
    assert ran.code == 0
    (line,) = [line for line in ran.out.splitlines() if line.startswith("SAFAR_KEYS=")]
    assert line.endswith(f",{old}")
    assert (home / ".env").read_text() == before
    assert STORY in texts(home, [old])


def test_keys_of_the_environment_are_not_changed_in_a_file(safar_plain, home: Path) -> None:
    """What the environment sets wins over the file: a key put there would be used by nobody."""
    before = (home / ".env").read_text()
    (old,) = keys_in(home / ".env")
    ran = safar_plain("keys", "rotate", "--yes", home="var", keys=old)
    assert ran.code == 0
    assert "Put this in the place where SAFAR_KEYS is set" in ran.out
    assert (home / ".env").read_text() == before
    assert STORY in texts(home, [old])


def test_what_no_key_opens_is_named(safar_plain, home: Path) -> None:
    (home / ".env").write_text(f"SAFAR_KEYS={KeyRing.generate()}\nSAFAR_HASH_KEY={HASH_KEY}\n")
    for command in ("status", "rotate"):
        ran = safar_plain("keys", command, *(["--yes"] if command == "rotate" else []), home="var")
        assert ran.code == 1
        assert "no key opens inbox.body_encrypted of rows 1" in ran.err
        assert "Add the one they were written with" in ran.err


@pytest.mark.parametrize(
    "line",
    [
        "SAFAR_KEYS=a",
        "export SAFAR_KEYS = a",
        "  SAFAR_KEYS='a'",
        'SAFAR_KEYS="a"',
        "SAFAR_KEYS=a\r",
    ],
)
def test_a_line_is_changed_as_it_is_written(tmp_path: Path, line: str) -> None:
    path = tmp_path / ".env"
    path.write_bytes(f"X=1\n{line}\nSAFAR_KEYS_OLD=x\n# SAFAR_KEYS=y".encode())
    assert env_file.names(path, "SAFAR_KEYS")
    env_file.replace(path, "SAFAR_KEYS", "b,a", NOW)
    wanted = re.sub(r"(?<=[ ='\"])a", "b,a", line)
    assert path.read_bytes().decode() == f"X=1\n{wanted}\nSAFAR_KEYS_OLD=x\n# SAFAR_KEYS=y"


Lines = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"))
    .filter(lambda line: not re.match(r"\s*(export\s+)?SAFAR_KEYS\s*=", line)),
    max_size=6,
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(before=Lines, after=Lines)
def test_no_other_line_is_touched(before: list[str], after: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ".env"
        path.write_bytes("\n".join([*before, "SAFAR_KEYS=a", *after]).encode())
        env_file.replace(path, "SAFAR_KEYS", "b,a", NOW)
        wanted = "\n".join([*before, "SAFAR_KEYS=b,a", *after])
        assert path.read_bytes().decode() == wanted


@pytest.mark.parametrize("text", ["X=1\n", "SAFAR_KEYS=a\nSAFAR_KEYS=b\n"])
def test_a_file_that_is_not_clear_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / ".env"
    path.write_text(text)
    with pytest.raises(env_file.EnvFileError, match="Leave one line"):
        env_file.replace(path, "SAFAR_KEYS", "b", NOW)
    assert [each.read_text() for each in tmp_path.iterdir()] == [text]


def test_a_link_is_followed_and_stays_one(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "safar.env").write_text("SAFAR_KEYS=a\n")
    (tmp_path / ".env").symlink_to(real / "safar.env")
    env_file.replace(tmp_path / ".env", "SAFAR_KEYS", "b", NOW)
    assert (tmp_path / ".env").is_symlink()
    assert (real / "safar.env").read_text() == "SAFAR_KEYS=b\n"
