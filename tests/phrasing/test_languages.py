"""The list of variants: chains, names, and how faults in it are told."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from safar.phrasing import Languages, LanguagesError, UnknownLanguageError, load_languages
from safar.phrasing.languages import Language
from safar.registry.variants import VARIANTS

ENGLISH = "{tag: en, name: English, english: English, cldr: en, script: Latn}"
NEPALI = "{tag: ne, name: नेपाली, english: Nepali, cldr: ne, script: Deva%s}"


@pytest.mark.parametrize(
    ("tag", "chain"),
    [
        ("en", ["en"]),
        ("ne", ["ne", "en"]),
        ("ne-Latn", ["ne-Latn", "ne", "en"]),
        ("hi", ["hi", "en"]),
        ("bn", ["bn", "en"]),
        ("fil", ["fil", "en"]),
        ("id", ["id", "en"]),
        ("ar", ["ar", "en"]),
        ("sw", ["sw", "en"]),
        ("ta-Latn", ["ta-Latn", "ta", "en"]),
        ("ar-Latn", ["ar-Latn", "ar", "en"]),
        ("vi", ["vi", "en"]),
    ],
)
def test_chain_of_every_variant_served(languages: Languages, tag: str, chain: list[str]) -> None:
    assert languages.chain(tag) == chain


def test_serves_the_variants_of_the_taxonomy_in_order(languages: Languages) -> None:
    assert tuple(languages.tags) == VARIANTS


def test_only_arabic_letters_run_from_right_to_left(languages: Languages) -> None:
    assert [language.tag for language in languages if language.rtl] == ["ur", "ar"]


@pytest.mark.parametrize(
    ("words", "tag"),
    [
        ("nepali", "ne"),
        (" Roman  NEPALI ", "ne-Latn"),
        ("नेपाली", "ne"),
        ("tagalog", "fil"),
        ("عربي", "ar"),
        ("ne-latn", "ne-Latn"),
        ("klingon", None),
        ("", None),
    ],
)
def test_finds_a_variant_by_what_people_call_it(
    languages: Languages, words: str, tag: str | None
) -> None:
    found = languages.named(words)
    assert (found and found.tag) == tag


def test_unknown_tag_is_refused(languages: Languages) -> None:
    with pytest.raises(UnknownLanguageError, match=r"'xx'.*known are en, ne"):
        languages.chain("xx")


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        pytest.param([NEPALI % ""], r"'en' is missing", id="no English"),
        pytest.param(
            [ENGLISH, NEPALI % ", fallback: xx"],
            r"entry ne: the fallback 'xx' is not in the list; use one of en, ne",
            id="unknown fallback",
        ),
        pytest.param(
            [ENGLISH, NEPALI % ", fallback: ne"],
            r"entry ne: .*circle \(ne -> ne\); let one of them fall back to en",
            id="fallback to itself",
        ),
        pytest.param(
            [
                ENGLISH,
                NEPALI % ", fallback: hi",
                "{tag: hi, name: x, english: Hindi, cldr: hi, script: Deva, fallback: ne}",
            ],
            r"circle \(ne -> hi -> ne\)",
            id="circle of two",
        ),
        pytest.param([ENGLISH, ENGLISH], r"entry en: this tag is listed twice", id="twice"),
        pytest.param(
            [ENGLISH, NEPALI % ", aliases: [english]"],
            r"entry ne: 'english' is also a name of en",
            id="shared alias",
        ),
        pytest.param(
            [ENGLISH, NEPALI % ", colour: red"], r"entry ne: colour: Extra", id="unknown field"
        ),
        pytest.param(
            [ENGLISH.replace("cldr: en", "cldr: xx")],
            r"entry en: .*CLDR has no locale 'xx'.*Correct",
            id="locale CLDR lacks",
        ),
        pytest.param(
            [ENGLISH, NEPALI % ", money: {NPR: Rs}"], r"must hold \{amount\}", id="no amount"
        ),
        pytest.param(["just words"], r"entry no 1", id="entry is no mapping"),
    ],
)
def test_faults_name_file_entry_and_remedy(tmp_path: Path, entries: list[str], told: str) -> None:
    path = tmp_path / "languages.yaml"
    path.write_text("languages:\n" + "".join(f"  - {entry}\n" for entry in entries), "utf-8")
    with pytest.raises(LanguagesError, match=told) as caught:
        load_languages(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", ["", "languages: []", "- a", "a: [", None])
def test_a_file_without_a_list_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "languages.yaml"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(LanguagesError, match=r"languages\.yaml"):
        load_languages(path)


def several(*entries: str) -> Languages:
    loaded = [yaml.safe_load(entry) for entry in entries]
    return Languages(Language.model_validate(entry) for entry in loaded)


DRAFT = NEPALI % ", likely_origin: NP, serve_drafts: true, readiness: draft"
REVIEWED = (
    "{tag: hi, name: हिन्दी, english: Hindi, cldr: hi, script: Deva, also_from: [NP],"
    " serve_drafts: true, readiness: reviewed, owner: A translators' office}"
)


def test_drafts_are_neither_sent_nor_offered_where_only_reviewed_ones_are_wanted() -> None:
    languages = several(ENGLISH, DRAFT, REVIEWED)
    assert [each.tag for each in languages.for_people_of(None)] == ["en", "ne", "hi"]
    reviewed = languages.reviewed_only()
    assert reviewed.tags == languages.tags, "what people write in is still known"
    assert not any(each.serve_drafts for each in reviewed)
    assert [each.tag for each in reviewed.for_people_of(None)] == ["en", "hi"]


@pytest.mark.parametrize(
    ("country", "first"),
    [("NP", "ne"), ("IN", "en"), (None, "en")],
    ids=["own", "other", "unknown"],
)
def test_the_languages_of_a_persons_country_are_offered_first(
    country: str | None, first: str
) -> None:
    offered = [each.tag for each in several(ENGLISH, DRAFT, REVIEWED).for_people_of(country)]
    assert offered[0] == first
    assert sorted(offered) == ["en", "hi", "ne"]
    assert country != "NP" or offered == ["ne", "hi", "en"]


def test_every_variant_has_words_to_agree_and_to_refuse(languages: Languages) -> None:
    assert [language.tag for language in languages if not (language.yes and language.no)] == []


def test_a_word_is_not_yes_in_one_language_and_no_in_another() -> None:
    one = Language(
        tag="en", name="English", english="English", cldr="en", script="Latn", yes=["na"]
    )
    other = Language(tag="bn", name="b", english="Bangla", cldr="bn", script="Beng", no=["NA"])
    with pytest.raises(LanguagesError, match="'NA' is no here and yes in en"):
        Languages([one, other])
