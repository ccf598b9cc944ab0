"""A whole text in Latin letters: words by the engine, exceptions by hand, the rest untouched."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import regex
import yaml

from safar.phrasing.errors import LocalesError
from safar.phrasing.romanise.engine import romanise_word

SPELLINGS: Final = "spellings.yaml"
"""Name of the file of exceptions, beside a variant's LC_MESSAGES."""

_STEM: Final = "~"
_PLACEHOLDER = regex.compile(r"\{[^{}]*\}")
_NATIVE = regex.compile(
    r"[\p{Script=Deva}\p{Script=Beng}\p{Script=Taml}\p{Script=Sinh}\u200b-\u200d]+"
)
_DANDAS = str.maketrans({"।": ".", "॥": "."})
_SENTENCE = regex.compile(r"(?:^|(?<=[.!?]\s)|(?<=\n))(\p{Ll})(?!\S*(?:://|\.\w|@))")


class Romaniser:
    """Writes texts of one variant in Latin letters.

    Args:
        spellings: how words are written that the rules get wrong; a word that ends in "~" stands
            for all that begin with it, and the rest follows the rules.
    """

    def __init__(self, spellings: Mapping[str, str]) -> None:
        """Sort the spellings into whole words and beginnings."""
        self._words = {
            _key(word): text for word, text in spellings.items() if not word.endswith(_STEM)
        }
        self._stems = sorted(
            ((_key(word[:-1]), text) for word, text in spellings.items() if word.endswith(_STEM)),
            key=lambda pair: -len(pair[0]),
        )

    def word(self, word: str) -> str:
        """Return one word of a native script in Latin letters."""
        key = _key(word)
        if key in self._words:
            return self._words[key]
        for stem, text in self._stems:
            if key.startswith(stem):
                rest = key[len(stem) :]
                return text + (romanise_word(rest, ending=True) if rest else "")
        return romanise_word(key)

    def text(self, text: str) -> str:
        """Return `text` in Latin letters; placeholders and what is Latin already stay."""
        parts, last = [], 0
        for match in _PLACEHOLDER.finditer(text):
            parts += [self._plain(text[last : match.start()]), match.group()]
            last = match.end()
        whole = "".join([*parts, self._plain(text[last:])])
        return str(_SENTENCE.sub(lambda found: found.group(1).upper(), whole))

    def _plain(self, text: str) -> str:
        latin = _NATIVE.sub(lambda found: self.word(found.group()), text.translate(_DANDAS))
        return "".join(
            str(unicodedata.digit(letter)) if letter.isdecimal() else letter for letter in latin
        )


def load_spellings(path: Path) -> dict[str, str]:
    """Read a file of exceptions, `words: {native: latin}`; a missing file has none.

    Raises:
        LocalesError: the file is not of this form.
    """
    if not path.exists():
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LocalesError([f"{path}: cannot be read ({error}); mend or restore it."]) from error
    words = content.get("words") if isinstance(content, dict) else None
    if not isinstance(words, dict) or not all(
        isinstance(key, str) and isinstance(value, str) for key, value in words.items()
    ):
        raise LocalesError(
            [f"{path}: has no list `words:` of native words and how they are written in Latin."]
        )
    return words


def _key(word: str) -> str:
    return unicodedata.normalize("NFC", regex.sub(r"[\u200b-\u200d]", "", word))
