"""Texts go out into a sheet, come back labelled by two people, and are trained from."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

from bot.lint import strange_letters
from safar.desk.errors import SheetError
from safar.insights.labels import export_labels
from safar.insights.learning import Learned, import_labels
from safar.registry import training
from safar.registry.content import Content
from safar.registry.intents import INTENTS
from safar.registry.training import Line, training_lines

ROOT = Path(__file__).resolve().parents[2]
STRANGE = "what is the time in doha"
NEW = "owner says passport stays in his safe until contract finish"
NEPALI = "साहुले मेरो राहदानी दराजमा ताल्चा लगाएर राखेको छ"
Fill = Callable[..., Path]


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    """A copy of the lines and test messages of two variants."""
    target = tmp_path / "bot"
    for folder in ("data/nlu", "tests/messages"):
        (target / folder).mkdir(parents=True)
        for variant in ("en", "ne"):
            shutil.copy(ROOT / "bot" / folder / f"{variant}.yml", target / folder)
    return target


@pytest.fixture
def fill(people, lines: list[Line], tmp_path: Path) -> Fill:
    """Export what was not understood, and write into the rows from the first one on."""

    def fill(*rows: dict[str, str]) -> Path:
        book = tmp_path / "sheet.xlsx"
        people.write(STRANGE, "nlu_fallback")
        people.write("Ramesh Karki घर", "nlu_fallback", variant="ne", after=1000)
        export_labels(people.learned(), lines, book, most=200)
        opened = load_workbook(book)
        sheet = opened["lines"]
        heads = [cell.value for cell in sheet[1]]
        for number, cells in enumerate(rows, 2):
            for column, value in (both() | cells).items():
                sheet.cell(number, heads.index(column) + 1, value)
        opened.save(book)
        return book

    return fill


def both(labelled: str = "Asha", reviewed: str = "Binod") -> dict[str, str]:
    return {"labelled by": labelled, "reviewed by": reviewed}


def row(**cells: str) -> dict[str, str]:
    return {"variant": "en", "intent": "ask_passport_retention", "wording": NEW} | cells


def errors(book: Path, bot: Path, content: Content) -> list[str]:
    before = sorted(bot.rglob("*"))
    with pytest.raises(SheetError) as caught:
        import_labels(book, bot, content)
    assert sorted(bot.rglob("*")) == before
    return list(caught.value.problems)


def test_the_sheet_shows_texts_and_offers_the_intents(fill: Fill) -> None:
    opened = load_workbook(fill())
    sheet = opened["lines"]
    head, *rows = [[cell.value for cell in each] for each in sheet]
    assert head == (
        "id;variant;text;how often;why;understood as;corrected to;intent;wording;labelled by;"
        "reviewed by"
    ).split(";")
    assert [each[1:7] for each in rows] == [
        ["en", STRANGE, "1", "not understood", "nlu_fallback", None],
        ["ne", "… घर", "1", "not understood", "nlu_fallback", None],
    ]
    (choice,) = sheet.data_validations.dataValidation
    assert (choice.type, str(choice.sqref)) == ("list", "H2:H3")
    assert choice.formula1 == f"'intents'!$A$2:$A${len(INTENTS) + 1}"
    assert [cell.value for cell in opened["intents"]["A"]] == ["intent", *INTENTS]


def test_a_correction_says_why_and_what_was_meant(people, lines, tmp_path: Path) -> None:
    people.write(STRANGE, "nlu_fallback", guesses=("ask_wages", "ask_contract"))
    people.choose("1", "ask_wages")
    book = tmp_path / "sheet.xlsx"
    assert export_labels(people.learned(), lines, book, most=200) == {"en": 1}
    (_, cells) = [[cell.value for cell in each] for each in load_workbook(book)["lines"]]
    assert cells[4:7] == ["corrected: chose", "nlu_fallback", "ask_wages"]


def test_at_most_so_many_texts_of_a_variant_and_none_of_blanks_alone(
    people, lines, tmp_path: Path
) -> None:
    for text in ("9841234567", "Karki", STRANGE, STRANGE, "salary of the cook"):
        people.write(text, "nlu_fallback", after=1000)
    book = tmp_path / "sheet.xlsx"
    assert export_labels(people.learned(), lines, book, most=200) == {"en": 2}
    assert export_labels(people.learned(), lines, book, most=1) == {"en": 1}
    assert load_workbook(book)["lines"]["C2"].value == STRANGE


def test_labelled_lines_come_back_as_training_data(fill: Fill, bot: Path, content: Content) -> None:
    book = fill(
        row(intent="out_of_scope", wording=""),
        row(variant="ne", wording=NEPALI),
        row(wording=NEW),
        row(wording="  Owner says passport stays in his safe until contract finish "),
    )
    done = import_labels(book, bot, content)
    assert [(line.variant, line.intent, line.text) for line in done.added] == [
        ("en", "out_of_scope", STRANGE),
        ("ne", "ask_passport_retention", NEPALI),
        ("en", "ask_passport_retention", NEW),
    ]
    folder = bot / "data" / "nlu" / "learned"
    assert done.files == (folder / "en.yml", folder / "ne.yml")
    written = yaml.safe_load((folder / "en.yml").read_text("utf-8"))
    assert written == {
        "version": "3.1",
        "nlu": [
            {"intent": intent, "metadata": {"variant": "en"}, "examples": f"- {text}\n"}
            for intent, text in (("out_of_scope", STRANGE), ("ask_passport_retention", NEW))
        ],
    }
    again = errors(book, bot, content)
    assert len(again) == 4
    assert "is a training line already: learned/en.yml:" in again[0]


def test_a_second_import_adds_to_the_first_and_sorts(
    fill: Fill, bot: Path, content: Content
) -> None:
    import_labels(fill(row(wording=NEW)), bot, content)
    import_labels(fill(row(wording="agent locked all passports in his cupboard")), bot, content)
    (item,) = yaml.safe_load((bot / "data/nlu/learned/en.yml").read_text("utf-8"))["nlu"]
    assert item["examples"].splitlines() == [
        "- agent locked all passports in his cupboard",
        f"- {NEW}",
    ]


def test_what_nobody_filled_in_waits(fill: Fill, bot: Path, content: Content) -> None:
    book = fill()
    assert import_labels(book, bot, content) == Learned((), (), 2)
    assert not (bot / "data" / "nlu" / "learned").exists()


def _training_line() -> str:
    found = training_lines(ROOT / "bot" / "data" / "nlu")
    return next(line.text for line in found if line.variant == "en" and len(line.text) > 30)


def _test_message() -> str:
    found = training.test_messages(ROOT / "bot" / "tests" / "messages")
    return next(line.text for line in found if line.variant == "en" and len(line.text) > 30)


@pytest.mark.parametrize(
    ("cells", "column", "told"),
    [
        ({"intent": ""}, "intent", "is empty; choose"),
        ({"intent": "ask_weather"}, "intent", "'ask_weather' is no intent"),
        ({"labelled by": ""}, "labelled by", "is empty; one person labels"),
        ({"reviewed by": ""}, "reviewed by", "is empty; one person labels"),
        (both("Asha Rai", " asha  RAI"), "reviewed by", "let another person read it"),
        ({"variant": "xx"}, "variant", "'xx' is no variant; there are en, ne"),
        ({"wording": "owner … my passport"}, "wording", "has a blank"),
        ({"wording": "owner took # passports"}, "wording", "has a blank"),
        ({"wording": "", "text": "… passport"}, "text", "has a blank"),
        ({"wording": "?!"}, "wording", "has no words"),
        ({"wording": "passport " * 50}, "wording", "characters; keep the question"),
        ({"wording": "passport ask +977 984-123 4567"}, "wording", "has a telephone number"),
        ({"wording": "passport ask me@agent.example"}, "wording", "an address"),
        ({"wording": "owner [took](x) my passport"}, "wording", "has a bracket"),
        ({"wording": "/menu passport"}, "wording", "begins with /"),
        ({"wording": "pаssport gone"}, "wording", "has letters of Cyrl and Latn"),
        ({"wording": "STOP"}, "wording", "everybody's stop"),
        ({"wording": _training_line().upper()}, "wording", "is a training line already: en.yml:"),
        ({"wording": _training_line() + "s", "intent": "ask_unions"}, "wording", "is all but"),
        ({"wording": _test_message() + "!"}, "wording", "a message of the test set"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_every_fault_is_told_with_its_row_and_nothing_is_written(
    fill: Fill, bot: Path, content: Content, cells: dict[str, str], column: str, told: str
) -> None:
    found = errors(fill(row(), row(wording=NEPALI, variant="ne"), row(**cells)), bot, content)
    assert len(found) == 1
    assert found[0].startswith("lines!")
    assert f"4 ({column}): " in found[0]
    assert told in found[0]


def test_one_text_cannot_have_two_meanings(fill: Fill, bot: Path, content: Content) -> None:
    (told,) = errors(fill(row(), row(intent="ask_wages")), bot, content)
    assert "lines!I3 (wording): stands in row 2 as ask_passport_retention" in told


def test_a_file_that_cannot_be_written_leaves_all_as_they_were(
    fill: Fill, bot: Path, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safar.insights import learned

    real = learned.replace_file

    def refuse(path: Path, *rest: Any) -> None:
        if path.name == "ne.yml":
            raise PermissionError(13, "Permission denied", str(path))
        real(path, *rest)

    monkeypatch.setattr(learned, "replace_file", refuse)
    book = fill(row(), row(variant="ne", wording=NEPALI))
    with pytest.raises(SheetError, match="cannot be written; nothing was changed"):
        import_labels(book, bot, content)
    assert list((bot / "data/nlu/learned").iterdir()) == []


def test_learned_lines_are_lines_for_rasa_and_for_the_lint(
    fill: Fill, bot: Path, content: Content
) -> None:
    from rasa.shared.importers.rasa import RasaFileImporter

    import_labels(fill(row(), row(variant="ne", wording=NEPALI)), bot, content)
    found = [line for line in training_lines(bot / "data" / "nlu") if "learned/" in line.place]
    assert [(line.variant, line.text) for line in found] == [("en", NEW), ("ne", NEPALI)]
    assert list(strange_letters(found)) == []
    importer = RasaFileImporter(training_data_paths=[str(bot / "data")])
    examples = {
        each.get("text"): (each.get("intent"), each.get("metadata")["intent"]["variant"])
        for each in importer.get_nlu_data().intent_examples
    }
    assert examples[NEW] == ("ask_passport_retention", "en")
    assert examples[NEPALI] == ("ask_passport_retention", "ne")
