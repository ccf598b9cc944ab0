"""Whom a message means: the same name, a name alike, or nobody."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safar.registry.query import Registry

STAR, LIGHT = "Sagarmatha Star Manpower Pvt. Ltd.", "Sagarmatha Starlight Overseas"
GOLDEN, GATE = "Golden Overseas", "Golden Gate International"
KANCHAN, RATNA = "Kanchanjanga Travels", "रत्नपार्क म्यानपावर"

# What is the name itself, and what is first among those alike.
NAMED = {
    "the whole name": ("Sagarmatha Star Manpower Pvt. Ltd.", [STAR], LIGHT),
    "without legal forms": ("sagarmatha star manpower", [STAR], LIGHT),
    "in a sentence": ("is sagarmatha star manpower good? they want 2 lakh", [STAR], LIGHT),
    "in one word": ("SagarmathaStar Manpower", [STAR], None),
    "initials": ("ABC International ok?", ["A.B.C. International"], None),
    "without marks": ("dai phat international", ["Đại Phát International"], None),
    "another name it has": ("old sunrise agency", [KANCHAN], None),
    "without its trade word": ("Kanchanjanga", [KANCHAN], None),
    "without its trade word, in a sentence": ("is kanchanjanga good", [KANCHAN], None),
    "with another trade word": ("Kanchanjanga Recruitment", [KANCHAN], None),
    "in its own script": ("रत्नपार्क म्यानपावर ठीक छ", [RATNA], None),
    "in Latin letters, of another script": ("Ratnapark manpower", [], RATNA),
    "in Devanagari": ("कन्चनजंगा ट्राभल्स", [KANCHAN], None),
    "a name of trade words, whole": (
        "overseas recruitment agency",
        ["Overseas Recruitment Agency"],
        None,
    ),
    "one of several alike without trade words": ("Sagarmatha Star", [], STAR),
    "a longer name with the same words": ("Kanchanjanga Brothers Overseas", [], KANCHAN),
    "with a word of another name beside it": ("kanchanjanga sagarmatha", [], KANCHAN),
    "with a capital letter beside it": ("Kanchanjanga Dream ok", [], KANCHAN),
    "a slip": ("Kanchanjangha Travels", [], KANCHAN),
    "two slips": ("Kanchenjunga", [], KANCHAN),
    "a letter less": ("Sagarmata Star", [], STAR),
    "one telling word of two": ("Padma Overseas", [], None),
    "a generic word alone": ("Golden", [], GOLDEN),
}
NOBODY = {
    "a generic word among others": "Golden Dragon Overseas",
    "a generic word in a sentence": "they asked 2 lakh for my new visa",
    "words that are also a name": "i want a new life in qatar",
    "trade words": "manpower overseas agency",
    "a question": "how much may they charge",
    "nothing": "",
    "signs": "?! 'OR' \" * %",
}
OTHER_SCRIPTS = {
    "Devanagari": "विक्रम ओभरसिज",
    "Bengali": "বিক্রম",
    "Sinhala": "වික්‍රම්",
    "Tamil": "விக்ரம்",
    "Gujarati": "વિક્રમ",
    "Cyrillic": "Викрам",
    "Amharic": "ቪክራም",
    "Burmese": "ဗီကရမ်",
    "Khmer": "វិក្រម",
    "Arabic": "فيكرام",
    "Urdu": "وکرم",
    "Latin": "Wikram",
}


def _named(registry: Registry, text: str, country: str = "NP") -> list[str]:
    return [match.name for match in registry.look_up_agency(text, country).named]


@pytest.mark.parametrize("name", NAMED)
def test_names(agencies: Registry, name: str) -> None:
    text, named, alike = NAMED[name]
    found = agencies.look_up_agency(text, "NP")
    assert [match.name for match in found.named] == named
    first = found.alike[0].name if found.alike else None
    assert first == alike


@pytest.mark.parametrize("name", NOBODY)
def test_nobody_is_meant(agencies: Registry, name: str) -> None:
    found = agencies.look_up_agency(NOBODY[name], "NP")
    assert found.matches() == []


@pytest.mark.parametrize("script", OTHER_SCRIPTS)
def test_a_name_is_found_in_the_letters_of_any_script(agencies: Registry, script: str) -> None:
    found = agencies.look_up_agency(OTHER_SCRIPTS[script], "NP")
    assert [match.name for match in found.matches()] == ["Vikram Overseas"]


def test_only_the_vowels_of_an_abjad_are_guessed(agencies: Registry) -> None:
    # What is written without vowels may be another name.
    assert _named(agencies, "فيكرام") == []
    assert _named(agencies, "विक्रम") == ["Vikram Overseas"]
    assert _named(agencies, "विक्रमा ब्रदर्स ओभरसिज") == []


LONGER = {
    "the name itself": ("baraka overseas", ["Baraka Overseas"]),
    "the longer name": ("Tumaini Baraka Overseas", ["Tumaini Baraka Overseas"]),
    "a slip in the longer name": ("tumaani baraka overseas", []),
    "an unknown word with a capital before it": ("Jambo Baraka Overseas", []),
    "an unknown word before it": ("jambo baraka overseas", ["Baraka Overseas"]),
    "another name before a comma": ("Jambo, Baraka Overseas", ["Baraka Overseas"]),
    "a word of another name before it": ("is it Tumaini or Baraka Overseas", []),
}


@pytest.mark.parametrize("name", LONGER)
def test_a_name_within_a_longer_one_is_not_meant(agencies: Registry, name: str) -> None:
    text, named = LONGER[name]
    assert _named(agencies, text, "KE") == named


def test_all_of_a_name_are_told_of(agencies: Registry) -> None:
    numbers = {m.licence_number for m in agencies.look_up_agency("Lumbini Overseas", "NP").named}
    assert numbers == {"0107/081", "0108/081"}


NUMBERS = {
    "as it is": ("0101/081", [STAR]),
    "in another script, in a sentence": ("मेरो नम्बर १०१/०८१ ठीक छ?", [STAR]),
    "with the letter O": ("O1O1/O81", [STAR]),
    "beside a name": ("Golden Overseas 0103/081", [GOLDEN]),
    "of another country": ("RL-0101", []),
    "a part of it": ("101", []),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers(agencies: Registry, name: str) -> None:
    text, expected = NUMBERS[name]
    found = agencies.look_up_agency(text, "NP")
    assert [match.name for match in found.numbered] == expected
    assert all(match.matched == "licence_number" for match in found.numbered)


LETTERS_LEFT_OUT = {
    "the number alone": ("0102", True),
    "after the word": ("licence 102 is good", True),
    "an amount": ("they want 102 lakh for it and my passport", False),
}


@pytest.mark.parametrize("name", LETTERS_LEFT_OUT)
def test_the_letters_of_a_number_may_be_left_out(agencies: Registry, name: str) -> None:
    text, is_found = LETTERS_LEFT_OUT[name]
    found = [match.name for match in agencies.look_up_agency(text, "BD").numbered]
    assert found == (["Padma Brothers Overseas"] if is_found else [])


def test_a_country_keeps_to_its_own_register(agencies: Registry) -> None:
    assert _named(agencies, "Vikram", "BD") == ["Vikram International"]
    assert _named(agencies, "Vikram", "KE") == []
    assert _named(agencies, "Vikram", "LK") == []
    both = agencies.look_up_agency("vikram", None)
    assert {m.country for m in both.matches()} == {"NP", "BD"}


def test_numbers_of_nobody_are_told(agencies: Registry) -> None:
    assert agencies.look_up_agency("licence 999/999", "NP").numbers == ("999/999",)
    assert agencies.look_up_agency("licence 0101/081", "NP").numbers == ()


@settings(deadline=None)  # the first word of a script loads its table
@given(text=st.text(max_size=60))
def test_no_text_breaks_the_search(agencies: Registry, text: str) -> None:
    assert len(agencies.agencies(text)) <= 5


@settings(deadline=None)
@given(
    before=st.sampled_from(["", "is ", "ok "]), end=st.sampled_from(["", " pvt ltd", "!", " good"])
)
def test_what_stands_around_a_whole_name_does_not_matter(
    agencies: Registry, before: str, end: str
) -> None:
    assert _named(agencies, f"{before}Sagarmatha Star Manpower{end}") == [STAR]
