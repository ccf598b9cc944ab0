"""Finds countries and cities in a text, in every language served, and their part in the journey."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import regex
from babel import Locale
from babel.core import get_global

from safar.registry.schema import Place
from safar.registry.unspaced import begins, ends
from safar.registry.world.country_codes import iso_codes
from safar.registry.world.models import City

Role = Literal["origin", "destination"]

_Key = tuple[str, ...]

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}\u200b\u200c\u200d'’]+")
_LONGEST_NAME = 7
_SHORT = 4
_NO_NAME = 2
"""As many letters are a word somewhere, whatever country they stand for in another language."""
_INDIC = regex.compile(r"[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}]")
_INDIC_ENDING = 4
_TAMIL = regex.compile(r"\p{Script=Tamil}")
_TAMIL_ENDING = 9
_TAMIL_STEM = 5
_TAMIL_NO_VOWEL = "\u0bcd"
_LATIN = regex.compile(r"\p{Script=Latin}")
_NO_SPACES = regex.compile(r"[\p{Script=Khmer}\p{Script=Myanmar}]")
_CYRILLIC = regex.compile(r"\p{Script=Cyrillic}")
_CYRILLIC_NOMINATIVES = ("", "а", "я", "й")
_LATIN_ENDINGS = (
    "ma", "maa", "bata", "baata", "ko", "le", "lai", "tira", "ni", "te", "theke", "er", "e", "me",
    "mein", "se", "ka", "ke", "'s",
)  # fmt: skip
_ARABIC_BEGINNINGS = ("وال", "بال", "فال", "لل", "ال", "و", "ب", "ف", "ل")
_FROM_BEFORE = frozenset(
    "from galing taga mula dari kutoka من men mn आएको ex leaving left từ из du depuis desde".split()
)  # fmt: skip
_FROM_TWO_BEFORE = frozenset("soy somos vengo salgo viens venons suis originaire".split())
"""Words two before a name: "soy de Bolivia". Their "de" alone says whose, not whence."""
_FROM_AFTER = frozenset(
    "bata baata baat बाट se से থেকে theke হতে nationality citizen".split()
)  # fmt: skip
_FROM_ENDINGS = ("bata", "baata", "बाट", "থেকে", "theke", "ிலிருந்து")
_ETHIOPIC_BEGINNINGS = ("የ", "ለ", "በ", "ከ", "እ")
_ETHIOPIC_FROM = "ከ"
_ETHIOPIC_ENDINGS = ("ን", "ም", "ና", "ስ")
_TO_BEFORE = frozenset(
    "to in at for sa papuntang papunta patungong ke di kwenda في الى إلى لل going sang đi ở tại"
    " nước в".split()
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
        cities: cities of the world, recognised by their names and by those of CLDR.
    """

    def __init__(
        self,
        places: Iterable[Place],
        locales: Sequence[str],
        roles: Mapping[str, Collection[str]],
        cities: Iterable[City] = (),
    ) -> None:
        """Index all names by their words."""
        self._roles = roles
        self._names: dict[_Key, tuple[str, str | None]] = {}
        self._unsure: dict[_Key, tuple[str, ...]] = {}
        written = list(places)
        for place in written:
            for name in place.names if place.unsure else ():
                self._unsure[_key(name)] = (*self._unsure.get(_key(name), ()), place.country)
        for locale in locales:
            for code, name in Locale.parse(locale, sep="-").territories.items():
                if code in iso_codes():
                    self._add(name, code, None)
        known = list(cities)
        for city in known:
            for name in city.names:
                self._add(name, city.country, city.city)
        self._add_zones(known, locales)
        for place in written:
            for name in () if place.unsure else place.names:
                self._names[_key(name)] = (place.country, place.city)
        self._unspaced = [
            key[0]
            for key in self._names
            if len(key) == 1 and len(key[0]) >= _SHORT and _NO_SPACES.search(key[0])
        ]
        self._of_several = frozenset(key[0] for key in self._names if len(key) > 1)

    def _add(self, name: str, country: str, city: str | None) -> None:
        key, plain = _key(name), _key(_without_accents(name))
        if _letters(key) > _NO_NAME or not _LATIN.search(name):
            self._add_key(key, country, city)
        if plain != key and _letters(plain) > _SHORT:  # without its accent a short name is a word
            self._add_key(plain, country, city)

    def _add_key(self, key: _Key, country: str, city: str | None) -> None:
        if key not in self._unsure:
            self._names.setdefault(key, (country, city))

    def _add_zones(self, cities: Sequence[City], locales: Sequence[str]) -> None:
        """Add the names of cities that CLDR has, for time zones are named for cities."""
        ours = {(city.country, city.city): city for city in cities if city.names}
        country_of: Mapping[str, str] = get_global("zone_territories")
        zones = {}
        for zone, country in country_of.items():
            english = zone.rpartition("/")[2].replace("_", " ")
            if (country, english) in ours:
                zones[zone] = (country, english)
        for locale in locales:
            names = Locale.parse(locale, sep="-").time_zones
            for zone, (country, city) in zones.items():
                if name := names.get(zone, {}).get("city"):
                    self._add(str(name), country, city)

    def unsure(self, text: str) -> tuple[str, ...]:
        """Return the countries that `text`, if it is nothing but a name, may mean."""
        return self._unsure.get(_key(text), ())

    def find(self, text: str, home: Collection[str] = ()) -> list[FoundPlace]:
        """Return the places named in `text` in order, each country and role once.

        Args:
            text: what a person wrote.
            home: countries that whoever writes this language comes from, where that is known.
        """
        words = [(_fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]
        found: list[FoundPlace] = []
        index = 0
        while index < len(words):
            match = self._match(words, index) or self._clear(words, index, text)
            if match is None and _NO_SPACES.search(words[index][0]):
                match = self._within(words[index][0])
            if match is None:
                index += 1
                continue
            length, (country, city), ending = match
            role = self._role(words, index, length, (country, ending, home))
            start, end = words[index][1], words[index + length - 1][2]
            if _NO_SPACES.search(words[index][0]):
                start, end = self._part(text, start, end)
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

    def _within(self, word: str) -> tuple[int, tuple[str, str | None], str] | None:
        """Return the longest name in a run of words that its script writes without spaces."""
        found = [name for name in self._unspaced if _stands_in(name, word)]
        longest = max(found, key=len, default=None)
        return (1, self._names[(longest,)], "") if longest is not None else None

    def _part(self, text: str, start: int, end: int) -> tuple[int, int]:
        """Return where the name stands in a run of words without spaces."""
        found = [name for name in self._unspaced if _stands_in(name, _fold(text[start:end]))]
        name = max(found, key=len, default="")
        at = text.find(name, start, end) if name else -1
        return (at, at + len(name)) if at >= 0 else (start, end)

    def _clear(
        self, words: Sequence[tuple[str, int, int]], index: int, text: str
    ) -> tuple[int, tuple[str, str | None], str] | None:
        """Return the match of an unsure name that stands as a name does: "to Mali"."""
        word, start, _ = words[index]
        countries = self._unsure.get((word,), ())
        before = words[index - 1][0] if index else ""
        written = text[start].isupper() and not text.isupper()
        if len(countries) == 1 and written and before in _TO_BEFORE | _FROM_BEFORE:
            return 1, (countries[0], None), ""
        return None

    def _role(
        self,
        words: Sequence[tuple[str, int, int]],
        index: int,
        length: int,
        found: tuple[str, str, Collection[str]],
    ) -> Role:
        country, ending, home = found
        roles = self._roles.get(country, ())
        if "destination" in roles and "origin" not in roles:
            return "destination"  # whoever writes from Kuwait is there
        before = words[index - 1][0] if index else ""
        after = words[index + length][0] if index + length < len(words) else ""
        if country not in home and (
            before in _FROM_BEFORE
            or after in _FROM_AFTER
            or ending in _FROM_ENDINGS
            or words[index][0].startswith(_ETHIOPIC_FROM)
            or (index > 1 and words[index - 2][0] in _FROM_TWO_BEFORE)
        ):
            return "origin"
        if country in home or (not home and "origin" in roles and "destination" not in roles):
            return "destination" if before in _TO_BEFORE else "origin"
        return "destination"


def _fold(word: str) -> str:
    plain = word.replace("\u200b", "").replace("’", "'")
    return unicodedata.normalize("NFC", plain).casefold()


def _without_accents(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    latin = "".join(c for c in plain if not unicodedata.combining(c))
    return latin if latin.isascii() else name


def _stands_in(name: str, word: str) -> bool:
    """Whether `name` is in `word` and neither its first nor its last letter belongs to others."""
    at = word.find(name)
    return at >= 0 and begins(word, at) and ends(word, at + len(name))


def _letters(key: _Key) -> int:
    return sum(map(len, key))


def _key(name: str) -> _Key:
    return tuple(_fold(word) for word in _WORD.findall(name))


def _stems(word: str) -> Iterable[tuple[str, str]]:
    if _INDIC.search(word):
        for cut in range(1, min(_INDIC_ENDING, len(word) - 2) + 1):
            yield word[:-cut], word[-cut:]
        return
    if _TAMIL.search(word):
        for cut in range(1, min(_TAMIL_ENDING, len(word) - _TAMIL_STEM) + 1):
            yield word[:-cut], word[-cut:]
            yield word[:-cut] + _TAMIL_NO_VOWEL, word[-cut:]
        return
    if _CYRILLIC.search(word):
        for nominative in _CYRILLIC_NOMINATIVES if len(word) > _SHORT else ():
            yield word[:-1] + nominative, word[-1:]
        return
    if word.endswith(_ETHIOPIC_ENDINGS):
        yield word[:-1], word[-1:]
    if not word.endswith(_LATIN_ENDINGS):
        return
    for ending in _LATIN_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORT - 1:
            yield word[: -len(ending)], ending


def _without_beginning(word: str) -> Iterable[str]:
    if word.startswith(_ETHIOPIC_BEGINNINGS):
        yield word[1:]
        if word.endswith(_ETHIOPIC_ENDINGS):
            yield word[1:-1]
    if not word.startswith(_ARABIC_BEGINNINGS):
        return
    for beginning in _ARABIC_BEGINNINGS:
        if word.startswith(beginning):
            bare = word[len(beginning) :]
            yield bare
            yield "ال" + bare
