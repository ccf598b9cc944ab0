"""One normal form of a text for every component that compares or counts letters."""

from __future__ import annotations

import unicodedata

import regex

_NOT_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}\u200c\u200d]+")
_REPEATED = regex.compile(r"(\p{L})\1{2,}")
_DIGITS = regex.compile(r"\p{Nd}+")


def normalise(text: str) -> str:
    """Return `text` casefolded, in NFC, words parted by single spaces, long repeats shortened.

    Combining marks and joiners stay: in Indic scripts they are letters, not decoration.
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    return _REPEATED.sub(r"\1\1", _NOT_WORD.sub(" ", folded)).strip()


def for_counting(text: str) -> str:
    """Return the normal form with every number as `0`: amounts say nothing of an intent."""
    return _DIGITS.sub("0", normalise(text))
