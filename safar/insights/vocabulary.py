"""Which words may be shown of what people wrote: those that are known from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import chain
from typing import Final

from babel import Locale

from safar.phrasing.languages import Language
from safar.registry.content import Content
from safar.registry.danger import normalise
from safar.registry.training import Line
from safar.registry.unspaced import clusters, unspaced
from safar.registry.world.country_codes import iso_codes

ENGLISH: Final = "en"
"""Its words stand in texts of every language."""
LEAST_LINES: Final = 4
"""Lines that must have a word: what stands in a few may be the name of somebody."""
RUN, SYLLABIC_RUN = 3, 2
"""Syllables in a row that must be known together, where words are not parted by spaces, and where
spaces part the syllables of words."""
EDGE: Final = ""
"""Stands for the beginning and the end of what was written without a space."""
SYLLABIC: Final = frozenset({"vi"})
"""Variants that put a space between syllables, so that a name is made of words: Mai is tomorrow."""
_LEAST_PART: Final = 2
_SPOKEN: Final = 10
_NAMES: Final = "names.txt"

Key = tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """What is known of one variant; every word in the form of `safar.registry.danger.normalise`.

    Attributes:
        words: Shown wherever they stand.
        phrases: Names of several words, by their first one, shown as a whole only: of "San Jose"
            the parts are names of people.
        proper: Words that are written with a capital letter within a sentence.
        digits: Numbers below ten in words: several in a row spell a telephone number.
        runs: Syllables that follow each other in at least four training lines.
        parts: Whole words of scripts without spaces, as their syllables.
        syllabic: Whether what stands between two spaces is a syllable, not a word.
    """

    words: frozenset[str]
    phrases: Mapping[str, tuple[Key, ...]]
    proper: frozenset[str]
    digits: frozenset[str]
    runs: frozenset[Key]
    parts: frozenset[Key]
    syllabic: bool = False


class Vocabularies:
    """Makes the vocabulary of each variant when it is first asked for.

    Args:
        content: Places, money, danger words, languages.
        lines: The training lines of all variants.
    """

    def __init__(self, content: Content, lines: Iterable[Line]) -> None:
        """Sort what is given by variant."""
        self._content = content
        self._lines: dict[str, list[Line]] = {}
        for line in lines:
            self._lines.setdefault(line.variant, []).append(line)
        self._names = names_of_people()
        self._made: dict[str, Vocabulary] = {}

    def of(self, variant: str) -> Vocabulary:
        """Return the vocabulary of a variant; of one that is not served, that of English."""
        if variant not in self._made:
            self._made[variant] = self._make(variant)
        return self._made[variant]

    def _make(self, variant: str) -> Vocabulary:
        syllabic = variant in SYLLABIC
        tags = dict.fromkeys((variant,) if syllabic else (variant, ENGLISH))
        lines = [line.normal.split() for tag in tags for line in self._lines.get(tag, ())]
        places = _keys(self._places(tags))
        money = _keys(self._money())
        said = _keys(self._said(tags))
        # Of a place with several names only the whole is known, of a sentence of danger every word.
        single = {key[0] for key in (*places, *money) if len(key) == 1}
        words = set(single) if syllabic else single | _often(lines) | set(chain(*money, *said))
        parts = money | said if syllabic else set()
        unparted = filter(is_unspaced, chain(single, chain(*money, *said)))
        parts |= {tuple(clusters(word)) for word in unparted}
        phrases: dict[str, list[Key]] = {}
        for key in sorted(key for key in places if len(key) > 1):
            phrases.setdefault(key[0], []).append(key)
        return Vocabulary(
            words=frozenset(
                word
                for word in words
                if not is_unspaced(word) and variant in self._names.get(word, (variant,))
            ),
            phrases={first: tuple(keys) for first, keys in phrases.items()},
            proper=frozenset({"i", *chain(*places)}),
            digits=frozenset(chain(*_keys(self._digits()))),
            runs=_runs(lines, syllabic=syllabic),
            parts=frozenset(part for part in parts if len(part) >= _LEAST_PART),
            syllabic=syllabic,
        )

    def _places(self, tags: Collection[str]) -> Iterator[str]:
        """Yield names of places and of languages."""
        for place in self._content.places.model.places:
            yield from place.names
        for language in self._content.languages:
            yield from (language.name, language.english, *language.aliases)
            if language.tag in tags:
                yield from _countries(language)

    def _money(self) -> Iterator[str]:
        """Yield words of money and of what is counted."""
        money = self._content.money.model
        groups = [each.words for each in money.currencies]
        groups += [each.words for each in money.shared]
        groups += [each.words for each in money.numbers]
        groups += [(*each.words, *each.leading) for each in money.multipliers]
        yield from (word.removesuffix("~") for word in chain(*groups))
        yield from (*money.units, *money.periods, *money.things, *money.numbered)

    def _digits(self) -> Iterator[str]:
        for number in self._content.money.model.numbers:
            if number.value < _SPOKEN:
                yield from number.words

    def _said(self, tags: Collection[str]) -> Iterator[str]:
        """Yield words that answer or open the menu, and sentences of danger."""
        for language in self._content.languages:
            if language.tag in tags:
                yield from (*language.yes, *language.no, *language.menu_words)
        for file in self._content.danger:
            if file.stem in tags:
                yield from (phrase.text for phrase in file.model.phrases)


def names_of_people() -> dict[str, tuple[str, ...]]:
    """Return the names that are never shown, and for each the variants where it is a word."""
    text = (resources.files("safar.insights") / _NAMES).read_text("utf-8")
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {normalise(name): tuple(variants) for name, *variants in rows}


def _keys(names: Iterable[str]) -> set[Key]:
    return {key for name in names if (key := tuple(normalise(name).split()))}


def _often(lines: Iterable[Sequence[str]]) -> set[str]:
    """Return the words that stand in enough lines."""
    counted: Counter[str] = Counter()
    for line in lines:
        counted.update(set(line))
    return {word for word, times in counted.items() if times >= LEAST_LINES}


def _runs(lines: Iterable[Sequence[str]], *, syllabic: bool) -> frozenset[Key]:
    """Return the runs of syllables that stand in enough lines."""
    counted: Counter[Key] = Counter()
    for line in lines:
        if syllabic:
            counted.update(set(runs_of(line, SYLLABIC_RUN)))
        else:
            unparted = [clusters(word) for word in line if is_unspaced(word)]
            counted.update({run for sounds in unparted for run in runs_of(sounds, RUN)})
    return frozenset(run for run, times in counted.items() if times >= LEAST_LINES)


def runs_of(sounds: Sequence[str], length: int) -> Iterator[Key]:
    """Yield the runs of so many syllables, the edges of what they stand in counted as one each."""
    row = [EDGE, *sounds, EDGE]
    for at in range(len(row) - length + 1):
        yield tuple(row[at : at + length])


def is_unspaced(word: str) -> bool:
    """Whether a word has letters of a script that puts no space between words."""
    return any(map(unspaced, word))


def _countries(language: Language) -> Iterator[str]:
    names = Locale.parse(language.names_from or language.cldr, sep="-").territories
    yield from (name for code, name in names.items() if code in iso_codes())
    yield from language.countries.values()
