"""No number and no name of anybody comes through, whatever it stands beside."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safar.insights.stripping import NAME, NUMBER, strip
from safar.insights.vocabulary import (
    LEAST_LINES,
    RUN,
    Vocabularies,
    Vocabulary,
    is_unspaced,
    runs_of,
)
from safar.registry import training
from safar.registry.danger import normalise
from safar.registry.training import Line
from safar.registry.unspaced import clusters
from tests.insights.names import NAMES

ROOT = Path(__file__).resolve().parents[2]
VARIANTS = ("en", "ne", "ne-Latn", "hi", "ar", "bn", "ta", "si", "am", "ru", "vi", "km", "my", "ur")
MESSAGES: dict[str, list[str]] = {}
for _message in training.test_messages(ROOT / "bot" / "tests" / "messages"):
    MESSAGES.setdefault(_message.variant, []).append(_message.text)


def shown(text: str) -> list[str]:
    """Return the words that are shown, in their normal form."""
    return normalise(text.replace(NAME, " ").replace(NUMBER, " ")).split()


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("call me 9841234567 please", "call me # please"),
        ("call +977 984-123 4567 or 01/442", "call # or #"),
        ("मलाई ९८४१२३४५६७ मा फोन", "मलाई # मा फोन"),
        ("passport no. PA1234567 lost", "passport no. # lost"),
        ("write to me.you@mail.example please", "write to # please"),
        ("see https://t.example/x?y and www.agent.example", "see # and #"),
        ("my group is t.me/agents", "my group is #"),
        ("ask @manpower_boss in doha", "ask # in doha"),
        ("nine eight four one two", "#"),
        ("they ask 5000rs", "they ask #"),
        ("ⅷ months ² days", "# months # days"),
    ],
    ids=str,
)
def test_numbers_addresses_and_links(vocabularies: Vocabularies, text: str, stripped: str) -> None:
    variant = "ne" if text.startswith("म") else "en"
    assert strip(text, vocabularies.of(variant)) == stripped


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("my boss Ramesh Karki took my passport", "my boss … took my passport"),
        ("my boss Bill took my passport", "my boss … took my passport"),
        ("My name is Grace. I am in Doha", "My name …. … in Doha"),
        ("I work in Hong Kong", "I work in Hong Kong"),
        ("I work in San Zzyzx", "I work in …"),
        ("ram took my passport", "… took my passport"),
    ],
    ids=str,
)
def test_names(vocabularies: Vocabularies, text: str, stripped: str) -> None:
    assert strip(text, vocabularies.of("en")) == stripped


def _cases() -> Iterator[tuple[str, str, str]]:
    """Yield a variant, a message of it with a name somewhere inside, and the name."""
    rng = random.Random(1)
    for variant, names in NAMES.items():
        for name in names:
            for message in rng.sample(MESSAGES[variant], 12):
                if is_unspaced(name):
                    parts, joint = clusters(message), ""
                else:
                    parts, joint = message.split(), " "
                at = rng.randint(0, len(parts))
                yield variant, joint.join([*parts[:at], name, *parts[at:]]), name


def test_names_of_people_do_not_come_through(vocabularies: Vocabularies) -> None:
    cases = list(_cases())
    assert len(cases) > 2000
    through = set()
    for variant, text, name in cases:
        stripped = normalise(strip(text, vocabularies.of(variant)))
        if is_unspaced(name):
            through.update({name} if normalise(name) in stripped else ())
        else:
            through.update(set(normalise(name).split()) & set(stripped.split()))
    assert through == set()


@settings(max_examples=200, deadline=None)
@given(
    data=st.data(),
    variant=st.sampled_from(VARIANTS),
    name=st.text(
        st.characters(categories=["Lu", "Ll", "Lo", "Lt", "Mn", "Mc"]), min_size=3, max_size=12
    ),
)
def test_a_word_that_nobody_knows_is_never_shown(
    vocabularies: Vocabularies, data: st.DataObject, variant: str, name: str
) -> None:
    vocabulary = vocabularies.of(variant)
    message = data.draw(st.sampled_from(MESSAGES[variant]))
    stripped = strip(f"{message} {name} {message}", vocabulary)
    _assert_known(stripped, vocabulary)
    if not known(name, vocabulary):
        assert name not in stripped


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=300), variant=st.sampled_from(VARIANTS))
def test_whatever_is_written_only_what_is_known_is_shown(
    vocabularies: Vocabularies, text: str, variant: str
) -> None:
    stripped = strip(text, vocabularies.of(variant))
    assert not any(unicodedata.category(letter)[0] == "N" for letter in stripped)
    assert "@" not in stripped
    _assert_known(stripped, vocabularies.of(variant))


@settings(max_examples=200, deadline=None)
@given(
    digits=st.text(st.characters(categories=["Nd"]), min_size=1, max_size=12),
    variant=st.sampled_from(VARIANTS),
    data=st.data(),
)
def test_digits_of_no_script_come_through(
    vocabularies: Vocabularies, digits: str, variant: str, data: st.DataObject
) -> None:
    message = data.draw(st.sampled_from(MESSAGES[variant]))
    at = data.draw(st.integers(0, len(message)))
    stripped = strip(message[:at] + digits + message[at:], vocabularies.of(variant))
    assert not any(map(str.isnumeric, stripped))
    assert NUMBER in stripped


def known(word: str, vocabulary: Vocabulary) -> bool:
    """Whether every part of a word is known by itself or may be, in a script without spaces."""
    parts = normalise(word).split()
    return not parts or all(
        is_unspaced(part) or part in vocabulary.words or part in vocabulary.proper for part in parts
    )


def _assert_known(stripped: str, vocabulary: Vocabulary) -> None:
    in_phrases = {part for keys in vocabulary.phrases.values() for key in keys for part in key}
    syllables = {sound for run in vocabulary.runs for sound in run}
    syllables |= {sound for part in vocabulary.parts for sound in part}
    for word in shown(stripped):
        if is_unspaced(word):
            assert set(clusters(word)) <= syllables, (word, stripped)
        elif vocabulary.syllabic:
            assert word in vocabulary.words | in_phrases | syllables, (word, stripped)
        else:
            assert word in vocabulary.words | in_phrases, (word, stripped)


def test_a_few_lines_alone_make_no_word_known(content) -> None:
    lines = [Line("en", "ask_wages", "zorbina owes me", f"en.yml:{n}") for n in range(LEAST_LINES)]
    assert strip("zorbina", Vocabularies(content, lines[:-1]).of("en")) == NAME
    assert strip("zorbina", Vocabularies(content, lines).of("en")) == "zorbina"


def test_syllables_are_known_together_only(content) -> None:
    text = "ចង់ដឹងថាសួរអីបាន"
    lines = [Line("km", "menu", text, f"km.yml:{n}") for n in range(LEAST_LINES)]
    vocabulary = Vocabularies(content, lines).of("km")
    assert strip(text, vocabulary) == text
    sounds = clusters(text)
    assert strip("".join(reversed(sounds)), vocabulary) == NAME
    assert len(list(runs_of(sounds, RUN))) == len(sounds)


def test_a_variant_that_is_not_served_is_read_as_english(vocabularies: Vocabularies) -> None:
    assert strip("salary not paid", vocabularies.of("xx")) == "salary not paid"
