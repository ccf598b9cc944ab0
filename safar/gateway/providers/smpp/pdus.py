"""The PDUs that we send, and the answers to them, through smpplib.

Only its making and reading of PDUs is used. Its client belongs to one thread, forgets half a PDU
at a time-out, takes any length it is told, and writes whole PDUs to its log.
"""

from __future__ import annotations

import logging
import struct
from dataclasses import dataclass, field

from smpplib import command_codes, smpp  # type: ignore[import-untyped,unused-ignore]

from safar.gateway.providers.smpp.errors import MalformedError

HEADER = 16
RESPONSE = 0x80000000
NACK = 0x80000000
SUBMIT, DELIVER, DATA = 0x004, 0x005, 0x103
UNBIND, ENQUIRE, ALERT, OUTBIND = 0x006, 0x015, 0x102, 0x00B
BIND = 0x009


@dataclass(frozen=True)
class Frame:
    """One PDU as it came: its header, and the body as it stands."""

    command: int
    status: int
    sequence: int
    octets: bytes = field(repr=False)

    @property
    def body(self) -> bytes:
        """What stands after the header."""
        return self.octets[HEADER:]

    @property
    def is_response(self) -> bool:
        """Whether it answers something of ours."""
        return bool(self.command & RESPONSE)


def silence() -> None:
    """Let smpplib log nothing: it would write what people say."""
    logging.getLogger("smpplib").setLevel(logging.CRITICAL + 1)


def frame_of(octets: bytes) -> Frame:
    """Read the header of a whole PDU."""
    command, status, sequence = struct.unpack(">4xLLL", octets[:HEADER])
    return Frame(command, status, sequence, octets)


def request(name: str, sequence: int, **fields: object) -> bytes:
    """Make a request, such as ``submit_sm``."""
    pdu = smpp.make_pdu(name, sequence=sequence, **fields)
    # Its constructor keeps the number of a client that is not there.
    pdu.sequence = sequence
    return bytes(pdu.generate())


def answer(command: int, sequence: int, status: int) -> bytes:
    """Make the answer to a request of the SMSC; to one nobody knows it is ``generic_nack``."""
    try:
        name = command_codes.get_command_name(command | RESPONSE) if command else "generic_nack"
        pdu = smpp.make_pdu(name, sequence=sequence, status=status)
    except Exception:  # noqa: BLE001 - smpplib has an error class of its own for each module
        pdu = smpp.make_pdu("generic_nack", sequence=sequence, status=status)
    pdu.sequence, pdu.status = sequence, status
    return bytes(pdu.generate())


def message_id_of(frame: Frame) -> str:
    """Return the id that the SMSC gave a message; empty where it gave none.

    Raises:
        MalformedError: The answer cannot be read.
    """
    try:
        pdu = smpp.parse_pdu(frame.octets, sequence=0, allow_unknown_opt_params=True)
        named = pdu.message_id or b""
    except Exception:  # noqa: BLE001 - it fails in a dozen ways on octets that make no sense
        raise MalformedError("unreadable_answer") from None
    return str(named.decode("ascii", "replace").strip())
