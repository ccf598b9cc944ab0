"""What an officer writes, as it goes out: its form on the channel, its length, its price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from safar.cases.canned import GAP
from safar.cases.errors import CaseRefusedError
from safar.console.i18n import marked
from safar.gateway.messages import Kind, OutgoingText
from safar.gateway.reach import Way
from safar.messaging.fold import fold
from safar.messaging.render import PROVIDER_LIMIT
from safar.messaging.segments import PART_LIMIT, SINGLE_LIMIT, measure, normal, utf16_units
from safar.phrasing.catalogue import Catalogue

MOST_SEGMENTS: Final = 8
"""Longer a text arrives in pieces, out of order or not at all, on the telephones that people have.
It is not paged either: whoever asks for more asks the officer, while an officer has it."""

IN_TEMPLATE: Final = 1024
"""Letters that a template of WhatsApp takes."""

EMPTY: Final = marked("Write the reply first.")
OPEN_GAP: Final = marked("There is a gap in the reply still. Write what belongs there.")
TOO_MANY_SMS: Final = marked(
    "This reply would be more than 8 SMS. Shorten it, or send it in two replies."
)
TOO_LONG: Final = marked("This reply is too long for WhatsApp. Send it in two replies.")
TOO_LONG_FOR_TEMPLATE: Final = marked(
    "The person wrote more than 24 hours ago, so this goes in a template, which takes 1024 letters."
    " Shorten the reply."
)
STOPPED: Final = marked(
    "This person asked to get no more messages, so nothing can be sent. Call them, or wait until"
    " they write again."
)
WINDOW_CLOSED: Final = marked(
    "The person wrote on WhatsApp more than 24 hours ago, so WhatsApp takes no text to them, and no"
    " template is set up. Call them, or wait until they write again."
)


@dataclass(frozen=True)
class Draft:
    """A text as it would go out.

    Attributes:
        text: As the person reads it.
        encoding: ``GSM-7`` or ``UCS-2``; empty where the channel is none of SMS.
        units: What counts towards the length, in that encoding.
        segments: How many SMS it is; 0 where the channel is another.
        room: Units until it needs one SMS more; on another channel until it is too long.
        fault: Why it cannot go out; None: it can.
    """

    text: str
    encoding: str
    units: int
    segments: int
    room: int
    fault: str | None

    def cost(self, price: Decimal | None) -> Decimal | None:
        """Return what it costs at a price per SMS; None where that is not known."""
        return None if price is None or not self.segments else price * self.segments


def draft(catalogue: Catalogue, way: Way, variant: str, text: str) -> Draft:
    """Return what would go out of a text as it was written."""
    clean = normal(text.replace("\r\n", "\n")).strip()
    if way.channel == "sms":
        return _as_sms(catalogue, way, variant, clean)
    shown = " ".join(clean.split()) if way.in_template else clean
    longest = IN_TEMPLATE if way.in_template else PROVIDER_LIMIT
    units = utf16_units(shown)
    fault = _fault(way, shown)
    if fault is None and units > longest:
        fault = TOO_LONG_FOR_TEMPLATE if way.in_template else TOO_LONG
    return Draft(shown, "", units, 0, longest - units, fault)


def outgoing(
    catalogue: Catalogue, way: Way, variant: str, text: str, kind: Kind = "officer"
) -> OutgoingText:
    """Return a text as the outbox takes it.

    Raises:
        CaseRefusedError: It cannot go out as it is; the sentence says why.
    """
    ready = draft(catalogue, way, variant, text)
    if ready.fault is not None:
        raise CaseRefusedError("reply", ready.fault)
    if ready.segments:
        return OutgoingText(
            text=ready.text,
            segments=ready.segments,
            encoding=_ENCODINGS[ready.encoding],
            kind=kind,
            variant=variant,
        )
    # Should WhatsApp not reach them and they have written by SMS before, it goes there.
    second = _as_sms(catalogue, way, variant, ready.text)
    short = second.segments <= MOST_SEGMENTS
    return OutgoingText(
        text=ready.text,
        kind=kind,
        variant=variant,
        sms_text=second.text if short else None,
        sms_segments=second.segments if short else 0,
    )


_ENCODINGS: Final = {"GSM-7": "gsm7", "UCS-2": "ucs2"}


def _as_sms(catalogue: Catalogue, way: Way, variant: str, clean: str) -> Draft:
    shown = fold(clean, catalogue.sms_letters(variant))
    size = measure(shown)
    limit = (
        SINGLE_LIMIT[size.encoding]
        if size.segments == 1
        else size.segments * PART_LIMIT[size.encoding]
    )
    fault = _fault(way, shown)
    if fault is None and size.segments > MOST_SEGMENTS:
        fault = TOO_MANY_SMS
    room = max(0, limit - size.units)
    return Draft(shown, size.encoding, size.units, size.segments, room, fault)


def _fault(way: Way, shown: str) -> str | None:
    if way.stopped:
        return STOPPED
    if way.closed:
        return WINDOW_CLOSED
    if not shown:
        return EMPTY
    return OPEN_GAP if GAP in shown else None
