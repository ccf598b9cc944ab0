"""The one form in which words of offers and of patterns are compared."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_TATWEEL: Final = "\u0640"
_ARABIC_MARKS: Final = frozenset(
    map(chr, (*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06DD)))
)
_ONE_LETTER: Final = {
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىی", "ي"),
    "ک": "ك",
    "ة": "ه",
    "ہ": "ه",
    "ۃ": "ه",
    # Said the same and written either way: dots below letters, and the two signs for a nasal.
    "\u093c": "",
    "\u09bc": "",
    "ँ": "ं",
    "đ": "d",
    "ł": "l",
    "ı": "i",
    "ё": "е",
}
_APOSTROPHES: Final = frozenset("'’‘ʼ`´")
_SENTENCE_ENDS: Final = frozenset("|!।॥။។።‼⁉\n\r\u2028\u2029")
_COMMAS: Final = frozenset(",;،؛、፣၊")
_QUESTIONS: Final = frozenset("?؟፧")
_PRIVATE: Final = "Co"
END, COMMA, QUESTION = "|", ",", "?"
"""Words of their own in the one form: where a sentence ends, a part of it, a question."""

_STOP = re.compile(r"(?<=\w\w\w)\.(?=\s|$)|\.{2,}|…")
_RUN = re.compile(r"([^\W\d_])\1{2,}")
_LATIN_MARKS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_SPACES = re.compile(r" {2,}")


class Letters(dict[int, str]):
    """What stands for each letter; filled as letters are met, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        """Look the letter up once."""
        self[code] = found = _shown(chr(code))
        return found


def one_form(text: str, letters: Letters) -> str:
    """Return `text` in the one form: words, each with one space before it, and one at the end.

    Compatible forms and capitals are made one (fancy letters of advertisements, too), accents on
    Latin letters, Arabic vowel signs, joiners and apostrophes are gone, digits are ASCII,
    punctuation is a space, and sentence ends, commas and question marks are words of their own. A
    letter stands twice in a row at most.
    """
    if text.isascii():
        plain = text.casefold()
    else:
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        plain = unicodedata.normalize("NFC", _LATIN_MARKS.sub("", folded))
    plain = _RUN.sub(r"\1\1", _STOP.sub(f" {END} ", plain)).translate(letters)
    return _SPACES.sub(" ", f" {plain} ")


def _shown(letter: str) -> str:  # noqa: PLR0911 - one kind of letter a line
    if letter in _ONE_LETTER:
        return _ONE_LETTER[letter]
    if letter in _SENTENCE_ENDS:
        return f" {END} "
    if letter in _COMMAS:
        return f" {COMMA} "
    if letter in _QUESTIONS:
        return f" {QUESTION} "
    if letter == "%":
        return " percent "
    if letter == _TATWEEL or letter in _ARABIC_MARKS or letter in _APOSTROPHES:
        return ""
    category = unicodedata.category(letter)
    if category in ("Cf", "Me") or 0xFE00 <= ord(letter) < 0xFE10:  # noqa: PLR2004 - of emoji
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return letter if category[0] in "LMN" or category == _PRIVATE else " "
