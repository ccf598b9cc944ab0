"""The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, 6.2.1)."""

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Characters of one septet. The escape (0x1B) is left out: on its own it writes nothing."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""Characters sent as escape and a second septet, so they cost two."""

ALPHABET = BASIC | EXTENSION
"""Every character that has a form in GSM-7."""


def septets(text: str) -> int:
    """Return what a text costs in septets: one a character, two for one of the extension table.

    Args:
        text: of characters of the alphabet only, see `is_gsm7`.
    """
    return len(text) + sum(map(text.count, EXTENSION))


def is_gsm7(text: str) -> bool:
    """Tell whether every character of `text` has a GSM-7 form, as `text` stands."""
    return ALPHABET.issuperset(text)


def beyond_gsm7(text: str) -> list[str]:
    """List the characters that make a text cost UCS-2, each once, in order of appearance.

    For editors: one curly quote in an English text more than doubles its price. The text is
    NFC-normalised first, as it is when it is sent.
    """
    composed = unicodedata.normalize("NFC", text)
    return [c for c in dict.fromkeys(composed) if c not in ALPHABET]
