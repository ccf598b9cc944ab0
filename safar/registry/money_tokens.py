"""A text parted into its numbers and words, each word with what it may mean for a sum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import regex

from safar.registry.money_words import Lexicon, Meaning
from safar.registry.numerals import Numeral, numerals

_WORD: Final = regex.compile(r"[\p{L}\p{M}$₹৳₱฿៛€£₽₫°#]+")
_MIXED: Final = regex.compile(r"(?<![\p{L}\p{Nd}])(?=[a-z0-9]*[a-z])(?=[a-z]*[0-9])[a-z0-9]+")
_ASCII_DIGIT: Final = regex.compile(r"[0-9]")
_NEAR: Final = frozenset(" \u00a0\u202f-'’")
_FARTHEST: Final = 3


class Token(NamedTuple):
    """A number or a word at [start, end) of a text."""

    start: int
    end: int
    means: Meaning | None
    numeral: Numeral | None = None


def tokens(text: str, lexicon: Lexicon) -> list[Token]:
    """Return the numbers and words of `text`, which is folded, in order."""
    mixed = _mixed(text, lexicon)
    numbers = [
        Token(each.start, each.end, None, each)
        for each in numerals(text)
        if not any(one.start <= each.start < one.end for one in mixed)
    ]
    words = [
        token
        for match in _WORD.finditer(text)
        if not any(one.start <= match.start() < one.end for one in mixed)
        for token in _pieces(match, lexicon)
    ]
    if not (numbers or mixed) and not any(
        (word.means is not None and word.means.counted)
        or lexicon.phrases(text[word.start : word.end])
        for word in words
    ):
        return []
    return list(_phrased(sorted((*numbers, *mixed, *words)), text, lexicon))


def near(text: str, one: Token, other: Token) -> bool:
    """Whether nothing but a little space is between two tokens."""
    gap = text[one.end : other.start]
    return len(gap) <= _FARTHEST and all(letter in _NEAR for letter in gap)


def _pieces(match: regex.Match[str], lexicon: Lexicon) -> Iterator[Token]:
    offset = match.start()
    for start, end, means in lexicon.pieces(match.group()):
        yield Token(offset + start, offset + end, means)


def _mixed(text: str, lexicon: Lexicon) -> list[Token]:
    """Return the words that are written with digits for letters: "3eshrin alf"."""
    if not lexicon.with_digits or not _ASCII_DIGIT.search(text):
        return []
    return [
        Token(match.start(), match.end(), lexicon.whole(match.group()))
        for match in _MIXED.finditer(text)
        if match.group() in lexicon.with_digits
    ]


def _phrased(found: list[Token], text: str, lexicon: Lexicon) -> Iterator[Token]:
    """Make one token of words that mean one thing together: "dua puluh", "đô la"."""
    at = 0
    while at < len(found):
        token = found[at]
        at += 1
        known = None
        if token.numeral is None:
            known = lexicon.phrases(text[token.start : token.end])
        for rest, means in known or ():
            last = at + len(rest)
            if last <= len(found) and all(
                text[one.start : one.end] == word and near(text, before, one)
                for before, one, word in zip(
                    found[at - 1 : last - 1], found[at:last], rest, strict=True
                )
            ):
                token, at = Token(token.start, found[last - 1].end, means), last
                break
        yield token
