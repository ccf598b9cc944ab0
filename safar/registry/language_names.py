"""Whole texts with one meaning in every state: a language's own name, MENU, yes and no."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import regex

from safar.phrasing.languages import Language

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

    def language(self, text: str) -> str | None:
        """Return the tag of the language that `text` names, or None."""
        return self._tags.get(_fold(text))

    def is_menu(self, text: str) -> bool:
        """Whether `text` is the word that opens the menu."""
        return _fold(text) in self._menu

    def yes(self, text: str) -> bool | None:
        """Whether `text` agrees (True) or refuses (False); None if it is neither alone."""
        return self._answers.get(_fold(text))


def _fold(text: str) -> str:
    return str(_NOT_WORD.sub(" ", unicodedata.normalize("NFC", text).casefold())).strip()
