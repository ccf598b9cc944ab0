"""Texts of Indic scripts in Latin letters, as people text them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.phrasing.errors import LocalesError
from safar.phrasing.languages import load_languages
from safar.phrasing.romanise.derive import derived
from safar.phrasing.romanise.engine import romanise_word
from safar.phrasing.romanise.texts import Romaniser, load_spellings

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = load_languages(ROOT / "content" / "languages.yaml")
DERIVED = [language for language in LANGUAGES if language.romanised_from]


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        pytest.param("काम", "kaam", id="hi-long-a-in-a-closed-syllable"),
        pytest.param("करता", "karta", id="hi-silent-vowel-inside"),
        pytest.param("निकलना", "nikalna", id="hi-last-of-two-silent"),
        pytest.param("सरकार", "sarkar", id="hi-silent-inside-and-last"),
        pytest.param("मालिक", "malik", id="hi-last"),
        pytest.param("आपका", "aapka", id="hi-aa-alone"),
        pytest.param("ज़रूरी", "zaruri", id="hi-dot-below"),
        pytest.param("संपर्क", "sampark", id="hi-nasal-before-lips"),
        pytest.param("আপনার", "apnar", id="bn-silent-inside"),
        pytest.param("বেতনের", "betoner", id="bn-case-ending-keeps-the-vowel"),
        pytest.param("করতে", "korte", id="bn-verb-ending"),
        pytest.param("যাওয়ার", "jawar", id="bn-wa"),
        pytest.param("রিপোর্ট", "riport", id="bn-loan-word"),
        pytest.param("উঙ্গল", "unggol", id="bn-conjunct"),
        pytest.param("சம்பளம்", "sambalam", id="ta-soft-after-a-nasal"),
        pytest.param("இந்த", "indha", id="ta-soft-th"),
        pytest.param("பாஸ்போர்ட்", "paasport", id="ta-hard-at-the-end"),
        pytest.param("கொடுக்க", "kodukka", id="ta-soft-between-vowels-hard-doubled"),
        pytest.param("சொல்ல", "solla", id="ta-hard-at-the-start"),
        pytest.param("ගෙවන්න", "gewanna", id="si-vowels-stay"),
        pytest.param("ශ්‍රී", "shri", id="si-joiner"),
        pytest.param("visa", "visa", id="latin-stays"),
    ],
)
def test_words(native: str, latin: str) -> None:
    assert romanise_word(native) == latin


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        pytest.param("कंपनी पैसे न दे। काम", "Company paise na de. Kaam", id="word-and-danda"),
        pytest.param("{amount} में, काम", "{amount} mein, kaam", id="placeholder-untouched"),
        pytest.param("१५ दिन", "15 din", id="digits"),
        pytest.param("एजेंसियाँ", "Agencyiyan", id="stem-and-the-rest-by-rule"),
        pytest.param("https://example.org/काम", "https://example.org/kaam", id="address"),
    ],
)
def test_texts(native: str, latin: str) -> None:
    romaniser = Romaniser({"कंपनी": "company", "में": "mein", "एजेंस~": "agency"})
    assert romaniser.text(native) == latin


@given(st.text(alphabet=st.characters(min_codepoint=0x0900, max_codepoint=0x0DFF), max_size=20))
def test_any_letters_come_out_without_the_script(text: str) -> None:
    romaniser = Romaniser({})
    known = [
        letter
        for letter in romaniser.text(text)
        if letter.isalpha() and ord(letter) in range(0x0915, 0x0939)
    ]
    assert known == []


@pytest.mark.parametrize("language", DERIVED, ids=[language.tag for language in DERIVED])
def test_derived_catalogues_are_of_now(language) -> None:
    """If it fails: `safar locales derive`."""
    assert derived(ROOT / "locales", language)[1] == 0


def test_what_is_marked_by_hand_is_not_derived(tmp_path: Path) -> None:
    native, own = tmp_path / "hi" / "LC_MESSAGES", tmp_path / "hi-Latn" / "LC_MESSAGES"
    native.mkdir(parents=True)
    own.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    entry = 'msgctxt "{id}"\nmsgid "Yes"\nmsgstr "{text}"\n\n'
    (native / "safar.po").write_text(
        header + entry.format(id="a", text="हाँ") + entry.format(id="b", text="हाँ"), "utf-8"
    )
    (own / "safar.po").write_text(
        header + entry.format(id="a", text="") + "# by hand\n" + entry.format(id="b", text="Haan!"),
        "utf-8",
    )
    po, changed = derived(tmp_path, LANGUAGES["hi-Latn"])
    assert {key: each.strings for key, each in po.entries.items()} == {
        "a": ("Han",),
        "b": ("Haan!",),
    }
    assert changed == 1
    assert po.entries["a"].fuzzy


@pytest.mark.parametrize("content", ["- a", "words: [a]", "words: {a: 1}", "{"])
def test_a_file_of_spellings_of_another_form_is_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "spellings.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(LocalesError) as caught:
        load_spellings(path)
    assert str(path) in caught.value.problems[0]
