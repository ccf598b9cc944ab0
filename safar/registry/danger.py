"""Finds danger words: phrases of content/danger/, looked for in every message of every language.

Text and phrases are brought to one form, and at each word only the phrases that begin as it does
are held against it. A tree of letters would be no quicker in practice, for 20 MB of memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from safar.registry.schema import DangerFile, DangerPhrase
from safar.registry.unspaced import begins, ends

Kind = Literal["emergency", "abuse"]

_TATWEEL: Final = "\u0640"
_ARABIC_MARKS: Final = frozenset(
    map(chr, (*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06DD)))
)
# A taa marbuta and a haa stay apart, although people mix them: "a blow" and "he hit him" differ by
# nothing else. Where both are meant, the content lists both.
_ARABIC_LETTERS: Final = {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك"}
# Amharic has several letters for one sound, in seven forms each, and people write either.
_ETHIOPIC_ROWS: Final = (("ሐ", "ሀ"), ("ኀ", "ሀ"), ("ሠ", "ሰ"), ("ዐ", "አ"), ("ፀ", "ጸ"))
_ETHIOPIC_FORMS: Final = 7
_ETHIOPIC_LETTERS: Final = {
    chr(ord(written) + form): chr(ord(meant) + form)
    for written, meant in _ETHIOPIC_ROWS
    for form in range(_ETHIOPIC_FORMS)
} | {"ሃ": "ሀ", "ሓ": "ሀ", "ኃ": "ሀ", "ኻ": "ሀ", "ኣ": "አ", "ዓ": "አ"}
_ONE_LETTER: Final = str.maketrans(_ARABIC_LETTERS | _ETHIOPIC_LETTERS)
_APOSTROPHES: Final = frozenset("'’‘ʼ`´")
_EMOJI_FORMS: Final = frozenset(map(chr, range(0xFE00, 0xFE10)))
_RUN: Final = re.compile(r"([^ ])\1{2,}", re.DOTALL)
_START: Final = 4
"""Letters by which phrases are sorted; a shorter phrase by as many as it has."""


class DangerHit(NamedTuple):
    """A phrase that was found, as the content has it, in the file of `variant`."""

    kind: Kind
    variant: str
    phrase: str


class _Phrase(NamedTuple):
    normal: str
    stem: bool
    hit: DangerHit


@dataclass(frozen=True, slots=True)
class _Normal:
    """A text in its one form; `runs` are places whose letter was written three times or more."""

    text: str
    runs: frozenset[int]


def normalise(text: str) -> str:
    """Return the form in which texts and phrases are compared.

    NFC and casefolded; Arabic vowel signs, tatweel, joiners and apostrophes gone, forms of alef and
    yaa made one, and Amharic letters of one sound; punctuation and signs are spaces, except
    combining marks, which in Indic scripts are part of the letter; a letter stands twice in a row
    at most.
    """
    return _normal(text).text


def _normal(text: str) -> _Normal:
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    plain = " ".join(folded.translate(_SHOWN).split())
    runs: set[int] = set()
    kept: list[str] = []
    read = length = 0
    for run in _RUN.finditer(plain):
        if run[1].isdigit():  # 999 is a number to call, not a drawn-out 9
            continue
        twice = run.start() + 2
        kept.append(plain[read:twice])
        length += twice - read
        runs.add(length - 2)
        read = run.end()
    kept.append(plain[read:])
    return _Normal("".join(kept), frozenset(runs))


class _Shown(dict[int, str]):
    """What is left of a letter, for `str.translate`: worked out when it first comes."""

    def __missing__(self, code: int) -> str:
        self[code] = shown = "".join(map(_shown, chr(code).translate(_ONE_LETTER)))
        return shown


def _shown(letter: str) -> str:
    if letter == _TATWEEL or letter in _ARABIC_MARKS or letter in _APOSTROPHES:
        return ""
    category = unicodedata.category(letter)
    # Joiners, direction marks, soft hyphens: inside words, unseen. So is what emoji leave.
    if category in ("Cf", "Me") or letter in _EMOJI_FORMS:
        return ""
    return letter if category[0] in "LMN" else " "


_SHOWN: Final = _Shown()


class DangerMatcher:
    """Look-up of danger phrases. Build it once a registry; it never changes and is thread-safe.

    Args:
        files: the danger files of all variants.
    """

    def __init__(self, files: Iterable[DangerFile]) -> None:
        """Sort the phrases of `files` by how they begin."""
        self._by_start: dict[str, list[_Phrase]] = {}
        for file in files:
            for phrase in file.phrases:
                self._add(phrase, file.variant)

    def find(self, text: str) -> DangerHit | None:
        """Return the gravest phrase in `text` (an emergency before abuse), the longest of these.

        A phrase with `match: word` must end where a word ends; with `match: stem` the last word may
        go on. In scripts without spaces it may stand anywhere between two syllables. A drawn-out
        letter ("heeelp") counts as one or two, whichever fits.
        """
        normal = _normal(text)
        best: DangerHit | None = None
        for start, letter in enumerate(normal.text):
            if letter != " " and begins(normal.text, start):
                for phrase in self._beginning(normal, start):
                    if _stands(phrase, normal, start):
                        best = _graver(best, phrase.hit)
        return best

    def _add(self, phrase: DangerPhrase, variant: str) -> None:
        normal = normalise(phrase.text)
        if normal:
            hit = DangerHit(phrase.kind, variant, phrase.text)
            entry = _Phrase(normal, phrase.match == "stem", hit)
            self._by_start.setdefault(normal[:_START], []).append(entry)

    def _beginning(self, normal: _Normal, start: int) -> Iterator[_Phrase]:
        if any(at in normal.runs for at in range(start, start + _START)):
            # The run may stand for one letter: compare with all that begin with the first.
            for key, phrases in self._by_start.items():
                if key[0] == normal.text[start]:
                    yield from phrases
            return
        for length in range(1, _START + 1):
            yield from self._by_start.get(normal.text[start : start + length], ())


def _stands(phrase: _Phrase, normal: _Normal, start: int) -> bool:
    """Whether `phrase` stands in the text at `start`, where a word begins."""
    if normal.runs:
        return _stands_with_runs(phrase, normal, start, 0)
    end = start + len(phrase.normal)
    return normal.text.startswith(phrase.normal, start) and _ends(phrase, normal.text, end)


def _stands_with_runs(phrase: _Phrase, normal: _Normal, at: int, read: int) -> bool:
    """Whether the letters of `phrase` from `read` on stand at `at`, a run as one letter or two."""
    text = normal.text
    while read < len(phrase.normal):
        if at >= len(text) or text[at] != phrase.normal[read]:
            return False
        read += 1
        if at in normal.runs and _stands_with_runs(phrase, normal, at + 2, read):
            return True
        at += 1
    return _ends(phrase, text, at)


def _ends(phrase: _Phrase, text: str, at: int) -> bool:
    return phrase.stem or ends(text, at)


def _graver(one: DangerHit | None, other: DangerHit | None) -> DangerHit | None:
    if one is None or other is None:
        return one or other

    def weight(hit: DangerHit) -> tuple[bool, int]:
        return hit.kind == "emergency", len(hit.phrase)

    return other if weight(other) > weight(one) else one
