"""Texts as octets and back, after the data coding of a message (SMPP 3.4, 5.2.19)."""

from __future__ import annotations

from typing import Literal

Alphabet = Literal["gsm7", "latin1"]

DEFAULT, UCS2 = 0, 8

_TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# A septet each, at its place (3GPP TS 23.038, 6.2.1); smpplib's own table has a mistake at 0x5F.
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_ESCAPE = 0x1B
_SEPTETS = {
    character: bytes([place]) for place, character in enumerate(_TABLE) if place != _ESCAPE
} | {character: bytes([_ESCAPE, place]) for place, character in _EXTENSION.items()}
_HIGHEST_SEPTET = 0x7F

_BINARY = frozenset({2, 4})
_OTHERS = {
    1: "latin-1",  # ASCII, and what is sent beyond it is Latin-1
    3: "latin-1",
    5: "shift_jis",
    6: "iso8859-5",
    7: "iso8859-8",
    10: "iso2022_jp",
    13: "euc_jp",
    14: "euc_kr",
}
# From 0x10 on it is the byte of 3GPP TS 23.038, section 4, as it is on the air.
_GSM_GROUPS, _WITH_CLASS = 0x10, 0xF0


def gsm7(text: str) -> bytes:
    """Return a text as GSM-7 septets, one in each octet, as SMSCs take them.

    Raises:
        ValueError: A character is not in that alphabet.
    """
    try:
        return b"".join(_SEPTETS[character] for character in text)
    except KeyError:
        raise ValueError("A character is not in the GSM-7 alphabet.") from None


def from_gsm7(octets: bytes) -> str:
    """Return the text of septets, one in each octet; what means nothing is a mark or a space."""
    text, escaped = [], False
    for octet in octets:
        if octet > _HIGHEST_SEPTET:
            text.append("\ufffd")
            escaped = False
        elif escaped:
            # An unknown extension shows as the plain character (TS 23.038, 6.2.1.1).
            text.append(_EXTENSION.get(octet, " " if octet == _ESCAPE else _TABLE[octet]))
            escaped = False
        elif octet == _ESCAPE:
            escaped = True
        else:
            text.append(_TABLE[octet])
    return "".join(text)


def text_of(data_coding: int, octets: bytes, default: Alphabet) -> str | None:
    """Return the text of what came in, perhaps with halves of characters; None for data.

    Args:
        data_coding: As it stands in the message.
        octets: Without the user data header; hostile.
        default: What the carrier means by data coding 0.
    """
    kind = _kind(data_coding)
    if kind in _BINARY:
        return None
    if kind == UCS2:
        whole = octets[: len(octets) // 2 * 2]
        return whole.decode("utf-16-be", "surrogatepass")
    codec = _OTHERS.get(kind)
    if codec is None and default == "latin1":
        codec = "latin-1"
    return from_gsm7(octets) if codec is None else octets.decode(codec, "replace")


def _kind(data_coding: int) -> int:
    """Return the coding of the low table (0 to 15) that a value means."""
    if data_coding < _GSM_GROUPS:
        return data_coding
    if data_coding >= _WITH_CLASS:
        return 4 if data_coding & 0x04 else DEFAULT
    if data_coding >= 0xC0:  # noqa: PLR2004 - indications that a message waits
        return UCS2 if data_coding & 0xF0 == 0xE0 else DEFAULT  # noqa: PLR2004
    return {0: DEFAULT, 1: 4, 2: UCS2, 3: DEFAULT}[data_coding >> 2 & 0x03]
