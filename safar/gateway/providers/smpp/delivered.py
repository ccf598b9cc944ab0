"""What the SMSC brings, read out of ``deliver_sm`` and ``data_sm``; strangers write most of it.

smpplib is not asked here: a single optional parameter that it does not expect, or one of another
length, would cost a person's message. What must be there is read strictly, what may be is read as
far as it makes sense.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from safar.gateway.providers.smpp.addresses import Address
from safar.gateway.providers.smpp.errors import MalformedError
from safar.gateway.providers.smpp.pdus import DATA, Frame
from safar.gateway.sms import udh
from safar.gateway.sms.udh import Concatenation

USER_REFERENCE, PAYLOAD, RECEIPTED_ID, MESSAGE_STATE = 0x0204, 0x0424, 0x001E, 0x0427
_SAR_REFERENCE, _SAR_TOTAL, _SAR_PLACE = 0x020C, 0x020E, 0x020F
_TYPE_BITS, _RECEIPT, _INTERMEDIATE = 0x3C, 0x04, 0x20
_WITH_HEADER = 0x40
_LONGEST_STRING = 256
_TLV_HEADER = 4


@dataclass(frozen=True)
class Delivered:
    """A message or a receipt. Its repr shows neither text nor number.

    Attributes:
        source: Who sent it.
        destination: Which address of ours it is for.
        esm_class: What kind it is.
        data_coding: How the octets are to be read.
        header: The user data header with its length in front, empty where there is none.
        octets: The text, as octets.
        parameters: The optional parameters by tag, the first of each.
    """

    source: Address = field(repr=False)
    destination: Address = field(repr=False)
    esm_class: int
    data_coding: int
    header: bytes
    octets: bytes = field(repr=False)
    parameters: dict[int, bytes] = field(repr=False)

    @property
    def is_receipt(self) -> bool:
        """Whether it says what became of a message of ours."""
        kind = self.esm_class & _TYPE_BITS
        # Some SMSCs leave the type out. What stands in the text alone proves nothing: anybody
        # can write such a text.
        named = {RECEIPTED_ID, MESSAGE_STATE} <= self.parameters.keys()
        return kind in {_RECEIPT, _INTERMEDIATE} or (kind == 0 and named)

    @property
    def concatenation(self) -> Concatenation | None:
        """Which part of which message it is, however that is said; None for a whole one."""
        joined = udh.concatenation(self.header)
        if joined is not None:
            return joined
        reference, parts, part = (
            self.number(tag) for tag in (_SAR_REFERENCE, _SAR_TOTAL, _SAR_PLACE)
        )
        if reference is None or parts is None or part is None:
            return None
        return Concatenation(0, reference, parts, part) if 1 <= part <= parts != 1 else None

    def number(self, tag: int) -> int | None:
        """Return an optional parameter that is a number of one or two octets."""
        value = self.parameters.get(tag)
        return int.from_bytes(value, "big") if value and len(value) <= 2 else None  # noqa: PLR2004

    def string(self, tag: int) -> str:
        """Return an optional parameter that is a string; empty where there is none."""
        return self.parameters.get(tag, b"").rstrip(b"\0").decode("ascii", "replace").strip()


def read(frame: Frame) -> Delivered:
    """Read a message out of a PDU.

    Raises:
        MalformedError: A mandatory field is not there.
    """
    body = _Octets(frame.body)
    body.string()  # service_type
    source = Address(body.number(), body.number(), body.string())
    destination = Address(body.number(), body.number(), body.string())
    esm_class = body.number()
    if frame.command == DATA:
        body.number()  # registered_delivery
        data_coding, octets = body.number(), b""
    else:
        body.take(2)  # protocol_id, priority_flag
        body.string()
        body.string()  # schedule_delivery_time, validity_period
        body.take(2)  # registered_delivery, replace_if_present_flag
        data_coding = body.number()
        body.number()  # sm_default_msg_id
        octets = body.take(body.number())
    parameters = _parameters(body.rest())
    octets = octets or parameters.get(PAYLOAD, b"")
    header = b""
    if esm_class & _WITH_HEADER and octets and octets[0] < len(octets):
        header, octets = octets[: octets[0] + 1], octets[octets[0] + 1 :]
    return Delivered(source, destination, esm_class, data_coding, header, octets, parameters)


def _parameters(octets: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while len(octets) >= _TLV_HEADER:
        tag, length = int.from_bytes(octets[:2], "big"), int.from_bytes(octets[2:4], "big")
        value = octets[_TLV_HEADER : _TLV_HEADER + length]
        if len(value) < length:
            break
        found.setdefault(tag, value)
        octets = octets[_TLV_HEADER + length :]
    return found


class _Octets:
    """The body of a PDU, read from the front."""

    def __init__(self, octets: bytes) -> None:
        self._octets, self._at = octets, 0

    def take(self, number: int) -> bytes:
        taken = self._octets[self._at : self._at + number]
        if len(taken) < number:
            raise MalformedError("too_short")
        self._at += number
        return taken

    def number(self) -> int:
        return self.take(1)[0]

    def string(self) -> str:
        end = self._octets.find(b"\0", self._at, self._at + _LONGEST_STRING)
        if end < 0:
            raise MalformedError("endless_string")
        text = self._octets[self._at : end]
        self._at = end + 1
        # Latin-1 takes any octet, so that a name survives as far as it can.
        return text.decode("latin-1")

    def rest(self) -> bytes:
        return self._octets[self._at :]
