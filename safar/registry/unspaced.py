"""Scripts that put no space between words: a phrase may begin and end inside a run of letters."""

from __future__ import annotations

import unicodedata
from typing import Final

_BLOCKS: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0xA9E0, 0xA9FF),  # Myanmar Extended-B
    (0xAA60, 0xAA7F),  # Myanmar Extended-A
)
_STACKING: Final = "\u1039\u17d2"
"""Signs that put the next consonant below this one, so that both are one cluster."""


def unspaced(letter: str) -> bool:
    """Whether `letter` is of a script that is written without spaces between words."""
    point = ord(letter)
    return any(first <= point <= last for first, last in _BLOCKS)


def begins(text: str, at: int) -> bool:
    """Whether a word may begin at `at`: after a space, or at a cluster of an unspaced script.

    Text is in the form that `safar.registry.danger.normalise` gives: words parted by one space.
    """
    if text[at] == " ":
        return False
    if at == 0 or text[at - 1] == " ":
        return True
    return unspaced(text[at]) and _cluster_begins(text, at)


def ends(text: str, at: int) -> bool:
    """Whether a word may end before `at`; the counterpart of `begins`."""
    if at >= len(text) or text[at] == " ":
        return True
    return at > 0 and unspaced(text[at - 1]) and _cluster_begins(text, at)


def clusters(run: str) -> list[str]:
    """Part a run of letters of an unspaced script into what is read as one: syllables, nearly."""
    starts = [0, *(at for at in range(1, len(run)) if _cluster_begins(run, at))]
    return [run[one:other] for one, other in zip(starts, [*starts[1:], len(run)], strict=True)]


def _cluster_begins(text: str, at: int) -> bool:
    if unicodedata.category(text[at])[0] == "M" or text[at - 1] in _STACKING:
        return False
    # A consonant that only closes the syllable before it (Burmese asat) begins no word.
    return text[at + 1 : at + 2] != "\u103a" and text[at + 1 : at + 2] != "\u1039"
