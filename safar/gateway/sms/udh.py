"""The user data header that tells which parts make one message (3GPP TS 23.040, 9.2.3.24.1)."""

from __future__ import annotations

from typing import NamedTuple

_CONCATENATION_8_BIT, _CONCATENATION_16_BIT = 0x00, 0x08
_PORTS_8_BIT, _PORTS_16_BIT = 0x04, 0x05
_LENGTHS = {_CONCATENATION_8_BIT: 3, _CONCATENATION_16_BIT: 4}
MOST_PARTS = 255


class Concatenation(NamedTuple):
    """Which part of which message: ``reference`` is the sender's number of the message."""

    bits: int
    reference: int
    parts: int
    part: int


def concatenation(header: bytes) -> Concatenation | None:
    """Return what a header says about parts, None where it says nothing that makes sense.

    Args:
        header: With its length in front, as it stands in the message; hostile.
    """
    for element, data in _elements(header):
        if element not in _LENGTHS or len(data) != _LENGTHS[element]:
            continue
        reference, parts, part = int.from_bytes(data[:-2], "big"), data[-2], data[-1]
        # Numbers that cannot be mean that the element is to be ignored.
        if parts > 1 and 1 <= part <= parts:
            return Concatenation(8 * (len(data) - 2), reference, parts, part)
    return None


def has_ports(header: bytes) -> bool:
    """Tell whether the message is for a program of the phone, such as a notice of a picture."""
    return any(element in {_PORTS_8_BIT, _PORTS_16_BIT} for element, _ in _elements(header))


def header_for(reference: int, parts: int, part: int) -> bytes:
    """Make the header of one part, six octets, as `safar.messaging.segments` leaves room for.

    Raises:
        ValueError: There are too many parts, or no such part.
    """
    if not 1 <= part <= parts <= MOST_PARTS:
        raise ValueError(f"There is no part {part} of {parts}; a message has 1 to {MOST_PARTS}.")
    return bytes([5, _CONCATENATION_8_BIT, 3, reference % 256, parts, part])


def _elements(header: bytes) -> list[tuple[int, bytes]]:
    found = []
    rest = header[1 : 1 + header[0]] if header else b""
    while len(rest) >= 2:  # noqa: PLR2004 - an identifier and a length
        element, length = rest[0], rest[1]
        data = rest[2 : 2 + length]
        if len(data) < length:
            break
        found.append((element, data))
        rest = rest[2 + length :]
    return found
