"""From a country's English name, as lists of the world write it, to its code."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from babel import Locale

NO_COUNTRY: Final = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN"))
PRIVATE: Final = frozenset(("XA", "XB", "XK", "ZZ"))
"""Codes of CLDR that are none of ISO 3166-1."""

_OTHERWISE: Final = {
    "antigua and barbuda": "AG",
    "bosnia and herzegovina": "BA",
    "cape verde": "CV",
    "czech republic": "CZ",
    "democratic republic of the congo": "CD",
    "east timor": "TL",
    "eswatini": "SZ",
    "federated states of micronesia": "FM",
    "hong kong": "HK",
    "ivory coast": "CI",
    "kingdom of denmark": "DK",
    "macau": "MO",
    "myanmar": "MM",
    "palestine": "PS",
    "people's republic of china": "CN",
    "republic of ireland": "IE",
    "republic of the congo": "CG",
    "saint kitts and nevis": "KN",
    "saint lucia": "LC",
    "saint vincent and the grenadines": "VC",
    "sao tome and principe": "ST",
    "state of palestine": "PS",
    "the bahamas": "BS",
    "the gambia": "GM",
    "trinidad and tobago": "TT",
    "turkey": "TR",
    "turks and caicos islands": "TC",
    "united states of america": "US",
    "vatican": "VA",
    "vatican city": "VA",
}


def country_code(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of the country with this English name, if one has it."""
    return _codes().get(_key(name))


@lru_cache(maxsize=1)
def iso_codes() -> frozenset[str]:
    """Return every country code of ISO 3166-1 that CLDR knows."""
    names = (str(code) for code in Locale("en").territories)
    return frozenset(c for c in names if len(c) == len("NP") and c.isalpha()) - NO_COUNTRY - PRIVATE


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    territories = Locale("en").territories
    named = {_key(str(territories[code])): code for code in sorted(iso_codes())}
    return named | _OTHERWISE


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).replace("’", "'")
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().strip()
