"""What answers STOP, START and HELP is short, and names the words that telephone companies know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from safar.messaging.fold import fold
from safar.messaging.segments import measure
from safar.phrasing import Catalogue, Day, Phrase, load_languages
from safar.registry.checks.options import RESERVED_WORDS
from safar.registry.danger import DangerMatcher
from safar.registry.keywords import KeywordMatcher
from tests.shipped import shipped_content

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = load_languages(ROOT / "content" / "languages.yaml")
CATALOGUE = Catalogue.load(ROOT / "locales", LANGUAGES)
FILE = ROOT / "content" / "messages" / "consent.yaml"
IDS = [each["id"] for each in yaml.safe_load(FILE.read_text("utf-8"))["messages"]]
VALUES = {"late.answer": {"when": Day(value="2026-11-23")}}
MOST = {"GSM-7": 1, "UCS-2": 2}
CASES = [pytest.param(each, tag, id=f"{each}-{tag}") for each in IDS for tag in LANGUAGES.tags]


def said(message: str, tag: str) -> str:
    return CATALOGUE.phrase(Phrase(id=message, values=VALUES.get(message, {})), tag)


def named(text: str) -> set[str]:
    return {word for word in re.findall(r"\b[A-Z]+\b", text) if word.casefold() in RESERVED_WORDS}


@pytest.mark.parametrize(("message", "tag"), CASES)
def test_it_is_one_sms_in_latin_letters_and_two_in_others(message: str, tag: str) -> None:
    text = said(message, tag)
    assert CATALOGUE.variant_used(message, tag) == tag
    text = text.translate(CATALOGUE.sms_letters(tag))
    size = measure(text)
    assert size.segments <= MOST[size.encoding], (size, text)
    assert (size.encoding == "GSM-7") == LANGUAGES[tag].latin, text
    assert text == fold(text) or not LANGUAGES[tag].latin


@pytest.mark.parametrize(("message", "tag"), CASES)
def test_it_names_the_words_that_english_names_and_no_other(message: str, tag: str) -> None:
    assert named(said(message, tag)) == named(said(message, "en"))


def test_there_is_a_sentence_that_names_each_word() -> None:
    texts = " ".join(said(message, "en") for message in IDS)
    assert named(texts) == {"STOP", "START"}


@pytest.mark.parametrize("tag", LANGUAGES.tags)
def test_the_first_line_for_a_shared_telephone_tells_nothing(tag: str) -> None:
    text = said("reply.neutral", tag)
    # Shorter, and a locked screen would show the answer behind it.
    assert 18 <= len(text) <= 40
    assert "Safar" in text
    content = shipped_content()
    assert DangerMatcher(file.model for file in content.danger).find(text) is None


@pytest.mark.parametrize("tag", LANGUAGES.tags)
def test_an_answer_sent_back_to_us_is_no_order(tag: str) -> None:
    # Two machines that answer each other would otherwise stop and start for ever.
    matcher = KeywordMatcher(shipped_content().keywords.model.keywords)
    assert [message for message in IDS if matcher.find(said(message, tag))] == []
