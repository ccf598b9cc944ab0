"""Training lines are read once and copied cheaply, and are what Rasa itself would read."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message

from bot.importer import FolderImporter
from bot.lines import Line

NLU = """
version: "3.1"
nlu:
- intent: {intent}
  metadata: {{variant: en}}
  examples: |
    - the boss [kept](action) my passport{more}
    - no salary since may
"""


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    """Two files of lines, one of which is in both."""
    for number, intent in enumerate(("ask_passport", "ask_wages")):
        text = NLU.format(intent=intent, more=" again" * number)
        (tmp_path / f"{intent}.yml").write_text(text + text.partition("nlu:")[2], "utf-8")
    return [str(tmp_path)]


def test_what_is_read_is_what_rasa_reads(paths: list[str]) -> None:
    ours = FolderImporter(training_data_paths=paths).get_nlu_data()
    theirs = RasaFileImporter(training_data_paths=paths).get_nlu_data()

    assert len(ours.intent_examples) == 4
    assert ours.fingerprint() == theirs.fingerprint()
    assert texts(ours) == texts(theirs)


def texts(data) -> list[str]:
    return [line.get("text") for line in data.training_examples]


def test_lines_of_any_language_are_read_once(paths: list[str]) -> None:
    importer = FolderImporter(training_data_paths=paths)
    assert importer.get_nlu_data() is importer.get_nlu_data(language=None)


def test_a_copy_says_the_same_and_changes_by_itself() -> None:
    line = Line.of(Message({"text": "no salary", "entities": [], "metadata": {"variant": "en"}}))
    fingerprint = line.fingerprint()
    copied = deepcopy(line)
    assert (copied, copied.fingerprint()) == (line, fingerprint)

    copied.get("entities").append({"entity": "amount"})
    copied.set("intent", "ask_wages")

    assert copied != line
    assert line.get("entities") == []
    assert line.get("intent") is None
    assert line.fingerprint() == fingerprint


@pytest.mark.parametrize(
    ("prop", "value", "kept"),
    [("text", "no salary", True), ("text", "no pay", False), ("intent", None, False)],
    ids=["the value it has", "another value", "a property it had not"],
)
def test_a_fingerprint_is_made_anew_where_something_changed(
    prop: str, value: str | None, kept: bool
) -> None:
    line = Line.of(Message({"text": "no salary"}))
    before = line.fingerprint()

    line.set(prop, value)

    assert line.get(prop) == value
    assert (line.fingerprint() == before) is kept
    assert line.fingerprint() == Message(line.data).fingerprint()
