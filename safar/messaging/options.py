"""Numbered options: what a person meant who answered "1", "१", "No. 2" or an option's title."""

import unicodedata
from collections.abc import Sequence

import regex
from pydantic import BaseModel, ConfigDict

_OPT_OUT = ("STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT")
_OPT_IN = ("YES", "START", "UNSTOP")
RESERVED_WORDS = frozenset({*_OPT_OUT, *_OPT_IN, "HELP", "INFO"})
"""Words that carriers and providers take for themselves (opting out and in, automatic help)."""

# "number" and its short forms as people write them before or after a figure.
_NUMBER_WORDS = (
    "no|nr|num|number|option|opt"
    "|नं|नंबर|नम्बर|विकल्प"  # Nepali, Hindi
    "|নং|নম্বর|নাম্বার|বিকল্প"  # Bengali
    "|numero|bilang"  # Filipino
    "|nomor|nomer|pilihan"  # Indonesian
    "|namba|nambari|chaguo"  # Swahili
    "|رقم|خيار"  # Arabic
)
_OPENING = r"""[\s"'“”‘’«(\[{#*:]*"""
_CLOSING = r"""[\s"'“”‘’»)\]}.:,;!?*।॥۔،؛؟]*"""
_BARE_NUMBER = regex.compile(
    rf"{_OPENING}(?:(?:{_NUMBER_WORDS})[.:#\-]?{_OPENING})?"
    rf"(?P<digits>[0-9]{{1,2}})"
    rf"{_CLOSING}(?:{_NUMBER_WORDS})?{_CLOSING}"
)
# Keycap emoji are a digit with these behind it; direction marks come with some keyboards.
_UNSEEN = regex.compile(r"[\ufe0e\ufe0f\u20e3\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# A choice is short; anything longer is not searched for one.
_LONGEST_CHOICE = 40
_APOSTROPHES = regex.compile(r"['’‘ʼ`\p{Cf}]")
_NOT_WORDS = regex.compile(r"[\p{P}\p{S}\p{Z}\p{C}]+")


class OfferedOption(BaseModel):
    """An option as the person saw it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    id: str
    title: str


def to_ascii_digits(text: str) -> str:
    """Return `text` with the decimal digits of every script written 0 to 9."""
    return "".join(
        str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in text
    )


def title_key(title: str) -> str:
    """Return what two spellings of a title have in common: letters, marks and digits.

    Case, punctuation, symbols, joiners, spacing and the script of digits are set aside. The
    key is empty where nothing else was there.
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", title).casefold())
    plain = _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", folded))
    return to_ascii_digits(plain).strip()


def resolve(text: str, offered: Sequence[OfferedOption]) -> str | None:
    """Find which of the options offered last a text chooses.

    Args:
        text: what the person wrote, and nothing but it.
        offered: the options they were shown.

    Returns:
        The option's id for its bare number (any script's digits, with the usual marks or a
        word for "number"), for its title, or for both as in the line shown. None for any
        other text: "2 lakh", "1000" and "1 2" are something the person says.
    """
    number = _bare_number(text)
    if number is not None:
        return next((option.id for option in offered if option.number == number), None)
    key = title_key(text)
    chosen = {
        option.id
        for option in offered
        if key and key in (title_key(option.title), title_key(f"{option.number} {option.title}"))
    }
    return chosen.pop() if len(chosen) == 1 else None


def _bare_number(text: str) -> int | None:
    text = text.strip()
    if len(text) > _LONGEST_CHOICE:
        return None
    # NFKC opens circled, bracketed and full-width figures; `digit` knows Ethiopic ones.
    shown = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    figures = "".join(
        c if (value := unicodedata.digit(c, None)) is None else str(value) for c in shown
    )
    match = _BARE_NUMBER.fullmatch(figures)
    return int(match["digits"]) if match else None
