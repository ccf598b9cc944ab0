"""Licence numbers as registers print them and as people copy them from a signboard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import regex

from safar.registry.agencies.fold import visible
from safar.registry.agencies.rules import NameRules

_RUN: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_GAP: Final = re.compile(r"[-/.\\_#:() ]{0,3}")
_LOOK_ALIKES: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})
_LONGEST: Final = 5
_MOST_RUNS: Final = 200
_FEW_WORDS: Final = 3
_SURE_DIGITS: Final = 4
"""A bare number of so many digits is hardly a count; amounts are written with the currency."""


def licence_key(number: str) -> str:
    """Return `number` as runs of letters and of digits: "RL-0123", "rl 123" give "rl-123".

    Digits of every script count as Latin ones; zeros before a number do not count; O, I and l
    between digits, or beside them, are read as the digits they look like.
    """
    folded = unicodedata.normalize("NFKC", number).casefold()
    runs: list[tuple[str, str]] = []
    for kind, group in groupby(folded, key=_kind):
        run = "".join(group)
        if kind == "digit":
            run = "".join(str(unicodedata.digit(digit)) for digit in run)
        runs.append((kind, run))
    merged: list[tuple[str, str]] = []
    for index, (first, letters) in enumerate(runs):
        kind, run = first, letters
        beside = [runs[i][0] for i in (index - 1, index + 1) if 0 <= i < len(runs)]
        if kind == "letter" and "digit" in beside and not set(run) - set("oil"):
            kind, run = "digit", run.translate(_LOOK_ALIKES)
        if merged and merged[-1][0] == kind == "digit":
            merged[-1] = (kind, merged[-1][1] + run)
        else:
            merged.append((kind, run))
    return "-".join(
        (run.lstrip("0") or "0") if kind == "digit" else run for kind, run in merged if kind
    )


def licence_digits(number: str) -> str:
    """Return the runs of digits of the key of `number`: "RL-0123" gives "123"."""
    return "-".join(run for run in licence_key(number).split("-") if run.isdecimal())


def _kind(letter: str) -> str:
    if letter.isdecimal():
        return "digit"
    return "letter" if unicodedata.category(letter)[0] in "LM" else ""


@dataclass(frozen=True)
class Asked:
    """Licence numbers that a text may name.

    Attributes:
        keys: keys to look up, the longest first.
        digits: digits of numbers written without the register's letters, with what to look up.
        sure: numbers as written that can be nothing else, so that not finding them tells.
    """

    keys: tuple[str, ...]
    digits: tuple[str, ...]
    sure: tuple[str, ...]


def numbers_in(text: str, rules: NameRules) -> Asked:
    """Return the licence numbers that `text` may name."""
    seen = visible(text)
    runs = [match.span() for match in _RUN.finditer(seen)][:_MOST_RUNS]
    words = [unicodedata.normalize("NFC", seen[a:b].casefold()) for a, b in runs]
    numeric = [any(letter.isdecimal() for letter in word) for word in words]
    few = len(runs) <= _FEW_WORDS
    keys: dict[str, None] = {}
    digits: dict[str, None] = {}
    sure: dict[str, None] = {}
    spans: list[tuple[int, int]] = []
    for start, end in _windows(seen, runs, numeric):
        written = seen[runs[start][0] : runs[end - 1][1]]
        told = words[start:end]
        key = licence_key(written)
        if not any(part.isdecimal() for part in key.split("-")):
            continue
        count = sum(letter.isdecimal() for letter in written)
        named = start > 0 and words[start - 1] in rules.licence_words
        certain = (named or (few and count > 1)) and told[0] not in rules.licence_words
        if not all(map(_digits_only, told)):
            keys.setdefault(key)
            certain = certain and not any(map(str.isspace, written))
        elif certain or count >= _SURE_DIGITS or written.startswith("0"):
            keys.setdefault(key)
            digits.setdefault(licence_digits(written))
        else:
            continue
        if certain and not any(first <= start and end <= last for first, last in spans):
            sure.setdefault(written)
            spans.append((start, end))
    longest = sorted(keys, key=len, reverse=True)
    return Asked(tuple(longest), tuple(sorted(digits, key=len, reverse=True)), tuple(sure))


def _windows(
    seen: str, runs: list[tuple[int, int]], numeric: list[bool]
) -> Iterator[tuple[int, int]]:
    """Yield (first, after last) of neighbouring runs of which one has a digit, longest first."""
    for length in range(min(_LONGEST, len(runs)), 0, -1):
        for start in range(len(runs) - length + 1):
            end = start + length
            joined = all(
                _GAP.fullmatch(seen, runs[i][1], runs[i + 1][0]) for i in range(start, end - 1)
            )
            if joined and any(numeric[start:end]):
                yield start, end


def _digits_only(word: str) -> bool:
    return all(letter.isdecimal() for letter in word)
