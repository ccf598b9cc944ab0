"""The translations in the repository: complete, readable, and of the sentences as they are now."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from safar.phrasing.languages import load_languages
from safar.phrasing.pofile import read_po
from safar.phrasing.sources import extract_template
from safar.phrasing.translations import TEMPLATE, po_path
from safar.phrasing.workshop import compile_catalogues, read_template, report

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "locales"
LANGUAGES = load_languages(ROOT / "content" / "languages.yaml")
TRANSLATED = [language.tag for language in LANGUAGES if language.tag != "en"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's texts, to write in."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    shutil.copytree(ROOT / "bot" / "domain", tmp_path / "bot" / "domain")
    shutil.copytree(LOCALES, tmp_path / "locales", ignore=shutil.ignore_patterns("*.mo"))
    return tmp_path


def test_the_template_is_that_of_content_and_domain(copy: Path) -> None:
    (copy / "locales" / TEMPLATE).unlink()
    made = extract_template(copy, copy / "locales")
    assert len(made.entries) > 100
    there = read_template(LOCALES)
    assert set(there.entries) ^ set(made.entries) == set(), "run `safar locales extract`"
    # Places and notes, too: whoever translates goes by them.
    assert (copy / "locales" / TEMPLATE).read_text() == (LOCALES / TEMPLATE).read_text()


def test_every_served_variant_has_a_file_and_no_other() -> None:
    files = {path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/*.po")}
    assert files == set(TRANSLATED)


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_message_is_translated_from_the_sentence_as_it_is(tag: str) -> None:
    template, po = read_template(LOCALES), read_po(po_path(LOCALES, tag))
    wrong = {
        message: "missing" if entry is None else "of another sentence"
        for message, source in template.entries.items()
        if (entry := po.entries.get(message)) is None or entry.english != source.english
    }
    assert wrong == {}
    empty = [m for m, e in po.entries.items() if not all(t.strip() for t in e.strings)]
    assert empty == []


def test_the_report_counts_nothing_stale_or_missing() -> None:
    rows = {row.variant: (row.stale, row.missing) for row in report(LOCALES, LANGUAGES)}
    assert rows == {language.tag: (0, 0) for language in LANGUAGES}


def test_every_file_can_be_served(copy: Path) -> None:
    served = compile_catalogues(copy / "locales", LANGUAGES)
    assert set(served) == set(TRANSLATED)
    assert min(served.values()) > 100
