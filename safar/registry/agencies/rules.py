"""Which words of a name, or of a message, tell an agency from others."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import regex

from safar.registry.agencies.fold import Folded, fold, visible
from safar.registry.agencies.model import AgencyWords

Kind = Literal["form", "trade", "generic", "sentence", "name"]

_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_MESSRS: Final = re.compile(r"\bm/s\b\.?|\(\s*p\s*\)", re.IGNORECASE)
"""Legal forms of one letter, which would be initials anywhere else."""
_BREAK: Final = re.compile(r"[.?!;:,\n\r()\"“”।؟،]")


class Token(NamedTuple):
    """A word of a text.

    Attributes:
        folded: its forms in Latin letters.
        kind: what sort of word it is; "name" for whatever is in none of the lists.
        capital: it begins with a capital letter.
        ends: a sign stands behind it, such as a comma, or nothing follows.
    """

    folded: Folded
    kind: Kind
    capital: bool
    ends: bool


@dataclass(frozen=True)
class NameKeys:
    """How a name is looked up.

    Attributes:
        key: the words that tell it from others, in one; what is left of "Himal Star Manpower Ltd"
            is "himalstar". A name of trade words only keeps them.
        literal: all words but legal forms, in one.
        words: the exact forms of the words of `key`.
    """

    key: str
    literal: str
    words: tuple[str, ...]


class NameRules:
    """The word lists of content/, ready to be asked."""

    def __init__(self, words: AgencyWords) -> None:
        """Fold every word of the lists; the same word in two lists counts as the first."""
        self._kinds: dict[str, Kind] = {}
        lists: tuple[tuple[Kind, tuple[str, ...]], ...] = (
            ("form", words.forms),
            ("trade", words.trade),
            ("generic", words.generic),
            ("sentence", words.sentence),
        )
        for kind, entries in lists:
            for entry in entries:
                for match in _WORD.finditer(visible(entry).casefold()):
                    word = _surface(match[0])
                    self._kinds.setdefault(word, kind)
                    if fold(word).script == "LATIN":  # people leave accents out
                        self._kinds.setdefault(fold(word).exact, kind)
        self.licence_words: frozenset[str] = frozenset(
            _surface(match[0])
            for entry in words.licence
            for match in _WORD.finditer(visible(entry).casefold())
        )

    def kind(self, word: str) -> Kind:
        """Return what sort of word `word` is; it is casefolded."""
        return self._kinds.get(word, "name")

    def tokens(self, text: str, most: int) -> list[Token]:
        """Return the first `most` words of `text`."""
        seen = _plain(text)
        found: list[Token] = []
        matches = list(_WORD.finditer(seen))[:most]
        for index, match in enumerate(matches):
            end = matches[index + 1].start() if index + 1 < len(matches) else len(seen)
            gap = seen[match.end() : end]
            word = _surface(match[0].casefold())
            found.append(
                Token(
                    fold(word),
                    self.kind(word),
                    match[0][0].isupper(),
                    index + 1 == len(matches) or bool(_BREAK.search(gap)),
                )
            )
        return found

    def keys(self, name: str) -> NameKeys:
        """Return how `name` is looked up."""
        words = [
            (_surface(match[0]), self.kind(_surface(match[0])))
            for match in _WORD.finditer(_plain(name).casefold())
        ]
        whole = [fold(word).exact for word, kind in words if kind != "form"]
        if not whole:  # a name of legal forms only, or of signs
            whole = [fold(word).exact for word, _ in words] or [visible(name).casefold()]
        telling = [fold(word).exact for word, kind in words if kind not in ("form", "trade")]
        chosen = telling or whole
        return NameKeys("".join(chosen), "".join(whole), tuple(chosen))

    def is_generic(self, word: str) -> bool:
        """Whether `word`, in its exact form, is one that many names share."""
        return self.kind(word) in ("generic", "sentence", "trade")


def _plain(text: str) -> str:
    return _MESSRS.sub(" ", visible(text))


def _surface(word: str) -> str:
    return unicodedata.normalize("NFC", word)
