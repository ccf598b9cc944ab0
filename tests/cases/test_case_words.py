"""Answers kept ready for officers, and words explained to them: the files, and finding in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.cases.canned import CannedReplies, load_replies
from safar.cases.glossary import Glossary, load_glossary
from safar.cases.shelf import Shelf
from safar.phrasing.templates import placeholders
from safar.registry.errors import ContentError

CONTENT = Path(__file__).resolve().parents[2] / "content"
Check = Callable[[str, str], tuple[int, str]]

REPLY = """\
replies:
  - id: case_reply.one
    kinds: [ask_wages]
    text: "Case {reference} at {desk}: {gap}."
  - id: case_reply.all
    text: "We have read it."
"""
TERM = """\
terms:
  - id: kafeel
    names: [kafeel, كفيل]
    meaning: {en: The sponsor., ne: प्रायोजक।}
  - id: noc
    names: [NOC]
    meaning: {en: A letter.}
"""


def test_the_shipped_files_are_sound_and_of_use() -> None:
    replies = load_replies(CONTENT).replies
    assert len(replies) >= 10  # noqa: PLR2004 - about a dozen
    assert any("gap" in placeholders(reply.text) for reply in replies)
    glossary = load_glossary(CONTENT)
    for term in glossary.terms:
        assert set(term.meaning) == {"en", "es", "fr", "ar", "id", "ne"}, term.id


def test_those_made_for_a_kind_come_before_those_for_all(tmp_path: Path) -> None:
    (tmp_path / "case_replies.yaml").write_text(REPLY, encoding="utf-8")
    replies = load_replies(tmp_path)
    assert [each.id for each in replies.of_kind("ask_wages")] == [
        "case_reply.one",
        "case_reply.all",
    ]
    assert [each.id for each in replies.of_kind("greet")] == ["case_reply.all"]
    assert replies.named("case_reply.none") is None


def test_without_a_file_there_is_nothing_and_nothing_wrong(tmp_path: Path) -> None:
    assert load_replies(tmp_path) == CannedReplies()
    assert load_glossary(tmp_path) == Glossary()


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("ask_wages", "ask_wage", '"ask_wage" is nothing that people ask'),
        ("{gap}", "{phone}", "nothing can be put in the place of {phone}"),
        ("{gap}", "{gap", "unbalanced"),
        ("case_reply.all", "case_reply.one", "is there twice"),
        ("case_reply.all", "all", "does not begin with case_reply."),
        ("    kinds:", "    kind:", "kind"),
    ],
    ids=["kind", "placeholder", "braces", "twice", "prefix", "key"],
)
def test_the_check_says_what_is_wrong_with_replies(
    safar_check: Check, wrong: str, right: str, said: str
) -> None:
    code, output = safar_check("case_replies.yaml", REPLY.replace(wrong, right))
    assert code == 1
    assert said in " ".join(output.split())
    assert "case_replies.yaml" in output


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("NOC]", "kafeel]", 'stands for "kafeel" already'),
        ("id: noc", "id: kafeel", "is there twice"),
        ("[NOC]", '["!"]', "has no letters"),
        ("{en: A letter.}", "{ne: पत्र।}", "the meaning in English is missing"),
        ("ne: प्रायोजक।", "Nepali: प्रायोजक।", "is no language with a meaning"),
    ],
    ids=["two meanings", "twice", "no letters", "no English", "no language"],
)
def test_the_check_says_what_is_wrong_with_the_glossary(
    safar_check: Check, wrong: str, right: str, said: str
) -> None:
    code, output = safar_check("glossary.yaml", TERM.replace(wrong, right))
    assert code == 1
    assert said in " ".join(output.split())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mero kafeelle passport liyo", ["kafeel"]),
        ("KAFEEL.", ["kafeel"]),
        ("الكفيل أخذ جوازي", ["kafeel"]),
        ("noc nahi diya", ["noc"]),
        ("nocturnal", []),
        ("kafeelometrical", []),
        ("", []),
    ],
)
def test_a_word_is_found_with_its_endings_and_not_within_another(
    tmp_path: Path, text: str, found: list[str]
) -> None:
    (tmp_path / "glossary.yaml").write_text(TERM, encoding="utf-8")
    assert [term.id for term in load_glossary(tmp_path).find(text)] == found


def test_a_word_is_explained_in_the_officers_language_or_in_english(tmp_path: Path) -> None:
    (tmp_path / "glossary.yaml").write_text(TERM, encoding="utf-8")
    kafeel = load_glossary(tmp_path).terms[0]
    assert kafeel.meant("ne") == ("प्रायोजक।", "ne")
    assert kafeel.meant("fr") == ("The sponsor.", "en")


SHIPPED = load_glossary(CONTENT)


@given(
    st.text(max_size=80),
    st.sampled_from([name for t in SHIPPED.terms for name in t.names]),
    st.text(max_size=80),
)
def test_a_word_is_found_whatever_stands_around_it(before: str, name: str, after: str) -> None:
    found = SHIPPED.find(f"{before}, {name} - {after}")
    assert name in {each for term in found for each in term.names}


def test_a_file_is_read_again_when_it_changes_and_the_last_good_one_goes_on(
    tmp_path: Path,
) -> None:
    now = 0.0
    shelf = Shelf("case_replies.yaml", lambda: tmp_path, load_replies, CannedReplies(), lambda: now)
    assert shelf.current().replies == ()
    file = tmp_path / "case_replies.yaml"
    file.write_text(REPLY, encoding="utf-8")
    assert shelf.current().replies == ()
    now += 2
    assert len(shelf.current().replies) == 2  # noqa: PLR2004 - as written above
    file.write_text("replies: [", encoding="utf-8")
    now += 2
    assert len(shelf.current().replies) == 2  # noqa: PLR2004 - as written above
    with pytest.raises(ContentError):
        load_replies(tmp_path)
