"""Finds danger words: phrases of content/danger/, looked for in every message of every language.

Text and phrases are brought to one form, and the phrases stand in one tree of letters that is
walked from the beginning of each word. So a look-up costs a few steps a word, however many
phrases there are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from safar.registry.schema import DangerFile, DangerPhrase

Kind = Literal["emergency", "abuse"]

_TATWEEL: Final = "\u0640"
_ARABIC_MARKS: Final = frozenset(
    map(chr, (*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06DD)))
)
# A taa marbuta and a haa stay apart, although people mix them: "a blow" and "he hit him" differ by
# nothing else. Where both are meant, the content lists both.
_ONE_LETTER: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك"}
)
_APOSTROPHES: Final = frozenset("'’‘ʼ`´")
_LONG_RUN: Final = 3


class DangerHit(NamedTuple):
    """A phrase that was found, as the content has it, in the file of `variant`."""

    kind: Kind
    variant: str
    phrase: str


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = field(default_factory=dict)
    word: DangerHit | None = None
    stem: DangerHit | None = None


@dataclass(frozen=True, slots=True)
class _Normal:
    """A text in its one form; `runs` are places whose letter was written three times or more."""

    text: str
    runs: frozenset[int]


def normalise(text: str) -> str:
    """Return the form in which texts and phrases are compared.

    NFC and casefolded; Arabic vowel signs, tatweel, joiners and apostrophes gone, forms of alef and
    yaa made one; punctuation and signs are spaces, except combining marks, which in Indic scripts
    are part of the letter; a letter stands twice in a row at most.
    """
    return _normal(text).text


def _normal(text: str) -> _Normal:
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    kept: list[str] = []
    runs: set[int] = set()
    repeated = 0
    for letter in folded.translate(_ONE_LETTER):
        if letter == _TATWEEL or letter in _ARABIC_MARKS or letter in _APOSTROPHES:
            continue
        category = unicodedata.category(letter)
        if category == "Cf":  # joiners, direction marks, soft hyphens: inside words, unseen
            continue
        shown = letter if category[0] in "LMN" else " "
        last = kept[-1] if kept else " "
        if shown != last:
            repeated = 1
        elif shown == " ":
            continue
        elif not shown.isdigit():  # 999 is a number to call, not a drawn-out 9
            repeated += 1
            if repeated >= _LONG_RUN:
                runs.add(len(kept) - 2)
                continue
        kept.append(shown)
    return _Normal("".join(kept).rstrip(), frozenset(runs))


class DangerMatcher:
    """Look-up of danger phrases. Build it once a registry; it never changes and is thread-safe.

    Args:
        files: the danger files of all variants.
    """

    def __init__(self, files: Iterable[DangerFile]) -> None:
        """Put the phrases of `files` into the tree."""
        self._root = _Node()
        for file in files:
            for phrase in file.phrases:
                self._add(phrase, file.variant)

    def find(self, text: str) -> DangerHit | None:
        """Return the gravest phrase in `text` (an emergency before abuse), the longest of these.

        A phrase with `match: word` must end where a word ends; with `match: stem` the last word may
        go on. A drawn-out letter ("heeelp") counts as one or two, whichever fits.
        """
        normal = _normal(text)
        best: DangerHit | None = None
        for start, letter in enumerate(normal.text):
            if letter != " " and (start == 0 or normal.text[start - 1] == " "):
                best = self._walk(normal, start, self._root, best)
        return best

    def _add(self, phrase: DangerPhrase, variant: str) -> None:
        normal = normalise(phrase.text)
        if not normal:
            return
        node = self._root
        for letter in normal:
            node = node.next.setdefault(letter, _Node())
        hit = DangerHit(phrase.kind, variant, phrase.text)
        if phrase.match == "stem":
            node.stem = _graver(node.stem, hit)
        else:
            node.word = _graver(node.word, hit)

    def _walk(
        self, normal: _Normal, at: int, node: _Node, best: DangerHit | None
    ) -> DangerHit | None:
        text = normal.text
        while at < len(text):
            following = node.next.get(text[at])
            if following is None:
                return best
            node = following
            if at in normal.runs:
                # The run stands twice in `text`: go on as if it stood once, too.
                best = self._end(text, at + 2, node, best)
                best = self._walk(normal, at + 2, node, best)
            at += 1
            best = self._end(text, at, node, best)
        return best

    @staticmethod
    def _end(text: str, at: int, node: _Node, best: DangerHit | None) -> DangerHit | None:
        best = _graver(best, node.stem)
        if at >= len(text) or text[at] == " ":
            best = _graver(best, node.word)
        return best


def _graver(one: DangerHit | None, other: DangerHit | None) -> DangerHit | None:
    if one is None or other is None:
        return one or other

    def weight(hit: DangerHit) -> tuple[bool, int]:
        return hit.kind == "emergency", len(hit.phrase)

    return other if weight(other) > weight(one) else one
