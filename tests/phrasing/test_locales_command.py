"""`safar locales`: from the sources to what is served."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from safar.cli.locales import app
from safar.phrasing import Catalogue, Phrase, load_languages
from safar.phrasing.pofile import Status, read_po
from safar.registry.variants import VARIANTS

NE = "locales/ne/LC_MESSAGES/safar.po"
GREET = 'msgid "Hello, this is Safar."\nmsgstr "{}"'
CAP = 'msgid "An agency may charge at most {amount}."\nmsgstr "%s"'
FORMS = 'msgstr[0] "{}"\nmsgstr[1] "{}"'


@pytest.fixture
def run(project: Path) -> Callable[..., Result]:
    """Run the command in the project; it must succeed unless told otherwise."""

    def call(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, [*words, "--root", str(project)])
        assert result.exit_code == code, result.output
        return result

    return call


@pytest.fixture
def updated(run: Callable[..., Result]) -> Callable[..., Result]:
    """The command, after extract and update."""
    run("extract")
    run("update")
    return run


def _report(run: Callable[..., Result]) -> dict[str, dict[str, int]]:
    return {row.pop("variant"): row for row in json.loads(run("report", "--json").stdout)}


def test_from_sources_to_words(project: Path, updated, rewrite) -> None:
    rewrite(NE, GREET.format(""), GREET.format("नमस्ते, यो सफर हो।"))
    assert "ne: 1 texts" in updated("compile").stdout
    languages = load_languages(project / "content/languages.yaml")
    catalogue = Catalogue.load(project / "locales", languages)
    assert catalogue.phrase(Phrase(id="utter_greet"), "ne-Latn") == "नमस्ते, यो सफर हो।"


def test_every_variant_but_english_gets_a_file(project: Path, updated) -> None:
    folders = sorted(path.parts[-3] for path in project.glob("locales/*/LC_MESSAGES/safar.po"))
    assert folders == sorted(set(VARIANTS) - {"en"})


def test_updating_again_changes_nothing(project: Path, updated) -> None:
    before = {path: path.read_bytes() for path in project.glob("locales/*/*/*.po")}
    updated("update")
    assert {path: path.read_bytes() for path in project.glob("locales/*/*/*.po")} == before


def test_changed_english_makes_stale_and_is_not_compiled(project: Path, updated, rewrite) -> None:
    rewrite(NE, GREET.format(""), GREET.format("नमस्ते।"))
    rewrite("bot/domain/talk/greet.yml", "this is Safar", "I am Safar")
    updated("extract")
    assert _report(updated)["ne"]["stale"] == 1  # even before the file was updated
    updated("update")
    entry = read_po(project / NE).entries["utter_greet"]
    assert (entry.status, entry.previous) == (Status.STALE, ("Hello, this is Safar.",))
    assert "ne: 0 texts" in updated("compile").stdout


def test_report_counts(project: Path, updated, rewrite) -> None:
    rewrite(NE, GREET.format(""), GREET.format("नमस्ते।"))
    rewrite(NE, 'msgctxt "utter_greet"', '#, fuzzy\nmsgctxt "utter_greet"')
    found = _report(updated)
    assert found["ne"] == {"translated": 0, "draft": 1, "stale": 0, "missing": 2, "percent": 33}
    assert found["en"] == {"translated": 3, "draft": 0, "stale": 0, "missing": 0, "percent": 100}
    assert "ne-Latn" in updated("report").stdout


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param((CAP % "", CAP % "{rakam} सम्म"), "{rakam} is not in the", id="renamed"),
        pytest.param((CAP % "", CAP % "केही"), "{amount} is missing: put it", id="left out"),
        pytest.param((CAP % "", CAP % "{amount सम्म"), "braces are unbalanced", id="unbalanced"),
        pytest.param((CAP % "", CAP % "{amount!r}"), "{amount} is no placeholder", id="conversion"),
        pytest.param((GREET.format(""), GREET.format(" Stop ")), "'Stop' alone is", id="carrier"),
        pytest.param(
            (FORMS.format("", ""), FORMS.format("", "धेरै")), "each of the 2 plural forms", id="form"
        ),
        pytest.param(
            ('msgctxt "utter_greet"\n' + GREET.format(""), GREET.format("x")), "no msgctxt", id="id"
        ),
        pytest.param(("nplurals=2", "nplurals=3"), "must have nplurals=2", id="plural rule"),
    ],
)
def test_compile_refuses(
    project: Path, updated, rewrite, change: tuple[str, str], told: str
) -> None:
    rewrite(NE, *change)
    result = updated("compile", code=1)
    line = result.stderr.strip()
    assert told in line
    file, number, _ = line.removeprefix(str(project) + "/").split(":", 2)
    assert file == NE and int(number) > 0
    assert list(project.glob("locales/*/*/*.mo")) == []


def test_compile_tells_every_fault_at_once(updated, rewrite) -> None:
    rewrite(NE, CAP % "", CAP % "{a}")
    rewrite("locales/hi/LC_MESSAGES/safar.po", GREET.format(""), GREET.format("STOP"))
    faults = updated("compile", code=1).stderr.strip().splitlines()
    assert [("/ne/" in fault, "/hi/" in fault) for fault in faults] == [
        (True, False),
        (True, False),
        (False, True),
    ]


def test_a_form_may_say_the_number_in_words(updated, rewrite) -> None:
    rewrite(NE, FORMS.format("", ""), FORMS.format("एउटा एजेन्सी", "{count} एजेन्सी"))
    assert "ne: 1 texts" in updated("compile").stdout


@pytest.mark.parametrize("command", ["update", "compile", "report"])
def test_without_a_template_the_remedy_is_told(run, command: str) -> None:
    assert "run `safar locales extract`" in run(command, code=1).stderr


@pytest.mark.parametrize("command", ["extract", "update", "compile", "report"])
def test_every_command_explains_itself(command: str) -> None:
    help_text = CliRunner().invoke(app, [command, "--help"]).stdout
    assert "--root" in help_text
    assert "locales/messages.pot" in help_text or "variant" in help_text or ".po" in help_text
