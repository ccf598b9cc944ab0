"""Finds countries and cities in a text, in every language served, and their part in the journey."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from babel import Locale
from babel.core import get_global

from safar.registry.place_forms import (
    NO_PLACES,
    NO_SPACES,
    ONLY_FIRST,
    WORD,
    Case,
    beginnings,
    endings,
    fold,
    key_of,
    retyped,
    russian_cases,
    skeleton,
    without_accents,
)
from safar.registry.place_roles import (
    Around,
    Cue,
    Role,
    Seen,
    cue_in_run,
    cue_of,
    cue_of_people,
    decide,
    stands_for_name,
)
from safar.registry.schema import Place
from safar.registry.unspaced import begins, ends
from safar.registry.world.country_codes import iso_codes
from safar.registry.world.models import City

_Key = tuple[str, ...]
_Named = tuple[str, str | None]

_LONGEST_NAME: Final = 7
_SHORT: Final = 4
_NO_NAME: Final = 2
"""As many letters are a word somewhere, whatever country they stand for in another language."""
_HEAD: Final = 2
_CYRILLIC: Final = ("а", "ӿ")
_LONG_WORD: Final = 5


@dataclass(frozen=True)
class FoundPlace:
    """A country (ISO 3166-1 alpha-2), perhaps through one of its cities, at [start, end)."""

    country: str
    city: str | None
    role: Role
    start: int
    end: int


class _Word(NamedTuple):
    text: str
    start: int
    end: int


class _Match(NamedTuple):
    words: int
    named: _Named
    case: Case


class _Sight(NamedTuple):
    named: _Named
    cue: Cue
    start: int
    end: int
    words: int


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
        self._names: dict[_Key, _Named] = {}
        self._unsure: dict[_Key, tuple[str, ...]] = {}
        self._people: dict[str, str] = {}
        written = list(places)
        for place in written:
            for name in place.names if place.unsure else ():
                self._unsure[key_of(name)] = (*self._unsure.get(key_of(name), ()), place.country)
            for name in place.names if place.people else ():
                self._people[" ".join(key_of(name))] = place.country
        self._add_official(locales, list(cities))
        self._official = frozenset(self._names)
        self._add_written(written)
        for key, named in list(self._names.items()):
            for other in russian_cases(key) if _CYRILLIC[0] <= key[0] < _CYRILLIC[1] else ():
                self._add_key(other, *named)
        self._skeletons = self._index_skeletons()
        self._unspaced = self._index_unspaced()
        self._of_several = frozenset(key[0] for key in self._names if len(key) > 1)

    def _add_official(self, locales: Sequence[str], cities: Sequence[City]) -> None:
        for locale in locales:
            for code, name in Locale.parse(locale, sep="-").territories.items():
                if code in iso_codes():
                    self._add(name, code, None)
        for city in cities:
            for name in city.names:
                self._add(name, city.country, city.city)
        self._add_zones(cities, locales)

    def _add_written(self, places: Iterable[Place]) -> None:
        """Add everyday names, which win over official ones but not over everyday words."""
        for place in places:
            for name in () if place.unsure or place.people else place.names:
                if key_of(name) not in self._unsure:
                    self._names[key_of(name)] = (place.country, place.city)

    def _add(self, name: str, country: str, city: str | None) -> None:
        key, plain = key_of(name), key_of(without_accents(name))
        if _letters(key) > _NO_NAME or not name.isascii():
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

    def _index_skeletons(self) -> dict[str, _Named | None]:
        """Index names by how they sound, in Latin letters official ones alone; None if two do.

        Everyday names in Latin letters are too many: a word of some language sounds like each.
        """
        found: dict[str, _Named | None] = {}
        for key, named in self._names.items():
            taken = named[0] in self._roles and len(key) == 1
            taken = taken and (
                named[1] is not None or key in self._official or not key[0].isascii()
            )
            bones = skeleton(key[0]) if taken else ""
            if bones and found.setdefault(bones, named) != named:
                known = found[bones]
                found[bones] = (named[0], None) if known and known[0] == named[0] else None
        return found

    def _index_unspaced(self) -> dict[str, list[str]]:
        """Index names of scripts without spaces by their first letters, the longest first."""
        found: dict[str, list[str]] = {}
        for key in self._names:
            if len(key) == 1 and len(key[0]) > 1 and NO_SPACES.search(key[0]):
                found.setdefault(key[0][:_HEAD], []).append(key[0])
        for names in found.values():
            names.sort(key=len, reverse=True)
        return found

    def unsure(self, text: str) -> tuple[str, ...]:
        """Return the countries that `text`, if it is nothing but a name, may mean."""
        return self._unsure.get(key_of(text), ())

    def find(self, text: str, home: Collection[str] = ()) -> list[FoundPlace]:
        """Return the places of the journey named in `text` in order, each country and role once.

        A place that is only spoken of, such as a language or the writer's own country, is none.

        Args:
            text: what a person wrote.
            home: countries that whoever writes this language comes from, where that is known.
        """
        words = [_Word(fold(m.group()), m.start(), m.end()) for m in WORD.finditer(text)]
        sights = _joined(list(self._sights(words, text, home)), text)
        if not sights:
            return []
        plain = [word.text for word in words]
        others = len(words) - sum(sight.words for sight in sights)
        seen = [Seen(sight.named[0], sight.cue) for sight in sights]
        found: dict[tuple[_Named, Role], FoundPlace] = {}
        roles = decide(seen, self._roles, home, plain, others)
        for sight, role in zip(sights, roles, strict=True):
            if role is not None:
                place = FoundPlace(*sight.named, role, sight.start, sight.end)
                found.setdefault((sight.named, role), place)
        return list(found.values())

    def _sights(self, words: Sequence[_Word], text: str, home: Collection[str]) -> Iterator[_Sight]:
        plain = [word.text for word in words]
        index = 0
        while index < len(words):
            word = words[index]
            match = self._match(plain, index) or self._clear(words, index, text, home)
            people = self._people.get(word.text) if not match or match.words == 1 else None
            if people is not None:
                cue = self._cue_of_people(plain, index, people if match is None else None)
                if cue:
                    yield _Sight((people, None), cue, word.start, word.end, 1)
                    index += 1
                    continue
            if match is None:
                if NO_SPACES.search(word.text):
                    yield from self._within(words, index, text)
                index += 1
                continue
            after = index + match.words
            cue = cue_of(Around(plain, index, after, match.case))
            yield _Sight(match.named, cue, word.start, words[after - 1].end, match.words)
            index = after

    def _cue_of_people(self, words: Sequence[str], index: int, alone: str | None) -> Cue:
        """Return what is said of a people; nothing where its name is a country's as well."""
        around = Around(words, index, index + 1, "")
        cue = cue_of_people(around)
        if cue or alone is not None:
            return cue or "kind"
        left = "origin" in self._roles.get(self._people[words[index]], ()) and len(words) > 1
        return "kind" if left and cue_of(around) in ("", "of") else ""

    def _match(self, words: Sequence[str], index: int) -> _Match | None:
        first = words[index]
        if first in NO_PLACES:
            return None
        longest = _LONGEST_NAME
        if first not in self._of_several and self._of_several.isdisjoint(
            bare for bare, _ in beginnings(first)
        ):
            longest = 1  # no name of several words begins so: spares most words the long search
        for length in range(min(longest, len(words) - index), 0, -1):
            key = tuple(words[index : index + length])
            if key in self._names:
                return _Match(length, self._names[key], "")
            for bare, case in beginnings(key[0]):
                shorter = (bare, *key[1:])
                if shorter in self._names:
                    return _Match(length, self._names[shorter], case)
            for stem, case in endings(key[-1]):
                shorter = (*key[:-1], stem)
                if shorter in self._names:
                    return _Match(length, self._names[shorter], case)
        return self._misspelt(first)

    def _misspelt(self, word: str) -> _Match | None:
        if len(word) < _LONG_WORD or (word,) in self._unsure:
            return None
        plain = without_accents(word)
        if len(plain) > _LONG_WORD and plain != word and (plain,) in self._names:
            return _Match(1, self._names[plain,], "")
        if named := self._skeletons.get(skeleton(word)):
            return _Match(1, named, "")
        for stem, case in endings(word):
            if named := self._skeletons.get(skeleton(stem)):
                return _Match(1, named, case)
        return self._mistyped(word) if word.isascii() else None

    def _mistyped(self, word: str) -> _Match | None:
        for other in retyped(word) if len(word) > _LONG_WORD + 2 else ():
            if (other,) in self._official:
                return _Match(1, self._names[other,], "")
        return None

    def _within(self, words: Sequence[_Word], index: int, text: str) -> Iterator[_Sight]:
        """Yield the names in a run of words that its script writes without spaces."""
        run, start, end = words[index]
        before = words[index - 1].text if index else ""
        behind = words[index + 1].text if index + 1 < len(words) else ""
        at = 0
        while at < len(run):
            name = next(
                (
                    n
                    for n in self._unspaced.get(run[at : at + _HEAD], ())
                    if run.startswith(n, at) and begins(run, at) and ends(run, at + len(n))
                ),
                "",
            )
            after = at + len(name)
            cue = cue_in_run(run[:at] or before, name, run[after:] or behind) if name else ""
            hidden = at > 0 and (name in ONLY_FIRST or (len(name) < _SHORT and not cue))
            if not name or hidden:
                at += 1
                continue
            stands = text.find(name, start, end)
            span = (stands, stands + len(name)) if stands >= 0 else (start, end)
            alone = len(run) - len(name) < _SHORT * 2
            yield _Sight(self._names[name,], cue, *span, int(alone) - int(not alone))
            at = after

    def _clear(
        self, words: Sequence[_Word], index: int, text: str, home: Collection[str]
    ) -> _Match | None:
        """Return the match of an unsure name that stands as a name does: "to Mali"."""
        word = words[index]
        countries = self._unsure.get((word.text,), ())
        if len(countries) != 1:
            return None
        before = words[index - 1] if index else None
        behind = words[index + 1] if index + 1 < len(words) else None
        written = text[word.start].isupper() and not text.isupper()
        among_names = (behind is not None and text[behind.start].isupper()) or (
            index > 1 and before is not None and text[before.start].isupper()
        )
        if stands_for_name(before.text if before else "", written, among_names, "VN" in home):
            return _Match(1, (countries[0], None), "")
        return None


def _joined(sights: list[_Sight], text: str) -> list[_Sight]:
    """Give places of one country that stand side by side, "Mwanza Tanzania", one cue."""
    for at in range(1, len(sights)):
        first, second = sights[at - 1 : at + 1]
        beside = not any(map(str.isalnum, text[first.end : second.start]))
        if beside and first.named[0] == second.named[0]:
            cue = first.cue or second.cue
            sights[at - 1] = first._replace(cue=cue)
            sights[at] = second._replace(cue=second.cue or cue)
    return sights


def _letters(key: _Key) -> int:
    return sum(map(len, key))
