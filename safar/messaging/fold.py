"""Fold typographic punctuation to plain marks where that makes a text cheaper to send."""

from collections.abc import Mapping

import regex

from safar.messaging.gsm7 import is_gsm7
from safar.messaging.segments import normal

_OTHER_SCRIPT = regex.compile(r"[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]")

# Only marks and spaces. Letters stay unless a language says otherwise: "á" for "a" can be another
# word, and a name is a name.
# Joiners (U+200C, U+200D) stay too: they belong to the spelling of the scripts that use them.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′‹›`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−•·", "-"),
        "…": "...",
        # TAB, no-break, figure, narrow and the other fixed-width spaces
        **dict.fromkeys("\t\u00a0\u1680\u202f\u205f\u3000", " "),
        **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
        **dict.fromkeys("\u0085\u2028\u2029", "\n"),
        # Invisible: zero-width space, word joiner, BOM, soft hyphen; and direction marks,
        # which have nothing to direct in a text of Latin letters.
        **dict.fromkeys("\u200b\u2060\ufeff\u00ad", ""),
        **dict.fromkeys("\u200e\u200f\u202a\u202b\u202c\u202d\u202e", ""),
        **dict.fromkeys("\u2066\u2067\u2068\u2069", ""),
    }
)


def fold(text: str, letters: Mapping[int, str] | None = None) -> str:
    """Return `text` with typographic punctuation and spaces made plain, if that is of use.

    Like the carriers' "smart encoding", but done before counting, on every channel alike.

    Args:
        text: what is sent.
        letters: further characters and how the language writes them plainly, as
            `str.translate` takes them.

    Returns:
        The NFC form with its punctuation folded, when all of that is GSM-7. Else `text` as it
        was: a text with a letter of another script, or with one letter that GSM-7 lacks, is
        UCS-2 whatever its quotes look like, so they may stay.
    """
    if _OTHER_SCRIPT.search(text):
        return text
    folded = normal(text).translate(_PLAIN)
    if letters:
        folded = folded.translate(letters)
    return folded if is_gsm7(folded) else text
