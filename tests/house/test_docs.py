"""What README and docs/ tell people to type works, and what they point at is there.

Commands stand in blocks marked `sh`. They are run in a copy of the texts, one after the other as a
reader would; those in `NOT_RUN` are only looked up, for the reason given.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from safar.answers.resources import Resources
from safar.cli import build_app
from safar.cli.settings import groups
from safar.cli.settings import page as settings_page
from safar.settings import load_settings
from safar.store.crypto import KeyRing

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NOT_RUN = {
    "make run": "it never ends; tests/e2e starts `safar run`",
    "make test": "it is what runs this",
    "make install content train": "it fetches libraries and trains for a minute",
    ".venv/bin/safar run": "it never ends; tests/e2e starts it",
    "make extras": "it fetches libraries",
    "make train": "it may take minutes; tests/house trains a small copy",
    "make evaluate": "it asks the model thousands of messages; tests/evaluate asks a few",
    "make faults": "it takes ten minutes; .ci/run plays it",
    "make faults FAULTS=--list": "it builds everything first; .ci/run plays the matrix",
    ".venv/bin/safar data export person.json": "it asks for a number; tests/cli has a person",
    ".venv/bin/safar data restore safar.backup --replace": "it needs a store with something in it;"
    " tests/cli puts one back",
    ".venv/bin/safar data purge": "what it shows depends on what is old; tests/cli has old texts",
    ".venv/bin/safar content import-missions embassies.csv": "it needs the export; tests/registry"
    " makes small ones",
    ".venv/bin/safar cases test-notice sample-default": "it needs a mail server; tests/cases has"
    " one",
    "lsusb": "it needs a stick",
    "ls -l /dev/serial/by-id/": "it needs a stick",
    "sudo apt-get install gammu": "it changes the machine",
    "gammu -c try.gammurc identify": "it needs a stick; tests/gateway/modem has libGammu's dummy",
    "gammu -c try.gammurc networkinfo": "it needs a stick",
    "gammu -c try.gammurc getussd '*100#'": "it needs a stick",
    "sudo systemctl mask --now ModemManager": "it needs systemd as the first process",
    "sudo systemd-run --pty --uid=safar --property=EnvironmentFile=/etc/safar/safar.env"
    " --setenv=SAFAR_HOME=/var/lib/safar --working-directory=/opt/safar"
    " /opt/safar/.venv/bin/safar doctor": "it needs systemd as the first process",
}
EDITORS = (
    "agencies contacts country desks first-change hotline index language learning publish red-flags"
    " spreadsheets withdraw writing".split()
)
# What a reader should see, by the beginning of the command.
SHOWN = {
    ".venv/bin/safar ask": '"text"',
    "echo": '"intent"',
    ".venv/bin/safar agencies import": "6 accepted",
    ".venv/bin/safar agencies registers": "SAMPLE",
    ".venv/bin/safar agencies find": "EX-101/081",
    ".venv/bin/safar content check": "0 errors",
    ".venv/bin/safar content preview ask_recruitment_fees": "NPR 10,000",
    ".venv/bin/safar content preview ask_wages": "source ",
    ".venv/bin/safar content preview contact_hotline": "999",
    ".venv/bin/safar content preview contact_embassy": "Riyadh",
    ".venv/bin/safar content build": "registry",
    ".venv/bin/safar content find": "content/countries/",
    ".venv/bin/safar content kinds": "min_wage (destination",
    ".venv/bin/safar content segments": "No answer is over its budget.",
    ".venv/bin/safar content report --html": "The report is in report.html.",
    ".venv/bin/safar content submit": "Handed in as first.",
    ".venv/bin/safar content approve": "Binod has read first of Asha.",
    ".venv/bin/safar content publish": "answers come from first now",
    ".venv/bin/safar content versions": "in use",
    ".venv/bin/safar content diff": "From first to the files as they are: 0 added",
    ".venv/bin/safar content rollback": "Answers come from first again",
    ".venv/bin/safar content keys": "SAFAR_CONTENT_PUBLIC_KEY=",
    ".venv/bin/safar content withdraw": "version first-w1 is in use",
    ".venv/bin/safar content export": "sources.",
    ".venv/bin/safar content import": "0 new and 0 changed entries in 0 files.",
    ".venv/bin/safar insights show --html": "The page is in insights.html.",
    ".venv/bin/safar insights show --days": "Nothing was understood in that time.",
    ".venv/bin/safar insights export": "0 texts to label.",
    ".venv/bin/safar insights import": "0 lines learned in 0 files; 0 rows are not labelled yet.",
    ".venv/bin/safar locales export": "messages in",
    ".venv/bin/safar locales import": "0 translations changed",
    ".venv/bin/safar locales extract": "messages",
    ".venv/bin/safar locales update": "│ ne-Latn ",
    ".venv/bin/safar locales compile": "texts to serve",
    ".venv/bin/safar locales report": "│ ne-Latn ",
    ".venv/bin/safar init": ".env",
    ".venv/bin/safar offer": "Risk: high",
    ".venv/bin/safar settings": "SAFAR_TWILIO_WHATSAPP_FROM",
    ".venv/bin/safar doctor": "keys",
    ".venv/bin/safar audit verify": "rows, none altered",
    ".venv/bin/safar staff invite": "/console/invitation/",
    ".venv/bin/safar staff list": "ann@example.org",
    ".venv/bin/safar staff reset-sign-in": "/console/invitation/",
    ".venv/bin/safar staff disable": "The account is disabled",
    ".venv/bin/safar staff enable": "The account can be used again.",
    ".venv/bin/safar data retention": "SAFAR_RETENTION_TEXTS_DAYS",
    ".venv/bin/safar data purge --dry-run": "would go, emptied",
    ".venv/bin/safar data backup": "looked through.",
    ".venv/bin/safar keys status": "key 1 (the newest)",
    ".venv/bin/safar keys rotate": "SAFAR_KEYS=",
    ".venv/bin/safar cases list": "There are no such cases.",
    ".venv/bin/safar cases notices": "No notice waits, and none was given up.",
    ".venv/bin/safar sending stop": "Nothing is sent any more.",
    ".venv/bin/safar sending resume": "Sending goes on.",
    ".venv/bin/safar usage --days": "Nothing was sent in that time.",
    ".venv/bin/safar usage --csv": "usage.csv",
    "printf": "connection=at115200",
}
_OURS = tuple(f".venv/bin/safar {group} " for group in ("content", "insights", "locales"))
# In a numbered list a block is set in.
_BLOCK = re.compile(r"^ *```([^\n]*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_COMMANDS = ("make ", "safar ", ".venv/bin/", "rasa ", "echo ", "cd ")


def _page(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _blocks(path: Path) -> Iterator[tuple[str, str]]:
    for match in _BLOCK.finditer(path.read_text("utf-8")):
        yield match[1].strip(), textwrap.dedent(match[2])


def _commands(path: Path) -> list[str]:
    lines = [line for kind, text in _blocks(path) if kind == "sh" for line in text.splitlines()]
    return [command for line in lines if (command := line.partition("  #")[0].strip())]


def _without_blocks(path: Path) -> str:
    return _BLOCK.sub("", path.read_text("utf-8"))


SAID = [(path, command) for path in PAGES for command in _commands(path)]


@pytest.fixture(scope="module")
def reader(
    tmp_path_factory: pytest.TempPathFactory, resources: Resources
) -> tuple[Path, dict[str, str]]:
    """A copy of what the commands change, and the settings that point at it."""
    place = tmp_path_factory.mktemp("reader")
    for folder in ("content", "locales", "bot/domain"):
        shutil.copytree(ROOT / folder, place / folder)
    (place / "var").mkdir()
    shutil.copy(resources.settings.registry_path, place / "var" / "registry.db")
    (place / ".venv" / "bin").mkdir(parents=True)
    (place / ".venv" / "bin" / "safar").symlink_to(Path(sys.executable).parent / "safar")
    settings = {
        # The program of this checkout, wherever the command was installed from.
        "PYTHONPATH": str(ROOT),
        "SAFAR_HOME": "var",
        "SAFAR_REGISTRY_PATH": "var/registry.db",
        "SAFAR_CONTENT_DIR": "content",
        "SAFAR_LOCALES_DIR": "locales",
        "SAFAR_KEYS": KeyRing.generate(),
        "SAFAR_HASH_KEY": KeyRing.generate(),
    }
    return place, {**os.environ, **settings}


def test_there_are_commands_on_every_page_for_readers() -> None:
    pages = {_page(path) for path, _ in SAID}
    assert pages == {
        "README.md",
        *(f"docs/editors/{page}.md" for page in EDITORS),
        "docs/operators/data.md",
        "docs/operators/gateway.md",
        "docs/operators/modem-stick.md",
        "docs/operators/staff.md",
        "docs/operators/notices.md",
        "docs/faults.md",
        "docs/running.md",
    }


@pytest.mark.parametrize("path", PAGES, ids=_page)
def test_commands_stand_in_blocks_marked_as_such(path: Path) -> None:
    for kind, text in _blocks(path):
        if kind != "sh":
            assert not [line for line in text.splitlines() if line.startswith(_COMMANDS)]


@pytest.mark.parametrize(
    ("path", "command"),
    [said for said in SAID if said[1] not in NOT_RUN],
    ids=[f"{_page(path)}: {command[:40]}" for path, command in SAID if command not in NOT_RUN],
)
def test_a_command_does_what_it_says(reader, path: Path, command: str) -> None:
    place, environment = reader
    if command.startswith(_OURS) and ">" not in command:
        ran = _here(command, place, environment)
    else:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    # What is written into a file is looked at there.
    written = (place / command.rsplit(maxsplit=1)[-1]).read_text() if " > " in command else ""
    (shown,) = [words for beginning, words in SHOWN.items() if command.startswith(beginning)]
    assert shown in ran.stdout + written, ran.stdout
    assert "Traceback" not in ran.stderr


def _here(
    command: str, place: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours in this process: thirty of them would else load Python thirty times."""
    before, where = dict(os.environ), Path.cwd()
    os.environ.update(environment)
    os.chdir(place)
    load_settings.cache_clear()
    try:
        ran = CliRunner().invoke(build_app(), shlex.split(command)[1:])
    finally:
        os.chdir(where)
        os.environ.clear()
        os.environ.update(before)
        load_settings.cache_clear()
    return subprocess.CompletedProcess(command, ran.exit_code, ran.output, ran.output)


