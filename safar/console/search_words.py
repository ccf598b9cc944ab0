"""What staff typed to find a case: a reference, a telephone number, or a country."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from safar.messaging.case_reference import reference_in

LONGEST: Final = 100
_FEWEST_DIGITS: Final = 6
_BETWEEN: Final = frozenset(" -./()\u00a0\u2010\u2011\u2012\u2013\u200e\u200f\u202a\u202c")
_FEWEST_LETTERS: Final = 3


class Sort(Enum):
    """What it is."""

    REFERENCE = "reference"
    NUMBER = "number"
    COUNTRY = "country"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Sought:
    """What was typed, read.

    Attributes:
        numbers: Each telephone number in E.164 that may be meant. Never for a log or an address.
        country: ISO 3166-1 alpha-2.
    """

    sort: Sort
    reference: str = field(default="", repr=False)
    numbers: tuple[str, ...] = field(default=(), repr=False)
    country: str = ""


def read(text: str, regions: Collection[str], countries: Mapping[str, str]) -> Sought:
    """Read what was typed.

    Args:
        text: As it was typed.
        regions: Countries in which a number without its country's code may be.
        countries: Code by name, in whatever languages the reader may use.
    """
    text = " ".join(text[:LONGEST].split())
    found = reference_in(text)
    if found is not None:
        return Sought(Sort.REFERENCE, reference=found[0])
    numbers = _numbers(text, regions)
    if numbers is not None:
        return Sought(Sort.NUMBER, numbers=numbers)
    country = _country(text, countries)
    return Sought(Sort.COUNTRY, country=country) if country else Sought(Sort.UNCLEAR)


def _numbers(text: str, regions: Collection[str]) -> tuple[str, ...] | None:
    """Return the numbers that may be meant; None where no number was typed."""
    signs = [sign for sign in text if sign not in _BETWEEN]
    international = signs[:1] in (["+"], ["\uff0b"])
    digits = "".join(str(unicodedata.decimal(sign, "x")) for sign in signs[international:])
    if len(digits) < _FEWEST_DIGITS or not digits.isdecimal():
        return None
    if international or digits.startswith("00"):
        return ("+" + digits.removeprefix("00"),)
    national = [_possible(digits, region) for region in sorted(regions)]
    # Some write the code of the country without its plus.
    return tuple(dict.fromkeys(filter(None, [*national, _possible(f"+{digits}", None)])))


def _possible(digits: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _country(text: str, countries: Mapping[str, str]) -> str | None:
    wanted = text.casefold()
    known = {name.casefold(): code for name, code in countries.items()}
    if text.upper() in countries.values():
        return text.upper()
    if wanted in known:
        return known[wanted]
    begun = {code for name, code in known.items() if name.startswith(wanted)}
    return begun.pop() if len(begun) == 1 and len(wanted) >= _FEWEST_LETTERS else None
