"""Extraction: what counts as a message, and which faults are refused, with their place."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from safar.phrasing import LocalesError
from safar.phrasing.extract import content, domain
from safar.phrasing.pofile import read_po
from safar.phrasing.sources import collect, extract_template


def _content(text: str) -> list[tuple[object, ...]]:
    return list(content(io.BytesIO(text.encode()), [], [], {}))


def _domain(text: str) -> list[tuple[object, ...]]:
    return list(domain(io.BytesIO(text.encode()), [], [], {}))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("{id: a, text: A}", [(1, "pgettext", ("a", "A"), [])], id="at the top"),
        pytest.param(
            "x:\n  - y: {z: {id: a.b, text: A}}\n",
            [(2, "pgettext", ("a.b", "A"), [])],
            id="anywhere in the tree",
        ),
        pytest.param(
            "id: a\ntext: >\n  Long\n  text.\nnote: |\n  One\n  two\n",
            [(2, "pgettext", ("a", "Long text."), ["One", "two"])],
            id="blocks and notes",
        ),
        pytest.param(
            'id: a\ntext: One {x}\nplural: "{count} {x}"\n',
            [(2, "npgettext", ("a", "One {x}", "{count} {x}"), [])],
            id="plural",
        ),
        pytest.param(
            "a: &m {id: a, text: A}\nb: *m\n", [(1, "pgettext", ("a", "A"), [])], id="alias"
        ),
        pytest.param("id: a\ntitle: A\n---\n- text: A\n", [], id="id or text alone"),
        pytest.param("", [], id="empty file"),
    ],
)
def test_finds_content(text: str, found: list[object]) -> None:
    assert _content(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "intents: [a]\nresponses:\n  utter_a:\n    - text: A\n",
            [(4, "pgettext", ("utter_a", "A"), [])],
            id="response",
        ),
        pytest.param("responses:\n  utter_a:\n    - image: A\n", [], id="no text"),
        pytest.param("responses:\n", [], id="no responses"),
        pytest.param("intents:\n  - id: a\n    text: A\n", [], id="not under responses"),
    ],
)
def test_finds_responses(text: str, found: list[object]) -> None:
    assert _domain(text) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("id: A b\ntext: A", r":2: A b: is no id", id="id"),
        pytest.param("id: a\ntext: ' '", r":2: a: the text is empty", id="empty"),
        pytest.param("id: a\ntext: [A]", r":2: a: `text` and `plural` must", id="no text"),
        pytest.param("id: a\ntext: 'A {b'", r":2: a: The braces are unbalanced", id="braces"),
        pytest.param("id: a\ntext: 'A {B}'", r":2: a: \{B\} is no placeholder", id="name"),
        pytest.param("id: a\ntext: Help", r":2: a: 'Help' alone is a word that", id="carrier"),
        pytest.param("id: a\ntext: A\nplural: B", r":2: a: `plural` has no \{count\}", id="count"),
        pytest.param(
            "id: a\ntext: A {x}\nplural: '{count}'", r":2: a: .* different placeholders", id="forms"
        ),
        pytest.param("id: [", r"is not YAML", id="not YAML"),
    ],
)
def test_refuses_content(text: str, told: str) -> None:
    with pytest.raises(LocalesError, match=told):
        _content(text)


def test_refuses_several_texts_of_a_response() -> None:
    with pytest.raises(LocalesError, match=r":4: utter_a has several texts; keep one"):
        _domain("responses:\n  utter_a:\n    - text: A\n    - text: B\n")


def test_collects_the_project(project: Path) -> None:
    entries = collect(project, project / "locales").entries
    assert {key: entry.english for key, entry in entries.items()} == {
        "topic.fees.cap": ("An agency may charge at most {amount}.",),
        "topic.fees.agencies": ("One agency", "{count} agencies"),
        "utter_greet": ("Hello, this is Safar.",),
    }
    cap = entries["topic.fees.cap"]
    assert cap.locations == (("content/topics/fees.yaml", None),)
    assert cap.notes == ("Keep it short.", "{amount} has the currency already.")


def test_extracting_again_gives_the_same_bytes(project: Path) -> None:
    extract_template(project, project / "locales")
    first = (project / "locales/messages.pot").read_bytes()
    extract_template(project, project / "locales")
    assert (project / "locales/messages.pot").read_bytes() == first
    ids = list(read_po(project / "locales/messages.pot").entries)
    assert ids == sorted(ids) == ["topic.fees.agencies", "topic.fees.cap", "utter_greet"]


def test_one_id_with_two_texts_is_refused_with_both_places(
    project: Path, rewrite: Callable[[str, str, str], None]
) -> None:
    extract_template(project, project / "locales")
    before = (project / "locales/messages.pot").read_bytes()
    (project / "content/a.yaml").write_text("{id: utter_greet, text: Other}")
    with pytest.raises(LocalesError) as caught:
        extract_template(project, project / "locales")
    assert "content/a.yaml:1" in str(caught.value)
    assert "bot/domain/talk/greet.yml:4" in str(caught.value)
    assert (project / "locales/messages.pot").read_bytes() == before


def test_one_id_with_the_same_text_is_one_message_in_two_places(project: Path) -> None:
    (project / "content/a.yaml").write_text("{id: utter_greet, text: 'Hello, this is Safar.'}")
    entry = collect(project, project / "locales").entries["utter_greet"]
    assert entry.locations == (("bot/domain/talk/greet.yml", None), ("content/a.yaml", None))


def test_faults_name_the_file(project: Path, rewrite: Callable[[str, str, str], None]) -> None:
    rewrite("content/topics/fees.yaml", "{amount}.", "{amount.")
    with pytest.raises(LocalesError, match=r"content/topics/fees\.yaml:5: topic\.fees\.cap: The"):
        collect(project, project / "locales")


def test_without_a_mapping_the_file_is_named(project: Path) -> None:
    (project / "locales/babel.cfg").unlink()
    with pytest.raises(LocalesError, match=r"babel\.cfg: cannot be read"):
        collect(project, project / "locales")
