"""Updating: what a change of English does to the translations there are."""

from __future__ import annotations

import pytest

from safar.phrasing import Languages
from safar.phrasing.merging import merge
from safar.phrasing.pofile import Entry, PoFile, Status


def _po(*entries: Entry, obsolete: tuple[Entry, ...] = ()) -> PoFile:
    return PoFile(
        {"Last-Translator": "A B"},
        "Kept",
        {entry.id: entry for entry in entries},
        {entry.id: entry for entry in obsolete},
    )


@pytest.mark.parametrize(
    ("old", "status", "previous"),
    [
        pytest.param(None, Status.MISSING, (), id="new is empty"),
        pytest.param(Entry("m", ("New",), ("X",)), Status.TRANSLATED, (), id="same stays"),
        pytest.param(
            Entry("m", ("New",), ("X",), fuzzy=True), Status.DRAFT, (), id="draft stays draft"
        ),
        pytest.param(Entry("m", ("Old",), ("X",)), Status.STALE, ("Old",), id="changed is stale"),
        pytest.param(
            Entry("m", ("Old",), ("X",), fuzzy=True), Status.STALE, ("Old",), id="changed draft"
        ),
        pytest.param(
            Entry("m", ("Old",), ("X",), fuzzy=True, previous=("Older",)),
            Status.STALE,
            ("Older",),
            id="changed twice keeps what it was made from",
        ),
        pytest.param(
            Entry("m", ("Old",), ("X",), fuzzy=True, previous=("New",)),
            Status.DRAFT,
            (),
            id="changed back is a draft",
        ),
        pytest.param(
            Entry("m", ("New",), ("X",), fuzzy=True, previous=("Old",)),
            Status.STALE,
            ("Old",),
            id="stale stays stale",
        ),
        pytest.param(Entry("m", ("Old",), ("",)), Status.MISSING, (), id="empty stays empty"),
    ],
)
def test_status_after_update(
    languages: Languages, old: Entry | None, status: Status, previous: tuple[str, ...]
) -> None:
    template = _po(Entry("m", ("New",)))
    merged = merge(template, _po(old) if old else _po(), languages["ne"]).entries["m"]
    assert (merged.status, merged.previous, merged.english) == (status, previous, ("New",))
    if old and old.status is not Status.MISSING:
        assert merged.strings == ("X",)


def test_comments_of_translators_and_of_the_file_stay(languages: Languages) -> None:
    old = _po(Entry("m", ("Old",), ("X",), comments=("why",), notes=("old note",)))
    template = _po(Entry("m", ("New",), notes=("new note",), locations=(("a", 1),)))
    merged = merge(template, old, languages["ar"])
    entry = merged.entries["m"]
    assert (entry.comments, entry.notes, entry.locations) == (("why",), ("new note",), (("a", 1),))
    assert merged.header_comment == "Kept"
    assert merged.headers["Last-Translator"] == "A B"
    assert merged.headers["Plural-Forms"].startswith("nplurals=6;")


def test_what_is_gone_becomes_obsolete_and_comes_back(languages: Languages) -> None:
    draft = Entry("m", ("Text",), ("X",), fuzzy=True)
    gone = merge(_po(), _po(draft, Entry("empty", ("E",), ("",))), languages["ne"])
    assert (gone.entries, gone.obsolete) == ({}, {"m": draft})
    back = merge(_po(Entry("m", ("Text",))), gone, languages["ne"])
    assert back.obsolete == {}
    assert (back.entries["m"].strings, back.entries["m"].status) == (("X",), Status.DRAFT)


@pytest.mark.parametrize(
    ("old", "english", "strings"),
    [
        pytest.param(("One",), ("One", "{count}"), ("", "X"), id="becomes plural"),
        pytest.param(("One", "{count}"), ("One",), ("Y",), id="is plural no more"),
    ],
)
def test_a_change_between_singular_and_plural_is_stale(
    languages: Languages, old: tuple[str, ...], english: tuple[str, ...], strings: tuple[str, ...]
) -> None:
    before = Entry("m", old, ("X", "Y")[: len(old)])
    merged = merge(_po(Entry("m", english)), _po(before), languages["ne"]).entries["m"]
    assert (merged.strings, merged.status) == (strings, Status.STALE)


@pytest.mark.parametrize(
    ("tag", "forms"), [("ne", 2), ("ne-Latn", 2), ("id", 1), ("ar", 6), ("fil", 2), ("sw", 2)]
)
def test_new_plurals_have_as_many_forms_as_the_variant(
    languages: Languages, tag: str, forms: int
) -> None:
    merged = merge(_po(Entry("m", ("One", "{count}"))), None, languages[tag])
    assert merged.entries["m"].strings == ("",) * forms
