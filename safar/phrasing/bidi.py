"""Keep Latin words and numbers in order inside text that runs from right to left."""

from __future__ import annotations

import re
import unicodedata

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"

_ISOLATED = re.compile("\u2068[^\u2068\u2069]*\u2069")
_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_LEFT_TO_RIGHT = {"L", "EN", "AN"}


def isolate(text: str, *, rtl: bool) -> str:
    """Return `text` ready to stand inside a sentence of the given direction.

    In a right-to-left sentence, a piece with Latin letters or digits is wrapped in a first-strong
    isolate, so that "+974 1234 (day)" is not torn apart. Each of the two marks costs one UTF-16
    unit, so they are left out where nothing can be torn: in left-to-right sentences, around
    words of right-to-left letters alone, and around what is isolated already.
    """
    if not rtl or not text:
        return text
    bare = _ISOLATED.sub("", text)
    if any(unicodedata.bidirectional(char) in _LEFT_TO_RIGHT for char in bare):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
    return text


def without_controls(text: str) -> str:
    """Return `text` without embeddings, overrides and isolates.

    Names come from outside; an override in one could turn round the rest of the sentence.
    """
    return text.translate(_CONTROLS)
