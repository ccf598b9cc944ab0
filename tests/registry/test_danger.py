"""Danger words are found however they are written, and nothing else is."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.registry.danger import DangerHit, DangerMatcher, normalise
from safar.registry.schema import DangerFile, DangerPhrase

SHIPPED = Path(__file__).parents[2] / "content" / "danger"


def words(variant: str, *phrases: tuple[str, str, str]) -> DangerFile:
    entries = tuple(
        DangerPhrase.model_validate({"text": text, "kind": kind, "match": match})
        for text, kind, match in phrases
    )
    return DangerFile(variant=variant, phrases=entries)


@pytest.fixture
def matcher() -> DangerMatcher:
    return DangerMatcher(
        [
            words(
                "en",
                ("kidnap", "emergency", "stem"),
                ("beats me", "abuse", "word"),
                ("help", "emergency", "word"),
                ("kill me", "emergency", "word"),
                ("can't breathe", "emergency", "word"),
                ("call 999", "emergency", "word"),
            ),
            words("ar", ("أنقذوني", "emergency", "word"), ("ضربه", "abuse", "word")),
            words("ne", ("कुट्छ", "abuse", "stem"), ("बचाऊ", "emergency", "word")),
        ]
    )


FOUND = {
    "whole text": ("help", "help"),
    "amid other words": ("please HELP, quick", "help"),
    "between signs": ("...help!!!", "help"),
    "drawn out": ("heeeeelppp", "help"),
    "drawn out, double letter stays": ("kiiilllll meeee", "kill me"),
    "stem goes on": ("I was kidnapped yesterday", "kidnap"),
    "two words across signs and lines": ("he beats,\n me", "beats me"),
    "apostrophe left out": ("i cant breathe", "can't breathe"),
    "typographic apostrophe": ("I can’t breathe", "can't breathe"),
    "number with the word": ("should I call 999?", "call 999"),
    "emoji with its form between": ("kill ❤️ me", "kill me"),
    "soft hyphen inside": ("he\u00adlp", "help"),
    "full stop directly after": ("Help.Me", "help"),
    "alef without hamza": ("انقذوني", "أنقذوني"),
    "final yaa without dots": ("أنقذونى", "أنقذوني"),
    "keyboard of Urdu": ("أنقذونی", "أنقذوني"),
    "vowel signs": ("أَنْقِذُونِي", "أنقذوني"),
    "tatweel": ("أنقـــذوني", "أنقذوني"),
    "Devanagari stem": ("मलाई कुट्छन्", "कुट्छ"),
    "Devanagari with joiner": ("कुट्\u200dछ", "कुट्छ"),
    "Devanagari before danda": ("बचाऊ।", "बचाऊ"),
    "decomposed": (unicodedata.normalize("NFD", "أنقذوني"), "أنقذوني"),
}

NOT_FOUND = {
    "inside a word": "childhelp",
    "word that goes on": "helpful",
    "words apart": "beats only me",
    "stem in the middle": "unkidnapped",
    "other number": "call 9999",
    "digits are not squeezed": "call 99",
    "haa is not taa marbuta": "ضربة شمس",
    "combining mark ends no word": "बचाऊं",
    "letters doubled where one is meant": "heelp",
    "empty": "",
    "signs only": "?!…",
}


@pytest.mark.parametrize("name", FOUND)
def test_is_found(matcher: DangerMatcher, name: str) -> None:
    text, phrase = FOUND[name]
    hit = matcher.find(text)
    assert hit is not None
    assert hit.phrase == phrase


@pytest.mark.parametrize("name", NOT_FOUND)
def test_is_not_found(matcher: DangerMatcher, name: str) -> None:
    assert matcher.find(NOT_FOUND[name]) is None


def test_an_emergency_goes_before_abuse_and_before_length(matcher: DangerMatcher) -> None:
    assert matcher.find("he beats me, help") == DangerHit("emergency", "en", "help")


def test_one_phrase_in_two_languages_is_as_grave_as_the_gravest() -> None:
    files = [words("id", ("tolong", "abuse", "word")), words("ms", ("Tolong", "emergency", "word"))]
    for order in (files, files[::-1]):
        assert DangerMatcher(order).find("tolong") == DangerHit("emergency", "ms", "Tolong")


def test_without_files_nothing_is_found() -> None:
    assert DangerMatcher([]).find("help") is None


@given(st.text(max_size=80))
def test_the_normal_form_is_normal(text: str) -> None:
    normal = normalise(text)
    assert normalise(normal) == normal
    assert normal == normal.strip()
    assert "  " not in normal


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_phrase_is_found_between_any_words(before: str, after: str) -> None:
    matcher = DangerMatcher([words("en", ("help me", "emergency", "word"))])
    assert matcher.find(f"{before} . help me . {after}") is not None