def test_what_is_not_run_is_still_said_and_there() -> None:
    said = {command for _, command in SAID}
    assert set(NOT_RUN) <= said
    for command in NOT_RUN:
        if command.startswith("make "):
            _assert_targets(command.split()[1:])
        elif command.startswith(".venv/bin/safar "):
            ran = subprocess.run(
                [sys.executable, "-m", "safar", *command.split()[1:], "--help"],
                capture_output=True,
                check=False,
            )
            assert ran.returncode == 0


def _assert_targets(words: list[str]) -> None:
    targets = [word for word in words if "=" not in word]
    ran = subprocess.run(
        ["make", "-n", *targets], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def _spans(path: Path) -> list[str]:
    return _SPAN.findall(_without_blocks(path))


def test_commands_within_sentences_are_there() -> None:
    tree = typer.main.get_command(build_app())
    seen = 0
    for path in PAGES:
        for span in _spans(path):
            words = span.split()
            if words[0] == "make" and len(words) > 1:
                _assert_targets(words[1:])
                seen += 1
            elif words[0] == "safar" and len(words) > 1 and words[1].isalpha():
                command = getattr(tree, "commands", {}).get(words[1])
                assert command is not None, f"{_page(path)}: {span}"
                if len(words) > 2 and words[2].isalpha():
                    assert words[2] in getattr(command, "commands", {}), f"{_page(path)}: {span}"
                seen += 1
    assert seen >= 10


def test_the_makefile_helps_with_every_target_people_are_told_of() -> None:
    helped = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for target in ("run", "test", "chat", "demo", "train"):
        assert re.search(rf"^{target}\s+\w", helped, re.MULTILINE), target


@pytest.mark.parametrize("path", PAGES, ids=_page)
def test_links_lead_somewhere(path: Path) -> None:
    links = [link for link in _LINK.findall(path.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


# A decision is a record: it may name what was planned then.
@pytest.mark.parametrize("path", [p for p in PAGES if "decisions" not in p.parts], ids=_page)
def test_files_named_in_sentences_are_there(path: Path) -> None:
    top = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")} - {"var"}
    for span in _spans(path):
        if re.fullmatch(r"[\w./<>*-]+", span) and span.partition("/")[0] in top and "/" in span:
            pattern = re.sub(r"<\w+>", "*", span).rstrip("/")
            assert list(ROOT.glob(pattern)), f"{_page(path)}: {span}"


def test_the_page_of_settings_is_what_the_program_says() -> None:
    written = (ROOT / "docs" / "operators" / "settings.md").read_text("utf-8")
    again = "Make it again: .venv/bin/safar settings --markdown > docs/operators/settings.md"
    assert written == settings_page(), again


def test_every_setting_is_explained() -> None:
    entries = [entry for _, entries in groups() for entry in entries]
    assert [entry.name for entry in entries if not entry.meaning] == []
    # Every class of settings there is, whoever added it.
    modules = [
        path for path in (ROOT / "safar").rglob("*.py") if "(BaseSettings):" in path.read_text()
    ]
    assert len(modules) == len(list(groups()))


def test_settings_named_are_settings() -> None:
    known = {entry.name for _, entries in groups() for entry in entries}
    named = {
        name for path in PAGES for name in re.findall(r"\bSAFAR_[A-Z_]+\b", path.read_text("utf-8"))
    }
    assert "SAFAR_KEYS" in named
    assert named - known == set()


def _drawn(lines: list[str]) -> set[str]:
    """Return the folders of the tree in README, nested by two spaces."""
    found, above = set(), ""
    for line in lines:
        name = line.split()[0].rstrip("/")
        if line.startswith("  "):
            found.add(f"{above}/{name}")
        else:
            above = name
            found.add(name)
    return found


def test_the_rooms_drawn_are_the_rooms_there() -> None:
    (tree,) = [text for kind, text in _blocks(ROOT / "README.md") if kind != "sh"]
    drawn = _drawn(tree.splitlines())
    assert [room for room in drawn if not (ROOT / room).is_dir()] == []
    rooms = {f"safar/{p.parent.name}" for p in (ROOT / "safar").glob("*/__init__.py")}
    assert {room for room in drawn if room.startswith("safar/")} == rooms
