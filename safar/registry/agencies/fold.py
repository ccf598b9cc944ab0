"""One form in Latin letters for words of every script, exact or more and more forgiving."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from anyascii import anyascii

_NO_LETTER: Final = re.compile(r"[^a-z0-9]+")
_ABJADS: Final = frozenset(("ARABIC", "HEBREW"))
UNSPACED: Final = frozenset(("KHMER", "MYANMAR", "THAI", "LAO"))
"""Scripts that do not part words: a name stands somewhere in a long run of letters."""

# Sounds that one script tells apart and the next does not.
_SOUNDS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"ck|q", "k"),
        (r"c(?=[eiy])", "s"),
        (r"chh?", "C"),
        (r"c", "k"),
        (r"x", "ks"),
        (r"sh", "s"),
        (r"([bdgjkt])h", r"\1"),
        (r"[bw]", "v"),
        (r"z", "j"),
        (r"ee|ea|ie|y", "i"),
        (r"oo|ou", "u"),
        (r"[ae]", ""),
        (r"m(?=[kgjtdsC])", "n"),  # one sign in many scripts
        (r"(.)\1+", r"\1"),
    )
)
_VOWELS: Final = re.compile(r"[aeiou]")
_CLASSES: Final = str.maketrans({"f": "p", "v": "p", "C": "s", "j": "s", "d": "t", "g": "k"})


class Folded(NamedTuple):
    """A word in three forms.

    Attributes:
        exact: in Latin letters without marks; the same word in the same script gives the same.
        sound: sounds that scripts mix up made one, vowels a and e left out.
        skeleton: consonants only, in a few classes; a misspelt word often keeps it.
        script: first word of the Unicode name of its first letter, such as "DEVANAGARI".
    """

    exact: str
    sound: str
    skeleton: str
    script: str


@lru_cache(maxsize=50_000)
def fold(word: str) -> Folded:
    """Return the forms of `word`, a casefolded run of letters, marks and digits."""
    exact = _NO_LETTER.sub("", anyascii(word).casefold()) or word
    script = unicodedata.name(word[0], "UNKNOWN").partition(" ")[0]
    # Only Latin letters write the sound of "chair" with two.
    sound = exact if script == "LATIN" else re.sub("ch?", "ch", exact)
    for pattern, replacement in _SOUNDS:
        sound = pattern.sub(replacement, sound)
    body = sound
    if script in _ABJADS:
        # Alif, waw and ya write long vowels as often as consonants.
        body = body[:1] + re.sub(r"[iv]", "", body[1:])
    bones = _VOWELS.sub("", body).translate(_CLASSES)
    bones = re.sub(r"(.)\1+", r"\1", bones[:1] + bones[1:].replace("h", ""))
    return Folded(exact, sound or exact, bones or exact, script)


def visible(text: str) -> str:
    """Return `text` in NFKC without characters that are not seen, such as joiners."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text)
        if unicodedata.category(letter) != "Cf"
    )
