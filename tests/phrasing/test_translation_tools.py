"""Poedit, Weblate and whoever uses polib read our catalogues and lose nothing of them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import polib
import pytest

from safar.phrasing.languages import load_languages
from safar.phrasing.merging import merge
from safar.phrasing.pofile import LONGEST_OPTION, Entry, Status, read_po, write_po
from safar.phrasing.translations import TEMPLATE, po_path
from safar.registry.checks.options import LONGEST_TITLE

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "locales"
LANGUAGES = load_languages(ROOT / "content" / "languages.yaml")
TAGS = [tag for tag in LANGUAGES.tags if po_path(LOCALES, tag).exists()]


@pytest.fixture
def catalogue(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    copy = tmp_path / "safar.po"
    shutil.copy(po_path(LOCALES, request.param), copy)
    return copy


def _said(path: Path) -> dict[str, Entry]:
    # Notes may be broken into other lines: an update brings them from the content anyway.
    return {
        name: replace(entry, line=0, notes=(" ".join(entry.notes),))
        for name, entry in read_po(path).entries.items()
    }


@pytest.mark.parametrize("catalogue", ["ne", "ar"], indirect=True)
def test_a_file_that_was_saved_elsewhere_says_the_same(catalogue: Path) -> None:
    before = _said(catalogue)
    tool = polib.pofile(str(catalogue))
    assert len([entry for entry in tool if not entry.obsolete]) == len(before)
    tool.save(str(catalogue))
    assert _said(catalogue) == before


@pytest.mark.parametrize("catalogue", ["ne"], indirect=True)
def test_after_an_update_only_what_was_translated_differs(catalogue: Path) -> None:
    template, language = read_po(LOCALES / TEMPLATE), LANGUAGES["ne"]
    write_po(catalogue, merge(template, read_po(catalogue), language))
    before = catalogue.read_text().splitlines()
    tool = polib.pofile(str(catalogue))
    entry = tool.find("option.ask_wages", by="msgctxt")
    assert entry.fuzzy
    entry.msgstr = "ज्याला"
    entry.flags.remove("fuzzy")
    tool.save()
    assert read_po(catalogue).entries["option.ask_wages"].status is Status.TRANSLATED
    write_po(catalogue, merge(template, read_po(catalogue), language))
    after = catalogue.read_text().splitlines()
    new = [line for line in after if line not in before]
    assert new == [f"#, max-length:{LONGEST_OPTION}", 'msgstr "ज्याला"']
    assert len(before) == len(after)


@pytest.mark.parametrize("tag", TAGS)
def test_tools_find_places_and_flags(tag: str, tmp_path: Path) -> None:
    copy = tmp_path / "safar.po"
    write_po(copy, read_po(po_path(LOCALES, tag)))
    tool = polib.pofile(str(copy))
    assert tool.metadata["Language"] == tag
    for entry in tool:
        if entry.obsolete:
            continue
        assert entry.occurrences, entry.msgctxt
        assert ("python-brace-format" in entry.flags) == ("{" in entry.msgid + entry.msgid_plural)
        option = entry.msgctxt.startswith("option.") and "{" not in entry.msgid
        assert (f"max-length:{LONGEST_OPTION}" in entry.flags) == option


def test_an_option_is_as_long_for_translators_as_for_editors() -> None:
    assert LONGEST_OPTION == LONGEST_TITLE
