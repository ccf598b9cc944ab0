"""Where a text may be cut, and how much a reader is hurt by a cut there."""

from collections.abc import Iterator
from enum import IntEnum

import regex

_CLUSTER = regex.compile(r"\X")
_SENTENCE_MARKS = frozenset("!?।॥؟۔…።။៕។。！？")
_CLOSING_MARKS = frozenset("\"'”’»)]")

# Viramas that tie two consonants into one written form, though \X may see two clusters.
_JOINING_VIRAMAS = frozenset(
    "\u094d"  # Devanagari
    "\u09cd"  # Bengali
    "\u0a4d"  # Gurmukhi
    "\u0acd"  # Gujarati
    "\u0b4d"  # Oriya
    "\u0c4d"  # Telugu
    "\u0ccd"  # Kannada
    "\u0d4d"  # Malayalam
    "\u1039"  # Myanmar
    "\u17d2"  # Khmer
)
_ZWJ = "\u200d"  # after a virama it ties too, as in Sinhala
_OPEN_ISOLATES = frozenset("\u2066\u2067\u2068")
_CLOSE_ISOLATE = "\u2069"
_NO_BREAK_SPACES = frozenset("\u00a0\u2007\u202f")


class Cut(IntEnum):
    """What a cut falls between, best first."""

    SENTENCES = 0
    WORDS = 1
    CLUSTERS = 2
    CONJUNCT = 3


def clusters(text: str) -> list[str]:
    """Return the grapheme clusters of a text; joined again they are the text."""
    found: list[str] = _CLUSTER.findall(text)
    return found


def cuts(text: str) -> Iterator[tuple[int, Cut]]:
    """Yield every boundary between clusters inside a text, in order, with the kind of cut.

    Inside a directional isolate no cut counts as good: its two halves would be out of order.
    """
    position = isolates = 0
    for cluster in clusters(text)[:-1]:
        position += len(cluster)
        isolates += (cluster in _OPEN_ISOLATES) - (cluster == _CLOSE_ISOLATE)
        kind = _cut_at(text, position)
        yield position, max(kind, Cut.CLUSTERS) if isolates > 0 else kind


def _cut_at(text: str, position: int) -> Cut:
    """Say what a cut at `position` would fall between.

    White space stays with the word before it, so a cut in front of white space counts as one
    between clusters. So does a cut inside a spaced number: "+977 1 4200000" and "10 000" are
    one thing to the reader.
    """
    before, after = text[position - 1], text[position]
    if _is_breaking_space(before) and not after.isspace():
        end = position
        while end > 0 and text[end - 1].isspace():
            end -= 1
        if "\n" in text[end:position] or _sentence_ends(text, end, after):
            return Cut.SENTENCES
        spaced_number = end > 0 and text[end - 1].isdigit() and after.isdigit()
        return Cut.CLUSTERS if spaced_number else Cut.WORDS
    if before in _JOINING_VIRAMAS or (before == _ZWJ and after.isalpha()):
        return Cut.CONJUNCT
    return Cut.CLUSTERS


def _is_breaking_space(character: str) -> bool:
    return character.isspace() and character not in _NO_BREAK_SPACES


def _sentence_ends(text: str, end: int, after: str) -> bool:
    while end > 0 and text[end - 1] in _CLOSING_MARKS:
        end -= 1
    mark = text[end - 1] if end > 0 else ""
    # A full stop before a digit ends no sentence: "Rs. 500", "No. 7".
    return mark in _SENTENCE_MARKS or (mark == "." and not after.isdigit())
