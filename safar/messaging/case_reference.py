"""The reference of a case: short enough for an SMS, hard to misread, and never a word or a count.

Seven letters or digits by chance and one that checks them. Signs that look alike (0 O, 1 I L, U V)
are left out but for V; a wrong sign or two that changed places are noticed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

import regex

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_MODULUS: Final = 31
"""A prime above the number of signs: so every exchange of two neighbours changes the check."""
_CHANCE: Final = 7
_HALF: Final = 4
_WRITTEN: Final = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}])([{ALPHABET}]{{{_HALF}}})([\s\p{{Pd}}]?)([{ALPHABET}]{{{_HALF}}})(?![\p{{L}}\p{{N}}])"
)


def new_reference(choose: Callable[[str], str]) -> str:
    """Return a new reference such as `K7MA-42QX`.

    Args:
        choose: returns one sign of those given, each as likely; `secrets.choice` outside tests.
    """
    while True:
        signs = "".join(choose(ALPHABET) for _ in range(_CHANCE))
        check = _check(signs)
        whole = signs + (ALPHABET[check] if check < len(ALPHABET) else "")
        # With a digit and a letter it can be neither a word nor a telephone number.
        if len(whole) > _CHANCE and _mixed(whole):
            return f"{whole[:_HALF]}-{whole[_HALF:]}"


def reference_in(text: str) -> tuple[str, int, int] | None:
    """Return the first reference in `text`, in its own form, with where it begins and ends.

    Small letters, digits of any script, and a space or nothing for the dash are read as well.
    """
    shown = "".join(_plain(sign) for sign in text)
    read = [
        found for found in _WRITTEN.finditer(shown, overlapped=True) if _right(found[1] + found[3])
    ]
    if not read:
        return None
    # "case 6ASW-HVEW": of what fits by chance the words stand apart.
    best = min(read, key=lambda found: bool(found[2].isspace()))
    return f"{best[1]}-{best[3]}", best.start(), best.end()


def _right(signs: str) -> bool:
    return _mixed(signs) and _check(signs[:_CHANCE]) == ALPHABET.index(signs[_CHANCE])


def _plain(sign: str) -> str:
    """Return a sign as references write it; always one sign, so that places in the text hold."""
    digit = unicodedata.decimal(sign, None)
    upper = sign.upper()
    return str(digit) if digit is not None else upper if len(upper) == 1 else sign


def _mixed(signs: str) -> bool:
    return any(map(str.isdigit, signs)) and any(map(str.isalpha, signs))


def _check(signs: str) -> int:
    return sum(place * ALPHABET.index(sign) for place, sign in enumerate(signs, 2)) % _MODULUS
