"""Patterns as editors write them, as regular expressions over the one form of a text.

(send|hand over) .. passport*      see docs/editors/red-flags.md
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from safar.registry.offers.letters import Letters, one_form

AMOUNT, NUMBER, PHONE = "\ue000", "\ue001", "\ue002"
FREEMAIL, FIRM_MAIL, CHAT, FIRM_SITE, OTHER_LINK = "\ue003", "\ue004", "\ue005", "\ue006", "\ue007"
"""Private letters that stand for what is found in a text of any language; NUMBER is a bare one."""

_THINGS: Final = {
    "amount": f" [{AMOUNT}{NUMBER}]",
    "digits": rf"(?: {NUMBER}| [^ ]*\d[^ ]*)",
    "phone": f" {PHONE}",
    "link": f" [{CHAT}{FIRM_SITE}{OTHER_LINK}]",
    "website": f" [{FIRM_SITE}{FIRM_MAIL}]",
    "freemail": f" {FREEMAIL}",
    "chat": f" {CHAT}",
}
_TOKEN = re.compile(r"\s+|(\()|(\)\??)|(\|)|(\.\.\d*)|(&)|(<\w*>)|([^\s()|&<>]+)")
_GAP, _LONGEST_GAP, _BOTH = 4, 20, 8
_LETTERS_A_WORD = 6
_WORD_GAP = "(?: [^ |?,]+){{0,{}}}?"
_ARABIC = re.compile(r"^[\u0600-\u06ff]+$")
_ARABIC_BEFORE = "(?:[وف]?(?:[بك]?ال|لل|[بلك])?)"
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_ARTICLE = "ال"
_DEEPEST = 4


class PatternError(ValueError):
    """A pattern that cannot be read; the message says what to mend."""


@dataclass(frozen=True)
class Anchor:
    """A word one of which every text has that the pattern stands in: whole, begun or held."""

    text: str
    how: str  # "word", "stem" or "held"


@dataclass(frozen=True)
class Pattern:
    """A pattern ready to be looked for.

    Attributes:
        written: as the editor wrote it.
        expression: of `regex`.
        anchors: a text without one of these cannot hold it; never empty.
        anywhere: whether it is in a script without spaces between words.
    """

    written: str
    expression: str
    anchors: tuple[Anchor, ...]
    anywhere: bool

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """What is looked for in the one form of a text; without its spaces if `anywhere`.

        Made when a text first has an anchor: of thousands of patterns most never meet one, and
        to compile them all took most of the time in which content was read.
        """
        return re.compile(self.expression)


@dataclass(frozen=True)
class _Piece:
    """A part of a pattern: its expression and what it cannot do without."""

    regex: str
    anchors: tuple[Anchor, ...]  # empty: it may stand for anything
    gap: bool = False


@lru_cache(maxsize=50_000)
def read_pattern(written: str) -> Pattern:
    """Return a pattern ready to be looked for.

    Raises:
        PatternError: it cannot be read.
    """
    anywhere = bool(_NO_SPACES.search(written))
    reader = _Reader(written, anywhere)
    parts = reader.pattern()
    anchors = _best([piece for part in parts for piece in part])
    if not anchors:
        raise PatternError("has no word that must be there; write one without a question mark")
    for part in parts:
        if not part or part[0].gap or part[-1].gap:
            raise PatternError("begins or ends with a gap; begin and end with a word")
    texts = ["".join(piece.regex for piece in part) for part in parts]
    regex = texts[0]
    if len(texts) > 1:
        one, other = texts
        gap = _gap(_BOTH, anywhere)
        regex = f"(?:{one}{gap}{other}|{other}{gap}{one})"
    return Pattern(written, regex, anchors, anywhere)


def _gap(words: int, anywhere: bool) -> str:
    if anywhere:
        return f"[^|?,]{{0,{words * _LETTERS_A_WORD}}}?"
    return _WORD_GAP.format(words)


def _best(pieces: Sequence[_Piece]) -> tuple[Anchor, ...]:
    """Return the anchors of the piece that the fewest texts have: long words, few of them."""

    def weight(piece: _Piece) -> float:
        shortest = min(len(anchor.text) for anchor in piece.anchors)
        held = any(anchor.how == "held" for anchor in piece.anchors)
        return shortest - 0.2 * len(piece.anchors) - 10 * held

    fixed = [piece for piece in pieces if piece.anchors]
    return max(fixed, key=weight).anchors if fixed else ()


class _Reader:
    def __init__(self, written: str, anywhere: bool) -> None:
        self._written, self._anywhere = written, anywhere
        self._letters = Letters()
        self._tokens: list[str] = []
        at = 0
        while at < len(written):
            match = _TOKEN.match(written, at)
            if match is None:
                raise PatternError(f'"{written[at:]}" cannot be read')
            at = match.end()
            if not match[0].isspace():
                self._tokens.append(match[0])
        self._at = 0

    def pattern(self) -> list[list[_Piece]]:
        """Return one part, or the two around an &."""
        parts = [self._sequence(0)]
        while self._next() == "&":
            self._at += 1
            parts.append(self._sequence(0))
        if (left := self._next()) is not None:
            raise PatternError(f'"{left}" has no bracket that it belongs to')
        if len(parts) > 2:  # noqa: PLR2004 - both sides
            raise PatternError("has more than one &")
        return parts

    def _next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _sequence(self, depth: int) -> list[_Piece]:
        pieces: list[_Piece] = []
        while (piece := self._next()) is not None and piece not in ("|", ")", ")?"):
            if piece == "&":
                if depth:
                    raise PatternError("has an & within brackets")
                break
            self._at += 1
            pieces.append(self._choice(depth + 1) if piece == "(" else self._piece(piece))
        return pieces

    def _choice(self, depth: int) -> _Piece:
        if depth > _DEEPEST:
            raise PatternError("has brackets within brackets within brackets; write two patterns")
        choices = [self._sequence(depth)]
        while self._next() == "|":
            self._at += 1
            choices.append(self._sequence(depth))
        closed = self._next()
        if closed not in (")", ")?"):
            raise PatternError("has a bracket that is not closed")
        self._at += 1
        if not all(choices):
            raise PatternError("has an empty choice in its brackets")
        regex = "|".join("".join(piece.regex for piece in choice) for choice in choices)
        anchors = [_best(choice) for choice in choices]
        if closed == ")?":
            return _Piece(f"(?:{regex})?", ())
        every = tuple(dict.fromkeys(each for found in anchors for each in found))
        return _Piece(f"(?:{regex})", every if all(anchors) else ())

    def _piece(self, token: str) -> _Piece:
        if token.startswith(".."):
            words = int(token[2:] or _GAP)
            if not 0 < words <= _LONGEST_GAP:
                raise PatternError(f"has a gap of {words} words; at most {_LONGEST_GAP}")
            return _Piece(_gap(words, self._anywhere), (), gap=True)
        if token.startswith("<"):
            return self._thing(token[1:-1])
        return self._word(token)

    def _thing(self, name: str) -> _Piece:
        if name not in _THINGS:
            raise PatternError(f"has <{name}>, which is none of {', '.join(sorted(_THINGS))}")
        regex = _THINGS[name]
        if self._anywhere:
            return _Piece(regex.replace(" ", ""), ())
        held = tuple(Anchor(letter, "word") for letter in re.findall("[\ue000-\uf8ff]", regex))
        return _Piece(f"{regex}(?= )", () if name == "digits" else held)

    def _word(self, token: str) -> _Piece:
        before, after = token.startswith("*"), token.endswith("*")
        bare = token.strip("*")
        if "*" in bare:
            raise PatternError(f'has a star within "{token}"; a star stands at an end')
        words = one_form(bare, self._letters).split()
        if not words or any(word in "|,?" for word in words):
            raise PatternError(f'has "{token}", which holds no letter')
        if self._anywhere:
            joined = "".join(words)
            return _Piece(re.escape(joined), (Anchor(joined, "held"),))
        if _ARABIC.match(words[0]):
            return self._arabic(words, before, after)
        regex = "".join(f" {re.escape(word)}" for word in words)
        if before:
            regex = " [^ ]*" + regex[1:]
        regex += "[^ ]*" if after else "(?= )"
        longest = max(range(len(words)), key=lambda index: len(words[index]))
        how = "word"
        if before and longest == 0:
            how = "held"
        elif after and longest == len(words) - 1:
            how = "stem"
        return _Piece(regex, (Anchor(words[longest], how),))

    @staticmethod
    def _arabic(words: list[str], before: bool, after: bool) -> _Piece:
        first = words[0]
        if first.startswith(_ARTICLE) and len(first) > len(_ARTICLE) + 2:
            first = first[len(_ARTICLE) :]
        opening = " [^ ]*" if before else f" {_ARABIC_BEFORE}"
        rest = "".join(f" {re.escape(word)}" for word in words[1:])
        regex = f"{opening}{re.escape(first)}{rest}" + ("[^ ]*" if after else "(?= )")
        return _Piece(regex, (Anchor(first, "held"),))
