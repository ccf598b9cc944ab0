"""What registry.db keeps beside the rows of registers, so that names are found in milliseconds.

Each name has a key (see `NameRules.keys`) that is looked up as it is, and grams, see `grams`. A
gram knows the names that hold it; a search reads the rarest grams of a message only, so it costs
the same in a long register.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator
from typing import Any, Final

from safar.registry.agencies.fold import Folded, fold
from safar.registry.agencies.licence import licence_digits, licence_key
from safar.registry.agencies.model import AgencyRegister
from safar.registry.agencies.rules import NameRules

Row = dict[str, Any]
_PIECE: Final = 3
_WHOLE: Final = "="
"""Marks the gram of a whole word."""


def agency_rows(registers: Iterable[tuple[str, AgencyRegister]]) -> Iterator[Row]:
    """Yield a row for every agency of `registers`, each with the id of its register."""
    number = 0
    for register_id, register in registers:
        for agency in register.agencies:
            number += 1
            licence = agency.licence_number
            yield {
                "number": number,
                "register": register_id,
                "country": register.country,
                "licence_key": licence_key(licence) if licence else None,
                "licence_digits": licence_digits(licence) or None if licence else None,
                "json": agency.model_dump_json(exclude_defaults=True),
            }


def name_rows(registers: Iterable[tuple[str, AgencyRegister]], rules: NameRules) -> Iterator[Row]:
    """Yield a row for every name and alias, numbered in order."""
    number = agency_number = 0
    for _, register in registers:
        for agency in register.agencies:
            agency_number += 1
            for name in (agency.name, *agency.aliases):
                number += 1
                keys = rules.keys(name)
                yield {
                    "number": number,
                    "agency": agency_number,
                    "country": register.country,
                    "key": keys.key,
                    "literal": keys.literal,
                    "words": " ".join(keys.words),
                    "name": name,
                }


def gram_rows(registers: Iterable[tuple[str, AgencyRegister]], rules: NameRules) -> Iterator[Row]:
    """Yield every gram of a country with the numbers of the names that hold it."""
    holders: dict[tuple[str, str], array[int]] = {}
    number = 0
    for _, register in registers:
        for agency in register.agencies:
            for name in (agency.name, *agency.aliases):
                number += 1
                found: set[str] = set()
                for word in rules.keys(name).words:
                    found |= grams(fold(word))
                for gram in found:
                    holders.setdefault((register.country, gram), array("I")).append(number)
    for country, gram in sorted(holders):
        numbers = holders[country, gram]
        yield {"gram": gram, "country": country, "count": len(numbers), "numbers": packed(numbers)}


def grams(word: Folded) -> set[str]:
    """Return the grams of a word.

    They are the whole skeleton and pieces of three letters, of the skeleton (which a name keeps in
    another script) and of the word in Latin letters (which keep their vowels in a slip of the pen).
    """
    return {whole_gram(word.skeleton), *_pieces("~", word.skeleton), *_pieces("", word.exact)}


def _pieces(mark: str, word: str) -> list[str]:
    framed = f"^{word}$"
    return [mark + framed[i : i + _PIECE] for i in range(len(framed) - _PIECE + 1)]


def whole_gram(skeleton: str) -> str:
    """Return the gram of a whole word."""
    return _WHOLE + skeleton


def is_whole(gram: str) -> bool:
    """Whether `gram` is that of a whole word."""
    return gram.startswith(_WHOLE)


def packed(numbers: array[int]) -> bytes:
    """Return `numbers` as little-endian bytes, whatever machine builds the registry."""
    if sys.byteorder == "big":
        numbers = array("I", numbers)
        numbers.byteswap()
    return numbers.tobytes()


def unpacked(blob: bytes) -> array[int]:
    """Return what `packed` was given."""
    numbers = array("I")
    numbers.frombytes(blob)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
