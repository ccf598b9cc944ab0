"""A text as sums are looked for in it: its letters in one form, each with its place."""

from __future__ import annotations

import unicodedata
from typing import Final

import regex

_NUKTAS: Final = "\u093c\u09bc"
"""Dots that make another letter of one; people leave them out, and there are two ways to code."""
_ARABIC_MARKS: Final = (*range(0x0610, 0x061B), 0x0640, *range(0x064B, 0x0660), 0x0670)
_ONE_LETTER: Final = {
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىی", "ي"),
    **dict.fromkeys("ةہۃ", "ه"),
    "ک": "ك",
    "ё": "е",
    "ँ": "ं",
    **dict.fromkeys("ሃሐሓኀኃኻ", "ሀ"),
    **dict.fromkeys("ኣዐዓ", "አ"),
    "ሠ": "ሰ",
    "ሣ": "ሳ",
    "ሥ": "ስ",
    "ፀ": "ጸ",
}
_CLUSTER: Final = regex.compile(r"\P{M}\p{M}*|\p{M}+", regex.DOTALL)


class _Letters(dict[int, str]):
    """What stands for each letter: one letter or none; filled as letters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _shown(chr(code))
        return found


def _shown(letter: str) -> str:
    if ord(letter) in _ARABIC_MARKS or unicodedata.category(letter) == "Cf":
        return ""  # joiners, marks of direction: they part no word and are none
    parts = unicodedata.normalize("NFD", letter)
    if parts[-1] in _NUKTAS:
        return parts[:-1]
    lower = letter.casefold()
    return _ONE_LETTER.get(lower, lower) if len(lower) == 1 else letter


_LETTERS: Final = _Letters()


def fold(word: str) -> str:
    """Return the form in which words are compared."""
    return unicodedata.normalize("NFC", word.translate(_LETTERS))


class Folded:
    """A text in the form of `fold` that knows where each of its letters came from."""

    __slots__ = ("_places", "source", "text")

    def __init__(self, source: str) -> None:
        """Fold; places are kept only where letters fell away or were joined."""
        self.source = source
        self.text = source.translate(_LETTERS)
        self._places: list[int] | None = None
        composed = unicodedata.is_normalized("NFC", self.text)
        if composed and len(self.text) == len(source):
            return
        kept = [place for place, letter in enumerate(source) if _LETTERS[ord(letter)]]
        if not composed:
            letters: list[str] = []
            places: list[int] = []
            for cluster in _CLUSTER.finditer(self.text):
                joined = unicodedata.normalize("NFC", cluster.group())
                letters.append(joined)
                start, last = cluster.start(), cluster.end() - 1
                places += [kept[min(start + each, last)] for each in range(len(joined))]
            self.text, kept = "".join(letters), places
        self._places = [*kept, len(source)]

    def place(self, at: int) -> int:
        """Return the place in the source of the letter at `at`."""
        return at if self._places is None else self._places[at]
