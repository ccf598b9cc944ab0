"""What a register of agencies holds: its head, its rows, and what it said before."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from safar.registry.schema import CountryCode, Dated, Entry, Identifier

MOST_CHANGES = 10
"""Older changes are let go, so that a row stays a line that a person can read."""

Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(min_length=2, strip_whitespace=True)]


class AgencyStatus(str, Enum):
    """What the authority's register says of an agency; unknown where it does not say."""

    VALID = "valid"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Was(Entry):
    """What an older list said: that of `list_of` was the last that said so."""

    list_of: date
    status: AgencyStatus | Literal["gone"]
    valid_until: date | None = None


class Agency(Entry):
    """One row of an authority's register, with what older lists of it said.

    Attributes:
        licence_number: None where the register shows none.
        aliases: other names, in any script, and names it had before.
        suspended_since: as the register tells, or the date of the first list that said so.
        gone_since: date of the first list that no longer held the agency.
        history: what was said before it changed, the oldest first.
    """

    licence_number: Word | None
    name: Name
    status: AgencyStatus
    valid_until: date | None = None
    suspended_since: date | None = None
    gone_since: date | None = None
    aliases: tuple[Name, ...] = ()
    city: str | None = None
    address: str | None = None
    history: tuple[Was, ...] = Field(default=(), max_length=MOST_CHANGES)

    @field_validator("licence_number", mode="before")
    @classmethod
    def _number_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value


class AgencyRegister(Dated):
    """One file in content/agencies/, its rows in it or in the CSV file of the same name.

    `sample: true` marks made-up rows, which answers say aloud.
    """

    country: CountryCode
    authority: str
    sample: bool
    mapping: Identifier | None = None
    """The mapping it was imported with, which says how to read the next list."""
    agencies: tuple[Agency, ...]


class AgencyWords(Entry):
    """content/agency_words.yaml: words that do not tell one agency from another.

    Attributes:
        forms: legal forms and marks of samples: never part of a name.
        trade: words for the business: alone they name nobody.
        generic: words that many names share: one of them alone is no likeness.
        sentence: everyday words beside a name in a message.
        licence: words that say that a licence number follows or goes before.
    """

    forms: tuple[str, ...]
    trade: tuple[str, ...]
    generic: tuple[str, ...]
    sentence: tuple[str, ...]
    licence: tuple[str, ...]
