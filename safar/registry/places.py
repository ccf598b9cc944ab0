"""Finds countries and cities in a text, in every language served, and their part in the journey."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import regex
from babel import Locale

from safar.registry.schema import Place

Role = Literal["origin", "destination"]

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}\u200c\u200d'’]+")
_LONGEST_NAME = 4
_SHORT = 4
_INDIC = regex.compile(r"[\p{Script=Devanagari}\p{Script=Bengali}]")
_INDIC_ENDING = 4
_LATIN_ENDINGS = (
    "ma", "maa", "bata", "baata", "ko", "le", "lai", "tira", "ni", "te", "theke", "er", "e", "me",
    "mein", "se", "ka", "ke", "'s", "’s",
)  # fmt: skip
_ARABIC_BEGINNINGS = ("وال", "بال", "فال", "لل", "ال", "و", "ب", "ف", "ل")
_FROM_BEFORE = frozenset(
    "from galing taga mula dari kutoka من आएको ex leaving left".split()
)  # fmt: skip
_FROM_AFTER = frozenset(
    "bata baata baat बाट se से থেকে theke হতে ko का की wala वाला nationality citizen".split()
)  # fmt: skip
_FROM_ENDINGS = ("bata", "baata", "बाट", "থেকে", "theke")
_TO_BEFORE = frozenset(
    "to in at for sa papuntang papunta patungong ke di kwenda في الى إلى لل going".split()
)  # fmt: skip


@dataclass(frozen=True)
class FoundPlace:
    """A country (ISO 3166-1 alpha-2), perhaps through one of its cities, at [start, end)."""

    country: str
    city: str | None
    role: Role
    start: int
    end: int


class PlaceFinder:
    """Look-up of names by words; one pass over the text, independent of the number of names.

    Args:
        places: everyday names and cities from content/places.yaml; they win over CLDR.
        locales: CLDR locale identifiers (BCP 47) whose country names are recognised.
        roles: for each country of the registry, whether people leave it or go to it.
        known: countries whose short names (four letters or fewer) are not mistaken for words.
    """

    def __init__(
        self,
        places: Iterable[Place],
        locales: Sequence[str],
        roles: Mapping[str, Collection[str]],
        known: Collection[str],
    ) -> None:
        """Index all names by their words."""
        self._roles = roles
        self._names: dict[tuple[str, ...], tuple[str, str | None]] = {}
        for locale in locales:
            for code, name in Locale.parse(locale, sep="-").territories.items():
                if len(code) == 2 and code.isalpha():  # noqa: PLR2004 - alpha-2
                    self._add_cldr(code, name, known)
        for place in places:
            for name in place.names:
                self._names[_key(name)] = (place.country, place.city)
        self._of_several = frozenset(key[0] for key in self._names if len(key) > 1)

    def _add_cldr(self, code: str, name: str, known: Collection[str]) -> None:
        key = _key(name)
        if key and (code in known or sum(map(len, key)) > _SHORT):
            self._names.setdefault(key, (code, None))

    def find(self, text: str) -> list[FoundPlace]:
        """Return the places named in `text` in order, each country and role once."""
        words = [(_fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]
        found: list[FoundPlace] = []
        index = 0
        while index < len(words):
            match = self._match(words, index)
            if match is None:
                index += 1
                continue
            length, (country, city), ending = match
            role = self._role(words, index, length, country, ending)
            start, end = words[index][1], words[index + length - 1][2]
            if not any(f.country == country and f.role == role and f.city == city for f in found):
                found.append(FoundPlace(country, city, role, start, end))
            index += length
        return found

    def _match(
        self, words: Sequence[tuple[str, int, int]], index: int
    ) -> tuple[int, tuple[str, str | None], str] | None:
        first = words[index][0]
        longest = _LONGEST_NAME
        if first not in self._of_several and self._of_several.isdisjoint(_without_beginning(first)):
            longest = 1  # no name of several words begins so: spares most words the long search
        for length in range(min(longest, len(words) - index), 0, -1):
            key = tuple(word for word, _, _ in words[index : index + length])
            if key in self._names:
                return length, self._names[key], ""
            for stem, ending in _stems(key[-1]):
                shorter = (*key[:-1], stem)
                if shorter in self._names:
                    return length, self._names[shorter], ending
            for bare in _without_beginning(key[0]):
                shorter = (bare, *key[1:])
                if shorter in self._names:
                    return length, self._names[shorter], ""
        return None

    def _role(
        self,
        words: Sequence[tuple[str, int, int]],
        index: int,
        length: int,
        country: str,
        ending: str,
    ) -> Role:
        before = words[index - 1][0] if index else ""
        after = words[index + length][0] if index + length < len(words) else ""
        if before in _FROM_BEFORE or after in _FROM_AFTER or ending in _FROM_ENDINGS:
            return "origin"
        roles = self._roles.get(country, ())
        if "origin" in roles and "destination" not in roles and before not in _TO_BEFORE:
            return "origin"
        return "destination"


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()


def _key(name: str) -> tuple[str, ...]:
    return tuple(_fold(word) for word in _WORD.findall(name))


def _stems(word: str) -> Iterable[tuple[str, str]]:
    if _INDIC.search(word):
        for cut in range(1, min(_INDIC_ENDING, len(word) - 2) + 1):
            yield word[:-cut], word[-cut:]
        return
    if not word.endswith(_LATIN_ENDINGS):
        return
    for ending in _LATIN_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORT - 1:
            yield word[: -len(ending)], ending


def _without_beginning(word: str) -> Iterable[str]:
    if not word.startswith(_ARABIC_BEGINNINGS):
        return
    for beginning in _ARABIC_BEGINNINGS:
        if word.startswith(beginning):
            bare = word[len(beginning) :]
            yield bare
            yield "ال" + bare
