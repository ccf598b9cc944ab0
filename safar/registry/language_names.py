"""Whole texts with one meaning in every state: a language's own name, MENU, yes and no."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

import regex

from safar.phrasing.languages import Language
from safar.registry.unspaced import unspaced

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}\u200c\u200d]+")
_MOST_WORDS = 3
_LONGEST_ENDING, _SURE_STEM = 3, 4
"""Letters that an ending has at most, and a name before one at least."""
_NOT_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}\u200c\u200d]+")


class LanguageNames:
    """Look-up of languages by the names people call them."""

    def __init__(self, languages: Iterable[Language]) -> None:
        """Collect tags, names and aliases; the first language to claim a name keeps it."""
        self._tags: dict[str, str] = {}
        self._menu: set[str] = set()
        self._answers: dict[str, bool] = {}
        for language in languages:
            self._menu.update(map(_fold, language.menu_words))
            self._answers.update(dict.fromkeys(map(_fold, language.yes), True))
            self._answers.update(dict.fromkeys(map(_fold, language.no), False))
            for name in (language.tag, language.name, language.english, *language.aliases):
                # Two-letter codes are words in other languages: "id", "hi", "ne".
                if len(name) > 2:  # noqa: PLR2004
                    self._tags.setdefault(_fold(name), language.tag)
        self._unspaced = sorted((n for n in self._tags if unspaced(n[0])), key=len, reverse=True)

    def language(self, text: str) -> str | None:
        """Return the tag of the language that `text` names, or None."""
        return self._tags.get(_fold(text))

    def named_in(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield the tag of each language that `text` names, with where its name begins and ends."""
        words = list(_WORD.finditer(text))
        taken = -1
        for place, first in enumerate(words):
            for last in reversed(words[place : place + _MOST_WORDS]):
                tag = self._tag(_fold(text[first.start() : last.end()]))
                if tag is not None and first.start() >= taken:
                    taken = last.end()
                    yield tag, first.start(), last.end()
            if unspaced(text[first.start()]) and first.start() >= taken:
                # A whole sentence is one run of letters there.
                for name in self._unspaced:
                    at = text.find(name, first.start(), first.end())
                    if at >= 0:
                        taken = at + len(name)
                        yield self._tags[name], at, taken
                        break

    def _tag(self, words: str) -> str | None:
        """Return the tag of a name, also with an ending: नेपालीमा, по-русски."""
        if words in self._tags or words.isascii():
            return self._tags.get(words)
        shortest = max(len(words) - _LONGEST_ENDING, _SURE_STEM)
        stems = (words[:length] for length in range(len(words) - 1, shortest - 1, -1))
        return next((self._tags[stem] for stem in stems if stem in self._tags), None)

    def is_menu(self, text: str) -> bool:
        """Whether `text` is the word that opens the menu."""
        return _fold(text) in self._menu

    def yes(self, text: str) -> bool | None:
        """Whether `text` agrees (True) or refuses (False); None if it is neither alone."""
        return self._answers.get(_fold(text))


def _fold(text: str) -> str:
    return str(_NOT_WORD.sub(" ", unicodedata.normalize("NFC", text).casefold())).strip()
