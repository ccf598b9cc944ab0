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

_EXTENSION_SEPTETS = 2


def septets(character: str) -> int | None:
    """Return what a character costs in septets, or None where GSM-7 has no form for it.

    Args:
        character: one code point.
    """
    if character in BASIC:
        return 1
    if character in EXTENSION:
        return _EXTENSION_SEPTETS
    return None


def is_gsm7(text: str) -> bool:
    """Tell whether every character of `text` has a GSM-7 form, as `text` stands."""
    return all(character in BASIC or character in EXTENSION for character in text)


def beyond_gsm7(text: str) -> list[str]:
    """List the characters that make a text cost UCS-2, each once, in order of appearance.

    For editors: one curly quote in an English text more than doubles its price. The text is
    NFC-normalised first, as it is when it is sent.
    """
    composed = unicodedata.normalize("NFC", text)
    return [c for c in dict.fromkeys(composed) if septets(c) is None]
