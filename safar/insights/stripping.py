"""Takes numbers and names out of what people wrote, so that it may be shown.

Whatever has a digit of any script, an address or a link becomes ``#``. Of the rest only words that
are known stay; every other one becomes ``…``, since a name cannot be told from a word that nobody
has taught us. How it errs is therefore always by hiding too much.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from safar.insights.vocabulary import (
    RUN,
    SYLLABIC_RUN,
    Vocabulary,
    is_unspaced,
    runs_of,
)
from safar.registry.danger import normalise
from safar.registry.unspaced import clusters

NUMBER, NAME = "#", "…"
LONGEST: Final = 1600
"""Characters that are looked at; a longer text is cut, as it is where it is understood."""
_SPELT: Final = 4
"""Digits in words, one after the other, that are more than an amount."""
_UNSPACED: Final = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"
_TOKEN: Final = regex.compile(
    rf"""(?V1)
    (?P<hidden>
        (?i:https?://|www\.)\S+
        | \S+@\S* | @\S+
        | (?i:[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{{2,24}}(?:/\S*)?)(?![\p{{L}}\p{{M}}])
        | (?:[^\s{_UNSPACED}]|(?=\p{{N}}).)*\p{{N}}(?:[^\s{_UNSPACED}]|(?=\p{{N}}).)*
    )
    | (?P<word>[\p{{L}}\p{{M}}\u200b-\u200d'’ʼ]+)
    | (?P<mark>[?!.,;:।॥۔؟،؛၊။።፡፣៖។-])
    """,
    regex.VERBOSE,
)
_ALIKE: Final = regex.compile(rf"({NUMBER}|{NAME})(?:\s*\1)+")
_ENDS: Final = frozenset("?!.।॥۔؟။።។")
_INTRODUCING: Final = frozenset(
    "name names named naam nam namma peyar nama jina jinangu jinalangu ism ismi esm esmi"
    " nombre llamo llama nom appelle mappelle pangalan ngalan имя зовут фамилия tên नाम नाउँ নাম"
    " பெயர் பேர் නම නමයි nama ስም ስሜ ስሟ ስሙ اسم اسمي اسمها اسمه نام".split()
)
"""Words for a name, in every language that parts its words."""
_INTRODUCED: Final = 4
"""Words after one: "is", and a name of three."""
_MANY: Final = 0.5
"""Share of words with a capital letter from which capitals say nothing."""


@dataclass
class _Piece:
    """A part of the text: as written, in its normal form, and what is shown of it."""

    written: str
    kind: str
    spaced: bool
    normal: str = ""
    shown: str = NAME


def strip(text: str, vocabulary: Vocabulary) -> str:
    """Return `text` with numbers as ``#`` and words that are not known as ``…``.

    Args:
        text: As a person wrote it.
        vocabulary: Of the variant it is written in.
    """
    pieces = list(_pieces(text))
    words = [piece for piece in pieces if piece.kind == "word"]
    for piece in words:
        if is_unspaced(piece.normal):
            sounds = clusters(piece.normal)
            kept = _beside_known(_known(sounds, vocabulary, RUN))
            for part in _parts(sounds, vocabulary):
                kept[part] = [True] * (part.stop - part.start)
            piece.shown = "".join(
                sound if keep else NAME for sound, keep in zip(sounds, kept, strict=True)
            )
        elif piece.normal in vocabulary.words:
            piece.shown = piece.written
    if vocabulary.syllabic:
        _show_syllables(pieces, vocabulary)
    _hide_capitals(pieces, vocabulary)
    _hide_introduced(words)
    _show_phrases(pieces, vocabulary)
    _hide_spelt(words, vocabulary)
    whole = "".join((" " if piece.spaced else "") + piece.shown for piece in pieces).strip()
    return str(_ALIKE.sub(r"\1", whole))


def _pieces(text: str) -> Iterator[_Piece]:
    last = 0
    for match in _TOKEN.finditer(unicodedata.normalize("NFC", text)[:LONGEST]):
        kind, written = str(match.lastgroup), match.group()
        piece = _Piece(written, kind, spaced=match.start() > last)
        last = match.end()
        if kind == "hidden":
            piece.shown = NUMBER
        elif kind == "mark":
            piece.shown = written
        else:
            piece.normal = normalise(written)
            if not piece.normal:
                continue
        yield piece


def _known(sounds: Sequence[str], vocabulary: Vocabulary, length: int) -> list[bool]:
    """Tell which syllables are part of a run of so many that is known from training lines."""
    known = [False] * (len(sounds) + 2)
    for at, run in enumerate(runs_of(sounds, length)):
        if run in vocabulary.runs:
            known[at : at + length] = [True] * length
    return known[1:-1]


def _beside_known(known: Sequence[bool]) -> list[bool]:
    """Leave out what stands beside an unknown one: a name shares its first sound with a word."""
    return [all(known[max(0, at - 1) : at + 2]) for at in range(len(known))]


def _show_syllables(pieces: Sequence[_Piece], vocabulary: Vocabulary) -> None:
    """Show words of a language that parts its syllables, where they stand as they are known to."""
    breath: list[_Piece] = []
    for piece in (*pieces, _Piece("", "mark", spaced=False)):
        if piece.kind == "word":
            breath.append(piece)
            continue
        sounds = [each.normal for each in breath]
        kept = _known(sounds, vocabulary, SYLLABIC_RUN)
        for part in _parts(sounds, vocabulary):
            kept[part] = [True] * (part.stop - part.start)
        for each, keep in zip(breath, kept, strict=True):
            each.shown = each.written if keep or each.normal in vocabulary.words else NAME
        breath = []


def _parts(sounds: Sequence[str], vocabulary: Vocabulary) -> Iterator[slice]:
    longest = max(map(len, vocabulary.parts), default=0)
    for start in range(len(sounds)):
        for end in range(min(len(sounds), start + longest), start, -1):
            if tuple(sounds[start:end]) in vocabulary.parts:
                yield slice(start, end)
                break


def _hide_capitals(pieces: Sequence[_Piece], vocabulary: Vocabulary) -> None:
    """Hide words with a capital letter where none belongs: "my boss Bill", "sister Grace"."""
    cased = [piece for piece in pieces if piece.kind == "word" and piece.written[:1].isupper()]
    words = sum(piece.kind == "word" for piece in pieces)
    if not cased or len(cased) > words * _MANY:
        return
    begins = True
    for piece in pieces:
        if piece in cased and not begins and piece.normal not in vocabulary.proper:
            piece.shown = NAME
        begins = piece.kind == "mark" and piece.written in _ENDS


def _hide_introduced(words: Sequence[_Piece]) -> None:
    """Hide what follows a word for a name, known or not: "my name is Grace"."""
    for at, piece in enumerate(words):
        if piece.normal in _INTRODUCING:
            for each in words[at + 1 : at + 1 + _INTRODUCED]:
                each.shown = NAME


def _show_phrases(pieces: Sequence[_Piece], vocabulary: Vocabulary) -> None:
    """Show names of places that have several words, where all of them stand."""
    for at, piece in enumerate(pieces):
        for key in vocabulary.phrases.get(piece.normal, ()) if piece.normal else ():
            span = pieces[at : at + len(key)]
            if tuple(each.normal for each in span) == key:
                for each in span:
                    each.shown = each.written


def _hide_spelt(words: Sequence[_Piece], vocabulary: Vocabulary) -> None:
    """Hide digits in words that spell a number: "nine eight four one"."""
    row: list[_Piece] = []
    for piece in (*words, _Piece("", "word", spaced=False)):
        if piece.normal in vocabulary.digits:
            row.append(piece)
            continue
        if len(row) >= _SPELT:
            for each in row:
                each.shown = NUMBER
        row = []
