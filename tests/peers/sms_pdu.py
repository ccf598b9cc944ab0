"""Reads an SMS-SUBMIT as a network does, after 3GPP TS 23.040; it shares no code with Safar."""

from __future__ import annotations

from dataclasses import dataclass

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
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


@dataclass(frozen=True)
class Submitted:
    """What a message says to the network and to the receiver."""

    number: str
    text: str
    coding: str
    udh: bytes
    report: bool
    validity_minutes: int | None
    octets: int


def decode_submit(pdu: bytes) -> Submitted:
    """Decode a message as it is given to a modem, its message centre in front.

    Raises:
        ValueError: It is no SMS-SUBMIT, or longer than an SMS can be.
    """
    rest = pdu[1 + pdu[0] :]
    first, rest = rest[0], rest[2:]
    if first & 0x03 != 0x01:
        raise ValueError("This is no SMS-SUBMIT.")
    digits, kind = rest[0], rest[1]
    packed, rest = rest[2 : 2 + (digits + 1) // 2], rest[2 + (digits + 1) // 2 :]
    number = "".join(f"{octet & 15:x}{octet >> 4:x}" for octet in packed)[:digits]
    scheme, rest = rest[1], rest[2:]
    validity = None
    if first >> 3 & 3 == 2:
        validity, rest = _validity(rest[0]), rest[1:]
    length, data = rest[0], rest[1:]
    udh = data[: 1 + data[0]] if first & 0x40 else b""
    if scheme & 0x0C == 0x08:
        coding, text = "ucs2", data[len(udh) : length].decode("utf-16-be")
    elif scheme & 0x0C == 0:
        coding, text = "gsm7", _seven_bits(data, length, len(udh))
    else:
        raise ValueError("The coding is neither GSM 7-bit nor UCS-2.")
    if len(data) > 140:
        raise ValueError("An SMS holds 140 octets.")
    return Submitted(
        number=("+" if kind & 0x70 == 0x10 else "") + number,
        text=text,
        coding=coding,
        udh=udh,
        report=bool(first & 0x20),
        validity_minutes=validity,
        octets=len(data),
    )


def _seven_bits(data: bytes, septets: int, header: int) -> str:
    bits = int.from_bytes(data, "little")
    # The text begins at the first septet boundary behind the header.
    first = (header * 8 + 6) // 7
    text, escaped = "", False
    for place in range(first, septets):
        value = bits >> (7 * place) & 0x7F
        if escaped:
            text, escaped = text + _EXTENSION[value], False
        elif value == _ESCAPE:
            escaped = True
        else:
            text += _BASIC[value]
    if escaped:
        raise ValueError("The text ends in the middle of a character.")
    return text


def _validity(value: int) -> int:
    if value <= 143:
        return (value + 1) * 5
    if value <= 167:
        return 12 * 60 + (value - 143) * 30
    if value <= 196:
        return (value - 166) * 24 * 60
    return (value - 192) * 7 * 24 * 60
