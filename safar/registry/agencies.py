"""Looks up an agency by licence number or by the beginning of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from safar.registry.names import licence_key, name_key
from safar.registry.schema import Agency, AgencyRegister, AgencyStatus

Rows = Callable[[str, Sequence[object]], list[Any]]

MOST_MATCHES: Final = 5
_LEAST_LETTERS: Final = 3
_QUERY: Final = (
    "SELECT agencies.json, registers.json FROM agencies"
    " JOIN registers ON registers.id = agencies.register"
)


@dataclass(frozen=True)
class AgencyMatch:
    """A row of a register, with what to say of the register itself.

    Attributes:
        sample: the row is made up; an answer must say so.
        authority: whose register it is.
        as_of: date of the register, as far as known.
        source: id of the register's source.
        stated: see `AgencyRegister.stated`; False means that the register may be out of date.
        matched: whether the licence number was found, or the name.
    """

    agency: Agency
    register: AgencyRegister
    matched: Literal["licence_number", "name"]

    @property
    def name(self) -> str:
        """As the register writes it."""
        return self.agency.name

    @property
    def licence_number(self) -> str:
        """As the register writes it."""
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


def find_agencies(rows: Rows, query: str, country: str | None) -> list[AgencyMatch]:
    """Return up to five agencies whose licence number or name is `query`.

    The number must be the same but for case, separators and leading zeros. Only if there is none,
    names that begin with the words of `query` are looked for, legal forms (Ltd, Pvt) left out.
    """
    where, values = (" AND registers.country = ?", [country]) if country else ("", [])
    if any(letter.isdigit() for letter in query):
        found = rows(
            f"{_QUERY} WHERE agencies.licence_key = ?{where}"  # noqa: S608 - no outside text in it
            " ORDER BY agencies.number LIMIT ?",
            [licence_key(query), *values, MOST_MATCHES],
        )
        if found:
            return [_match(row, "licence_number") for row in found]
    key = name_key(query)
    if len(key) < _LEAST_LETTERS:
        return []
    # `key` holds letters, marks, digits and spaces only, so the quotes cannot be left.
    found = rows(
        f"{_QUERY} WHERE agencies.number IN"  # noqa: S608 - no outside text in it
        f" (SELECT rowid FROM agencies_fts WHERE agencies_fts MATCH ?){where}"
        " ORDER BY agencies.name_key != ?, length(agencies.name_key), agencies.number LIMIT ?",
        [f'name_key : ^ "{key}" *', *values, key, MOST_MATCHES],
    )
    return [_match(row, "name") for row in found]


def _match(row: Sequence[str], matched: Literal["licence_number", "name"]) -> AgencyMatch:
    return AgencyMatch(
        Agency.model_validate_json(row[0]), AgencyRegister.model_validate_json(row[1]), matched
    )
