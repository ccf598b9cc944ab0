"""A text as the short messages it is sent in."""

from __future__ import annotations

from dataclasses import dataclass, field

from safar.gateway.providers.base import ContentError
from safar.gateway.providers.smpp.alphabets import DEFAULT, UCS2, Alphabet, gsm7
from safar.gateway.sms.udh import MOST_PARTS, header_for
from safar.messaging.breaks import clusters
from safar.messaging.segments import PART_LIMIT, SINGLE_LIMIT, measure, normal, split, utf16_units

_WITH_HEADER = 0x40
"""Bit of esm_class that says that a user data header stands before the text."""


@dataclass(frozen=True)
class Piece:
    """One short message: its octets, and how they are to be read."""

    octets: bytes = field(repr=False)
    data_coding: int
    esm_class: int


def pieces_of(text: str, reference: int, default: Alphabet) -> list[Piece]:
    """Cut a text.

    Args:
        text: The words.
        reference: Our number of the message, the same at every try: a part sent twice is told
            apart by it from a part of another message.
        default: What the carrier takes data coding 0 for.

    Raises:
        ContentError: It has more parts than can be numbered.
    """
    text = normal(text)
    data_coding, octets = DEFAULT, [b""]
    if measure(text).encoding == "UCS-2":
        data_coding, octets = UCS2, [part.encode("utf-16-be") for part in split(text)]
    elif default == "gsm7":
        octets = [gsm7(part) for part in split(text)]
    elif _is_latin1(text):
        octets = [part.encode("latin-1") for part in split(text)]
    else:
        # A euro sign is in GSM-7 and not in Latin-1.
        data_coding, octets = UCS2, [part.encode("utf-16-be") for part in _by_clusters(text)]
    total = len(octets)
    if total > MOST_PARTS:
        raise ContentError("too_long", f"A message has at most {MOST_PARTS} parts.")
    if total == 1:
        return [Piece(octets[0], data_coding, 0)]
    return [
        Piece(header_for(reference, total, place) + part, data_coding, _WITH_HEADER)
        for place, part in enumerate(octets, start=1)
    ]


def _is_latin1(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _by_clusters(text: str) -> list[str]:
    if utf16_units(text) <= SINGLE_LIMIT["UCS-2"]:
        return [text]
    parts = [""]
    for cluster in clusters(text):
        if utf16_units(parts[-1] + cluster) > PART_LIMIT["UCS-2"]:
            parts.append("")
        parts[-1] += cluster
    return parts
