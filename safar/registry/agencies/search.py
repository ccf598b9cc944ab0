"""Looks up whom a message means: by licence number, by name, and by names that look alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nlargest
from math import log
from typing import Any, Final, Literal

from rapidfuzz import fuzz

from safar.registry.agencies.index import grams, is_whole, unpacked
from safar.registry.agencies.licence import numbers_in
from safar.registry.agencies.likeness import Candidate, Likeness, Reader, Sameness
from safar.registry.agencies.model import Agency, AgencyRegister, AgencyStatus
from safar.registry.agencies.rules import NameRules, Token

Rows = Callable[[str, Sequence[object]], list[Any]]
Matched = Literal["licence_number", "name", "alike"]

MOST_MATCHES: Final = 5
_MOST_WORDS: Final = 80
_LONGEST_NAME: Final = 8
_MOST_READ: Final = 16_000
"""Names looked at by their grams: the rarest grams first, until so many are read."""
_MOST_COMPARED: Final = 120
_ALL_NAMES: Final = 200_000
_LEAST_LETTERS: Final = 2
_WHOLE_WORD: Final = 3
_LOOKS_ALIKE: Final = 75.0
_IN_ONE_QUESTION: Final = 900


@dataclass(frozen=True)
class AgencyMatch:
    """A row of a register, with what to say of the register itself.

    Attributes:
        agency: the row.
        register: its register, without rows.
        matched: what was found: the licence number, the name, or a name that is only alike.
    """

    agency: Agency
    register: AgencyRegister
    matched: Matched

    @property
    def name(self) -> str:
        """As the register writes it."""
        return self.agency.name

    @property
    def licence_number(self) -> str | None:
        """As the register writes it; None where it shows none."""
        return self.agency.licence_number

    @property
    def status(self) -> AgencyStatus:
        """What the register says of the agency."""
        return self.agency.status

    @property
    def valid_until(self) -> date | None:
        """Last day of the licence, if the register tells."""
        return self.agency.valid_until

    @property
    def country(self) -> str:
        """Country of the register (ISO 3166-1 alpha-2)."""
        return self.register.country

    @property
    def authority(self) -> str:
        """Who keeps the register."""
        return self.register.authority

    @property
    def source(self) -> str:
        """Id of the register's source."""
        return self.register.source

    @property
    def as_of(self) -> str | None:
        """Date of the register, as far as known."""
        return self.register.as_of

    @property
    def sample(self) -> bool:
        """Whether the register is made up; answers must say so."""
        return self.register.sample

    def stated(self, today: date) -> bool:
        """Whether the register may be relied upon on `today`."""
        return self.register.stated(today)


@dataclass(frozen=True)
class Found:
    """What a message names.

    Attributes:
        numbered: agencies whose licence number stands in it.
        named: agencies whose name stands in it, word for word.
        alike: agencies with a name that is near to something in it, the nearest first.
        numbers: licence numbers in it, as written, that no agency has.
    """

    numbered: tuple[AgencyMatch, ...] = ()
    named: tuple[AgencyMatch, ...] = ()
    alike: tuple[AgencyMatch, ...] = ()
    numbers: tuple[str, ...] = ()

    def matches(self) -> list[AgencyMatch]:
        """Return all of them, up to five, the surest first."""
        seen: dict[tuple[str, str, str | None], AgencyMatch] = {}
        for match in (*self.numbered, *self.named, *self.alike):
            seen.setdefault((match.country, match.name, match.licence_number), match)
        return list(seen.values())[:MOST_MATCHES]


def find_agencies(rows: Rows, rules: NameRules, text: str, country: str | None) -> Found:
    """Return the agencies that `text`, a name, a number or a whole message, may mean.

    A number must be the same but for case, separators, zeros before it and the digits' script. A
    name must stand there word for word but for legal forms, accents and the script; whatever is
    only near is `alike`.

    Args:
        rows: asks registry.db.
        rules: the word lists of the same registry.
        text: what a person wrote.
        country: only registers of this country; None for all.
    """
    search = _Search(rows, rules, country)
    asked = numbers_in(text, rules)
    numbered = search.by_number("licence_key", asked.keys) or search.by_number(
        "licence_digits", asked.digits
    )
    same, near = _told_apart(search.by_name(rules.tokens(text, _MOST_WORDS)))
    named, alike = search.matches(same, "name"), search.matches(near, "alike")
    return Found(numbered, named, alike, () if numbered else asked.sure)


def _told_apart(likenesses: list[Likeness]) -> tuple[list[Likeness], list[Likeness]]:
    """Return the names that are meant, and those that are only alike."""
    # The whole name as the register has it goes before one without its trade words.
    best = max((each.same for each in likenesses), default=Sameness.NOT)
    same = [each for each in likenesses if each.same is best is not Sameness.NOT]
    near = [each for each in likenesses if each not in same]
    if not same:
        return [], near
    longest = max(each.words for each in same)
    fuller = [each for each in near if each.words > longest]
    if fuller:
        return [], fuller + same  # a slip in "Himal Star" still is not "Star"
    # Beside the name itself only what could be taken for it.
    keys = [each.candidate.key for each in same]
    near = [
        each
        for each in near
        if any(fuzz.ratio(each.candidate.key, key) >= _LOOKS_ALIKE for key in keys)
    ]
    if near and best is Sameness.BUT_FOR_TRADE_WORDS:
        return [], same + near  # it may as well be one of the others
    return same, near


