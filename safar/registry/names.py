"""One form for licence numbers and agency names, so that people need not write them exactly."""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import Final

_FIRM_WORDS: Final = frozenset(
    """
    ltd limited pvt private inc incorporated corp corporation co company llc plc pt cv the m s and
    प्रा लि লিমিটেড
    """.split()
)
"""Legal forms: registers and people write them or leave them out as they please."""

_TRADE_WORDS: Final = frozenset(
    """
    agency agencies agent manpower recruitment recruiting recruiters recruiter overseas placement
    employment services service international human resource resources hr consultancy consultants
    job jobs work workers labour labor foreign abroad licence license licensed
    """.split()
)
"""Words that half of all agencies have in their names: alone they name none."""


def licence_key(number: str) -> str:
    """Return `number` as runs of letters and of digits: "RL-0123", "rl 123" give "rl-123".

    Digits of every script count as Latin ones; zeros before a number do not count.
    """
    folded = unicodedata.normalize("NFKC", number).casefold()
    runs = []
    for kind, letters in groupby(folded, key=_kind):
        run = "".join(letters)
        if kind == "digit":
            run = "".join(str(unicodedata.digit(digit)) for digit in run).lstrip("0") or "0"
        if kind:
            runs.append(run)
    return "-".join(runs)


def _kind(letter: str) -> str:
    if letter.isdecimal():
        return "digit"
    return "letter" if unicodedata.category(letter)[0] in "LM" else ""


def words_of(text: str) -> list[str]:
    """Return the words of `text`, casefolded; each holds letters, marks and digits only."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(
        letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in folded
    ).split()


def name_key(name: str) -> str:
    """Return the words of `name` that tell it from others, casefolded; empty if there are none."""
    words = [word for word in words_of(name) if word not in _FIRM_WORDS]
    if all(word in _TRADE_WORDS for word in words):
        return ""
    return " ".join(words)
