"""PO files: read and written without losing what tells a draft from a stale translation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.phrasing import LocalesError
from safar.phrasing.pofile import Entry, PoFile, Status, read_po, write_po

HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        (Entry("a", ("A",), ("X",)), Status.TRANSLATED),
        (Entry("a", ("A",), ("X",), fuzzy=True), Status.DRAFT),
        (Entry("a", ("A",), ("X",), fuzzy=True, previous=("B",)), Status.STALE),
        (Entry("a", ("A",), (" ",), fuzzy=True), Status.MISSING),
        (Entry("a", ("A", "B"), ("", "X")), Status.TRANSLATED),
        (Entry("a", ("A",)), Status.MISSING),
    ],
)
def test_status(entry: Entry, status: Status) -> None:
    assert entry.status is status


def test_reads_what_translation_tools_write(tmp_path: Path) -> None:
    path = tmp_path / "safar.po"
    path.write_text(
        """\
# A comment of the file
msgid ""
msgstr ""
"Language: ne-Latn\\n"
"Last-Translator: Nobody\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

# A translator's word
#. A note
#: content/a.yaml:3 content/b.yaml:9
#, fuzzy, python-brace-format
#| msgctxt "m"
#| msgid ""
#| "Two  \\"old\\" "
#| "lines\\n"
#| msgid_plural "many"
msgctxt "m"
msgid "One {x}"
msgid_plural "{count} {x}"
msgstr[0] "a {x}"
msgstr[1] ""
"b "
"{x}"

#, fuzzy
#~| msgid "before"
#~ msgctxt "gone"
#~ msgid "Gone"
#~ msgstr "gaya"
""",
        "utf-8",
    )
    po = read_po(path)
    assert po.headers["Language"] == "ne-Latn" and po.headers["Last-Translator"] == "Nobody"
    assert po.header_comment == "A comment of the file"
    assert po.entries["m"] == Entry(
        id="m",
        english=("One {x}", "{count} {x}"),
        strings=("a {x}", "b {x}"),
        fuzzy=True,
        previous=('Two  "old" lines\n', "many"),
        notes=("A note",),
        comments=("A translator's word",),
        locations=(("content/a.yaml", 3), ("content/b.yaml", 9)),
        line=18,
    )
    gone = po.obsolete["gone"]
    assert (gone.strings, gone.fuzzy, gone.previous) == (("gaya",), True, ("before",))
    write_po(path, po)
    again = read_po(path)
    assert again.obsolete["gone"].previous == ("before",)
    assert again.entries["m"].previous == po.entries["m"].previous


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param('msgctxt "a"\nmsgid "A"\n', r":2: missing msgstr", id="no msgstr"),
        pytest.param('msgwhat "a"\n', r":1: Unknown", id="unknown keyword"),
        pytest.param('msgctxt "a"\nmsgid "A"\nmsgstr "x\n', r":3: .* two quotes", id="torn"),
        pytest.param('msgctxt "a"\nmsgid "A"\nmsgstr "x"y"\n', r":3: .* two quotes", id="quote"),
        pytest.param('#~ msgctxt "a"\n#~ msgid "A\n', r":2: .* two quotes", id="torn obsolete"),
        pytest.param(
            'msgctxt "a"\nmsgid "A"\nmsgstr ""\n\nmsgctxt "a"\nmsgid "B"\nmsgstr ""\n',
            r":6: the id 'a' was used in line 2",
            id="an id twice",
        ),
        pytest.param(
            'msgctxt "a"\nmsgid "A"\nmsgid_plural "B"\nmsgstr[5] "x"\n', "plural", id="form 5 of 2"
        ),
    ],
)
def test_faults_name_file_and_line(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "safar.po"
    path.write_text(content, "utf-8")
    with pytest.raises(LocalesError, match=told) as caught:
        read_po(path)
    assert str(path) in str(caught.value)


TEXTS = st.text(st.characters(exclude_categories=["Cs"])).filter(bool)
IDS = st.from_regex(r"[a-z]+(\.[a-z]+)?", fullmatch=True)


@st.composite
def _entries(draw: st.DrawFn) -> Entry:
    fuzzy = draw(st.booleans())
    plural = draw(st.booleans())
    forms = 2 if plural else 1
    return Entry(
        id=draw(IDS),
        english=tuple(draw(TEXTS) for _ in range(forms)),
        strings=tuple(
            draw(st.text(st.characters(exclude_categories=["Cs"]))) for _ in range(forms)
        ),
        fuzzy=fuzzy,
        previous=(draw(TEXTS),) if fuzzy and draw(st.booleans()) else (),
    )


@given(st.lists(_entries(), unique_by=lambda entry: entry.id))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, found: list[Entry]
) -> None:
    path = tmp_path_factory.mktemp("po") / "safar.po"
    entries = {entry.id: entry for entry in found}
    write_po(path, PoFile(dict(HEADERS), "", entries))
    first = path.read_bytes()
    po = read_po(path)
    for message_id, entry in entries.items():
        read = po.entries[message_id]
        assert (read.english, read.strings) == (entry.english, entry.strings)
        assert (read.fuzzy, read.previous) == (entry.fuzzy, entry.previous)
    write_po(path, po)
    assert path.read_bytes() == first