class _Search:
    def __init__(self, rows: Rows, rules: NameRules, country: str | None) -> None:
        self._ask, self._rules, self._country = rows, rules, country

    def by_number(self, column: str, keys: Sequence[str]) -> tuple[AgencyMatch, ...]:
        """Return the agencies that have the longest of `keys` that any has."""
        found = self._select(
            f"SELECT {column}, number FROM agencies",  # noqa: S608 - a name of ours
            column,
            keys[:_IN_ONE_QUESTION],
        )
        for key in keys:
            numbers = sorted(number for held, number in found if held == key)
            if numbers:
                return self._agencies(numbers[:MOST_MATCHES], "licence_number")
        return ()

    def by_name(self, tokens: Sequence[Token]) -> list[Likeness]:
        """Return the names that stand in the words, or nearly, the likest first."""
        words = [token for token in tokens if token.kind != "form"]
        keys = _runs(words)
        found: dict[int, Candidate] = {}
        for column in ("key", "literal"):
            for row in self._select(_NAMES, column, keys):
                found[row[0]] = Candidate(*row)
        counts = self._near(words, found)
        reader = Reader(words, self._rules, counts)
        read = [like for each in found.values() if (like := reader.read(each)) is not None]
        best: dict[int, Likeness] = {}
        for likeness in sorted(read, key=lambda each: (-each.score, each.candidate.number)):
            best.setdefault(likeness.candidate.agency, likeness)
        return list(best.values())

    def _near(self, words: Sequence[Token], found: dict[int, Candidate]) -> dict[str, int]:
        """Add names that share rare grams with `words`; return how many names hold each gram."""
        asked: set[str] = set()
        for token in words:
            if token.kind != "trade" and len(token.folded.exact) >= _LEAST_LETTERS:
                asked |= grams(token.folded)
        held = self._select("SELECT gram, count, country FROM agency_grams", "gram", sorted(asked))
        counts: Counter[str] = Counter()
        for gram, count, _ in held:
            counts[gram] += count
        points: dict[int, float] = defaultdict(float)
        read = 0
        # Whole words first among equals; a common piece of three letters tells little.
        order = sorted(counts, key=lambda gram: (counts[gram] // _worth(gram), gram))
        chosen = []
        for gram in order:
            if read and read + counts[gram] > _MOST_READ:
                continue
            read += counts[gram]
            chosen.append(gram)
        for gram, blob in self._select("SELECT gram, numbers FROM agency_grams", "gram", chosen):
            worth = log(_ALL_NAMES / counts[gram]) * _worth(gram)
            for number in unpacked(blob):
                points[number] += worth
        nearest = nlargest(_MOST_COMPARED, points, key=points.__getitem__)
        best = [number for number in nearest if number not in found]
        for row in self._select(_NAMES, "number", best):
            found[row[0]] = Candidate(*row)
        return counts

    def matches(self, likenesses: Sequence[Likeness], matched: Matched) -> tuple[AgencyMatch, ...]:
        """Return the agencies of the first few of `likenesses`."""
        numbers = [each.candidate.agency for each in likenesses[:MOST_MATCHES]]
        return self._agencies(numbers, matched)

    def _agencies(self, numbers: Sequence[int], matched: Matched) -> tuple[AgencyMatch, ...]:
        found = {
            row[0]: AgencyMatch(
                Agency.model_validate_json(row[1]),
                AgencyRegister.model_validate_json(row[2]),
                matched,
            )
            for row in self._select(_AGENCIES, "agencies.number", numbers, "agencies.country")
        }
        return tuple(found[number] for number in numbers if number in found)

    def _select(
        self, question: str, column: str, values: Iterable[object], country: str = "country"
    ) -> list[Any]:
        """Return the rows of `question` whose `column` is one of `values`."""
        listed = list(values)
        if not listed:
            return []
        where = f" WHERE {column} IN ({','.join('?' * len(listed))})"
        if self._country is not None:
            where += f" AND {country} = ?"
            listed.append(self._country)
        return self._ask(question + where, listed)


_NAMES: Final = "SELECT number, agency, name, key, literal, words FROM agency_names"
_AGENCIES: Final = (
    "SELECT agencies.number, agencies.json, registers.json FROM agencies"
    " JOIN registers ON registers.id = agencies.register"
)


def _worth(gram: str) -> int:
    """Return how much more a whole word tells than a piece of one."""
    return _WHOLE_WORD if is_whole(gram) else 1


def _runs(words: Sequence[Token]) -> list[str]:
    """Return the keys of all runs of `words` that may be a name, with and without trade words."""
    keys: dict[str, None] = {}
    for start in range(len(words)):
        whole = telling = ""
        for token in words[start : start + _LONGEST_NAME]:
            whole += token.folded.exact
            keys.setdefault(whole)
            if token.kind != "trade":
                telling += token.folded.exact
                keys.setdefault(telling)
    return list(keys)
