"""What is in the repository: short files, no secret, no place of one machine, nothing built."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 400
LARGEST = 1_000_000

# In pieces, so that this file does not find itself.
FORBIDDEN = {
    "a path of one machine": re.compile("/" + r"(root|work|Users|home/\w+|tmp/bash\w*)/"),
    "a host of a package registry": re.compile(r"\bpypi\." + r"(?!org\b)[\w-]+|index-url\s*[=h]"),
    "an address with a password": re.compile(r"://[\w.-]+:[^@\s/{}$<]{3,}@(?!host\b)[\w.-]+"),
    "a private key": re.compile("BEGIN [A-Z ]*PRIVATE " + "KEY"),
    "a Fernet key": re.compile(r"(?<![\w/+-])[\w-]{43}=(?![\w=])"),
    "a key of Twilio": re.compile(r"\bSK[0-9a-f]{32}\b"),
}
OF_A_FOLDER = ("conftest.py", "__init__.py", "__main__.py")
MADE_UP_PASSWORD = "user:password@"


def _files() -> list[str]:
    """Return what is tracked, and what would be added by `git add -A`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return sorted({name for name in listed.split("\0") if name and (ROOT / name).is_file()})


FILES = _files()
PYTHON = [name for name in FILES if name.endswith(".py")]


def _text(name: str) -> str | None:
    try:
        return (ROOT / name).read_text("utf-8")
    except UnicodeDecodeError:
        return None


def test_there_is_something_to_look_at() -> None:
    assert len(PYTHON) > 150


@pytest.mark.parametrize("folder", ["safar", "actions", "bot", "tests", "deploy"])
def test_no_file_is_too_long_to_read(folder: str) -> None:
    lengths = {
        name: len((_text(name) or "").splitlines())
        for name in PYTHON
        if name.startswith(f"{folder}/")
    }
    assert lengths
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


@pytest.mark.parametrize(("what", "pattern"), FORBIDDEN.items(), ids=FORBIDDEN)
def test_nothing_of_one_machine_or_person_is_kept(what: str, pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}:{number}"
        for name in FILES
        for number, line in enumerate((_text(name) or "").splitlines(), 1)
        if pattern.search(line.replace(MADE_UP_PASSWORD, ""))
    ]
    assert found == [], what


def test_the_patterns_find_what_they_are_for() -> None:
    examples = {
        "a path of one machine": "/" + "home/me/safar",
        "a host of a package registry": "https://pypi." + "example.net/simple",
        "an address with a password": "postgresql://me:se" + "cret@db/safar",
        "a private key": "-----BEGIN PRIVATE " + "KEY-----",
        "a Fernet key": "SAFAR_KEYS=" + "a" * 43 + "=",
        "a key of Twilio": "SK" + "0" * 32,
    }
    assert {name for name, text in examples.items() if FORBIDDEN[name].search(text)} == set(
        FORBIDDEN
    )


OFFICE = re.compile(r"\.gov(?:\.[a-z]{2})?$")
"""Of a ministry or the police, to which people are told to write."""


def test_addresses_of_people_stand_only_in_the_table_of_missions() -> None:
    address = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}")
    found = {
        name
        for name in FILES
        for found in address.findall(_text(name) or "")
        if not found.endswith((".example", ".example.org", ".invalid", "@example.org"))
        and not (name.startswith("content/countries/") and OFFICE.search(found))
    }
    # Made-up advertisements have made-up addresses: where one can be written to is a sign.
    kept = ("content/missions/", "tests/answers/offers/", "content/red_flags/")
    assert {name for name in found if not name.startswith(kept)} == set()


def test_nothing_built_or_private_is_kept() -> None:
    built = (".env", ".db", ".db-wal", ".tar.gz", ".mo", ".pyc", ".npz", ".whl", ".log")
    assert [name for name in FILES if name.endswith(built)] == []
    large = [name for name in FILES if (ROOT / name).stat().st_size > LARGEST]
    assert large == []


def test_test_files_have_names_of_their_own() -> None:
    """Folders below tests/ are no packages, so two files of one name would be one module."""
    names = [
        Path(name).name
        for name in PYTHON
        if name.startswith("tests/") and Path(name).name not in OF_A_FOLDER
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []
