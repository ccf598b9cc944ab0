"""Finds STOP, START and HELP: messages that are one of the words of content/keywords.yaml.

Only a whole message counts. "Stop" inside a sentence is a part of a story, and often of a bad one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import regex

from safar.registry.danger import normalise
from safar.registry.keyword_schema import Keyword, KeywordKind, KeywordSet

# Most phones of the people we serve write Latin letters without their marks. In other scripts a
# mark is part of the word.
_LATIN_MARKS: Final = regex.compile(r"(?<=\p{Latin})\p{M}+")
_LONE_MARKS: Final = regex.compile(r"(?<!\S)\p{M}+")
# Where words are written without spaces, a space is a matter of taste.
_SPACES_OF_TASTE: Final = regex.compile(r"(?<=[\p{Khmer}\p{Myanmar}])\s+(?=[\p{Khmer}\p{Myanmar}])")
_NO_MARK_IN_UNICODE: Final = str.maketrans("đ", "d")


@dataclass(frozen=True, slots=True)
class KeywordHit:
    """What a message that is nothing but a keyword asks for.

    Attributes:
        kind: `stop`, `start` or `help`.
        variants: tags (BCP 47) whose writers use this word, in the order of the file.
        carrier: whether the telephone company or the provider has acted on this message itself.
            It does so for the bare word only: "STOP" but not "STOP, please" or "STOP 🙏".
        only_when_stopped: the word means this only from a person who has stopped; from anyone
            else it is an ordinary answer.
    """

    kind: KeywordKind
    variants: tuple[str, ...]
    carrier: bool = False
    only_when_stopped: bool = False

    @property
    def variant(self) -> str:
        """The first of `variants`, for whom nothing better is known of."""
        return self.variants[0]


class _Known:
    """One word with everybody who uses it."""

    def __init__(self, kind: KeywordKind, word: Keyword) -> None:
        self.kind = kind
        self.word = word
        self.variants: list[str] = []


class KeywordMatcher:
    """Look-up of keywords. Build it once a registry; it never changes and is thread-safe.

    Args:
        files: the words of each variant. Of a word under two kinds, which `safar content check`
            refuses, the first is kept.
    """

    def __init__(self, files: Iterable[KeywordSet]) -> None:
        """Sort the words of `files` by their form."""
        self._known: dict[str, _Known] = {}
        for each in files:
            for kind, word in each.words():
                known = self._known.setdefault(keyword_form(word.text), _Known(kind, word))
                if known.kind == kind and each.variant not in known.variants:
                    known.variants.append(each.variant)
        self._known.pop("", None)

    def find(self, text: str) -> KeywordHit | None:
        """Return what `text` asks for if the whole of it is a keyword, else None.

        Case, accents on Latin letters, vowel signs of Arabic, and signs, spaces or emoji around
        the words do not matter.
        """
        known = self._known.get(keyword_form(text))
        if known is None:
            return None
        bare = text.strip().casefold() == known.word.text.casefold()
        return KeywordHit(
            known.kind,
            tuple(known.variants),
            carrier=known.word.carrier and bare,
            only_when_stopped=known.word.only_when_stopped,
        )


def keyword_form(text: str) -> str:
    """Return the form in which messages and keywords are compared; empty without letters."""
    parted = unicodedata.normalize("NFD", normalise(text)).translate(_NO_MARK_IN_UNICODE)
    bare = _LONE_MARKS.sub("", _LATIN_MARKS.sub("", parted))
    joined = _SPACES_OF_TASTE.sub("", " ".join(bare.split()))
    return normalise(joined)  # again: without its marks a letter may stand there three times
