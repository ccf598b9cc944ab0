"""Digits of a variant's own numbering system, such as ०१२ for Nepali."""

from __future__ import annotations

_LATIN = "0123456789"

_ZERO = {
    "arab": 0x0660,
    "arabext": 0x06F0,
    "beng": 0x09E6,
    "deva": 0x0966,
    "ethi": None,  # Ethiopic numerals are not positional: digits stay Latin
    "khmr": 0x17E0,
    "latn": 0x0030,
    "mymr": 0x1040,
    "tamldec": 0x0BE6,
}
"""Code point of zero by CLDR numbering system; the other nine follow it."""


def has_digits(system: str) -> bool:
    """Return whether the digits of the CLDR numbering system are known here."""
    return _ZERO.get(system) is not None


def to_native(text: str, system: str) -> str:
    """Return `text` with Latin digits in those of a CLDR numbering system ("deva")."""
    zero = _ZERO.get(system)
    if zero is None or system == "latn":
        return text
    return text.translate({ord(digit): zero + n for n, digit in enumerate(_LATIN)})
