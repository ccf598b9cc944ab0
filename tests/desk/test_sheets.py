"""Facts and translations go into a workbook and come back as they were, or as they were changed."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from content_tree import FILES, write_tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from safar.desk.errors import SheetError
from safar.desk.facts_sheet import export_facts, import_facts
from safar.desk.sheets import Sheet, read_book, write_book
from safar.desk.words_sheet import export_words, import_words
from safar.phrasing.languages import load_languages
from safar.phrasing.pofile import Status, read_po
from safar.phrasing.translations import po_path
from safar.registry.load import load_content

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 28)
LANGUAGES = load_languages(ROOT / "content" / "languages.yaml")
Edit = Callable[[Any], None]


def texts(content: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in content.rglob("*.yaml")}


def edited(content: Path, book: Path, edit: Edit) -> Path:
    export_facts(content, book, TODAY)
    opened = load_workbook(book)
    edit(opened)
    opened.save(book)
    return book


def cell(book: Any, sheet: str, name: str, column: str, key: str = "id") -> Any:
    place = book[sheet]
    heads = [each.value for each in place[1]]
    for row in place.iter_rows(min_row=2):
        if row[heads.index(key)].value == name:
            return row[heads.index(column)]
    raise AssertionError(f"{name} is not in {sheet}")


def append(book: Any, sheet: str, **cells: object) -> None:
    heads = [each.value for each in book[sheet][1]]
    book[sheet].append([cells.get(head) for head in heads])


def test_what_was_not_changed_is_not_touched(tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content", content)
    before = texts(content)
    counts = export_facts(content, tmp_path / "facts.xlsx", TODAY)
    assert counts["facts"] >= 700
    done = import_facts(content, tmp_path / "facts.xlsx", TODAY)
    assert (done.added, done.changed, done.files) == ((), (), ())
    assert texts(content) == before


def test_a_number_and_a_fee_are_changed_and_nothing_else(content: Path, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        cell(book, "hotlines", "qa-police", "phone").value = "112"
        cell(book, "values", "np-fee-cap-qa", "value", "fact").value = 12500
        cell(book, "facts", "np-fee-cap-home", "as_of").value = datetime(2026, 1, 31)
        cell(book, "facts", "np-fee-cap-home", "disputed").value = "yes"

    before = texts(content)
    done = import_facts(content, edited(content, tmp_path / "f.xlsx", edit), TODAY)
    assert set(done.changed) == {"qa-police", "np-fee-cap-qa", "np-fee-cap-home"}
    after = texts(content)
    differing = {path.name for path in before if before[path] != after[path]}
    assert differing == {"NP.yaml", "QA.yaml"}
    old, new = FILES["countries/NP.yaml"].splitlines(), _lines(content / "countries/NP.yaml")
    assert [line.strip() for line in new if line not in old] == [
        'values: {amount: {kind: money, amount: "12500", currency: NPR}}',
        "as_of: 2026-01-31",
        "disputed: true",
    ]
    assert '    phone: "112"' in _lines(content / "countries/QA.yaml")


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def test_new_rows_become_entries(content: Path, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        dated = {"as_of": "2026", "review_by": "2027-06-30", "confidence": "high"}
        append(book, "sources", file="XX", id="qa-new", title="Qatar: new", kind="official")
        append(
            book,
            "facts",
            **{"country": "QA", "id": "qa-days", "kind": "passport_law", "source": "qa-new"},
            **{"sentence": "After {days} days: no, not so.", "sectors": "domestic; other", **dated},
        )
        append(
            book,
            "values",
            **{"country": "QA", "fact": "qa-days", "name": "days", "kind": "number", "value": 3},
        )
        append(
            book,
            "hotlines",
            **{"country": "QA", "id": "qa-fire", "kind": "fire", "name": "Fire", "phone": "998"},
            **{"source": "qa-new", **dated},
        )

    done = import_facts(content, edited(content, tmp_path / "f.xlsx", edit), TODAY)
    assert set(done.added) == {"qa-new", "qa-days", "qa-fire"}
    loaded = load_content(content)
    (fact,) = [fact for _, fact, _ in loaded.facts() if fact.id == "qa-days"]
    assert str(fact.values["days"].value) == "3"
    assert fact.sectors == ("domestic", "other")
    assert fact.sentence.text == "After {days} days: no, not so."
    (line,) = [line for _, line, _ in loaded.hotlines() if line.id == "qa-fire"]
    assert (line.name.id, line.phone) == ("hotline.qa-fire", "998")


def _in(sheet: str, name: str, column: str, value: object, key: str = "id") -> Edit:
    def edit(book: Any) -> None:
        cell(book, sheet, name, column, key).value = value

    return edit


FAULTS = {
    "a formula": (_in("hotlines", "qa-police", "phone", "=1+1"), ["hotlines!F2 (phone)"]),
    "no date": (_in("facts", "qa-passport", "review_by", "soon"), ["facts!J5 (review_by)"]),
    "no number": (
        _in("values", "np-fee-cap", "value", "many", "fact"),
        ["values!E2 (value)"],
    ),
    "no kind of value": (
        _in("values", "np-fee-cap", "kind", "heap", "fact"),
        ["values!D2 (kind)", "heap"],
    ),
    "a number that lost its +": (
        _in("hotlines", "qa-np-welfare", "phone", 97444675681),
        ["hotlines!F3 (phone)", "as text"],
    ),
    "no confidence": (_in("facts", "qa-passport", "confidence", "sure"), ["facts!K5"]),
    "no source": (_in("facts", "qa-passport", "source", "none"), ["source", "none"]),
    "a placeholder without a value": (
        _in("facts", "qa-passport", "sentence", "Pay {much}."),
        ["{much}"],
    ),
    "an id twice": (
        _in("facts", "np-fee-cap-qa", "id", "np-fee-cap"),
        ["facts!B3 (id): is in row 2 already"],
    ),
    "no id": (_in("facts", "np-fee-cap-qa", "id", None), ["facts!B3 (id): is empty"]),
    "no such country": (_in("facts", "qa-passport", "country", "QQ"), ["QQ"]),
    "neither yes nor no": (_in("facts", "qa-passport", "disputed", "perhaps"), ["facts!L5"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_error_is_told_by_row_and_column_and_nothing_is_taken(
    content: Path, tmp_path: Path, fault: str
) -> None:
    edit, said = FAULTS[fault]

    def and_a_good_one(book: Any) -> None:
        edit(book)
        cell(book, "sources", "qa-law", "title").value = "Another title"

    before = texts(content)
    book = edited(content, tmp_path / "f.xlsx", and_a_good_one)
    with pytest.raises(SheetError) as caught:
        import_facts(content, book, TODAY)
    for words in said:
        assert words in str(caught.value)
    assert texts(content) == before


@pytest.mark.parametrize("bad", [b"", b"PK\x03\x04", b"<xml/>", None])
def test_what_is_no_workbook_is_told(content: Path, tmp_path: Path, bad: bytes | None) -> None:
    book = tmp_path / "f.xlsx"
    if bad is not None:
        book.write_bytes(bad)
    with pytest.raises(SheetError):
        import_facts(content, book, TODAY)


def test_a_workbook_that_unpacks_to_too_much_is_not_read(content: Path, tmp_path: Path) -> None:
    book = tmp_path / "f.xlsx"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"\0" * 210_000_000)
    with pytest.raises(SheetError, match="unpacks"):
        import_facts(content, book, TODAY)


WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff\u2028\u2029"),
    min_size=1,
    max_size=40,
).filter(lambda text: text.strip() == text and "_x" not in text)
RISKY = st.sampled_from(["=1+1", '=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "'x"])


@given(words=WORDS | RISKY)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_goes_out_and_comes_back_as_text(tmp_path: Path, words: str) -> None:
    book = tmp_path / "any.xlsx"
    write_book(book, [Sheet("facts", ("id", "sentence"), [("a", words)])])
    assert read_book(book, {"facts": ("id", "sentence")})["facts"][0]["sentence"] == words
    written = load_workbook(book)["facts"]["B2"]
    assert written.data_type == "s"
    assert written.quotePrefix is (words[0] in "=+-@")


@given(words=WORDS | RISKY, hours=WORDS)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_words_come_back_into_the_files(
    tmp_path_factory: pytest.TempPathFactory, words: str, hours: str
) -> None:
    folder = tmp_path_factory.mktemp("words")
    content = write_tree(folder)
    plain = words.replace("{", "(").replace("}", ")")
    text = f"In {{destination}}: {plain}"

    def edit(book: Any) -> None:
        place = cell(book, "facts", "qa-passport", "sentence")
        place.value = text
        place.data_type = "s"
        place = cell(book, "hotlines", "qa-police", "hours")
        place.value = hours
        place.data_type = "s"

    import_facts(content, edited(content, folder / "f.xlsx", edit), TODAY)
    loaded = load_content(content)
    (fact,) = [fact for _, fact, _ in loaded.facts() if fact.id == "qa-passport"]
    assert fact.sentence.text == text
    (line,) = [line for _, line, _ in loaded.hotlines() if line.id == "qa-police"]
    assert line.hours == hours
    # And once more: nothing is left to change.
    export_facts(content, folder / "g.xlsx", TODAY)
    assert import_facts(content, folder / "g.xlsx", TODAY).files == ()


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    for name in ("messages.pot", "ne/LC_MESSAGES/safar.po", "ar/LC_MESSAGES/safar.po"):
        target = tmp_path / "locales" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "locales" / name, target)
    return tmp_path / "locales"


@pytest.mark.parametrize("tag", ["ne", "ar"])
def test_translations_that_were_not_changed_are_not_touched(locales: Path, tag: str) -> None:
    before = po_path(locales, tag).read_bytes()
    count = export_words(locales, LANGUAGES[tag], locales / "w.xlsx")
    assert count == len(read_po(locales / "messages.pot").entries)
    assert import_words(locales, LANGUAGES[tag], locales / "w.xlsx").changed == ()
    assert po_path(locales, tag).read_bytes() == before


def _words_edited(locales: Path, name: str, **cells: str) -> Path:
    book = locales / "w.xlsx"
    export_words(locales, LANGUAGES["ne"], book)
    opened = load_workbook(book)
    for column, value in cells.items():
        cell(opened, "translations", name, column).value = value
    opened.save(book)
    return book


@pytest.mark.parametrize(
    ("state", "status"), [("reviewed", Status.TRANSLATED), ("draft", Status.DRAFT)]
)
def test_a_translation_is_changed_and_only_that(locales: Path, state: str, status: Status) -> None:
    before = read_po(po_path(locales, "ne")).entries
    book = _words_edited(locales, "option.ask_wages", translation="ज्याला", state=state)
    assert import_words(locales, LANGUAGES["ne"], book).changed == ("option.ask_wages",)
    after = read_po(po_path(locales, "ne")).entries
    entry = after["option.ask_wages"]
    assert (entry.strings, entry.status) == (("ज्याला",), status)
    differing = [name for name in before if before[name].strings != after[name].strings]
    assert differing == ["option.ask_wages"]


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("topic.fees.cap", {"translation": "{amont} हो"}, "{amont}"),
        ("topic.fees.cap", {"translation": "हो"}, "missing"),
        ("option.ask_wages", {"translation": "क" * 25}, "25 characters"),
        ("option.ask_wages", {"translation": "STOP"}, "telephone companies"),
        ("option.ask_wages", {"english": "Other", "translation": "क"}, "English of now"),
        ("option.ask_wages", {"state": "done"}, "write reviewed, draft"),
        ("option.ask_wages", {"id": "option.none"}, "no message there is"),
        ("option.ask_wages", {"translation": "=1+1"}, "is a formula"),
    ],
)
def test_a_faulty_translation_is_told_by_row_and_column(
    locales: Path, name: str, cells: dict[str, str], said: str
) -> None:
    before = po_path(locales, "ne").read_bytes()
    with pytest.raises(SheetError) as caught:
        import_words(locales, LANGUAGES["ne"], _words_edited(locales, name, **cells))
    assert all(each.startswith("translations!") for each in caught.value.problems)
    assert said in str(caught.value)
    assert po_path(locales, "ne").read_bytes() == before
