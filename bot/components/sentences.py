"""A message of several sentences, taken apart: people ask two things in one text."""

from __future__ import annotations

from typing import Final

import regex

from safar.registry.unspaced import unspaced

MOST: Final = 5
_END: Final = regex.compile(r"[.?!…؟۔।॥။၊។៖፡።፧፨;\n]+(?=\s|$|[^\p{Nd}\s])")
_LETTER: Final = regex.compile(r"[\p{L}\p{M}]")
_FEW_LETTERS, _FEW_WORDS = 6, 2


def sentences(text: str) -> list[str]:
    """Return the sentences of `text` that say something, none if there is only one; at most 5."""
    said = [part.strip() for part in _END.split(text) if _says_something(part)]
    return said[:MOST] if len(said) > 1 else []


def _says_something(part: str) -> bool:
    letters = _LETTER.findall(part)
    if len(letters) < _FEW_LETTERS:
        return False
    return unspaced(letters[0]) or len(part.split()) >= _FEW_WORDS
