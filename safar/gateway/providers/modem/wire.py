"""What parent and modem process say to each other: one JSON object a line.

Nothing here shows a text or a number in its repr or in an error of validation.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

LONGEST_LINE = 65_536
"""Bytes; a line that is longer is no message of ours."""

Coding = Literal["gsm7", "ucs2"]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Open(_Line):
    """First command: open the modem; fields as in `ModemSettings`."""

    do: Literal["open"] = "open"
    device: str
    connection: str
    model: str = ""
    cnmi: str = ""
    smsc: str = Field(default="", repr=False)
    poll_seconds: float
    heartbeat_seconds: float
    call_seconds: float
    send_seconds: float
    status_seconds: float


class Pin(_Line):
    """The PIN, asked for by `PinNeeded`."""

    do: Literal["pin"] = "pin"
    pin: str = Field(repr=False)


class Send(_Line):
    """Send one part.

    Attributes:
        number: Where to.
        text: The part, as `units_of` writes it.
        coding: Alphabet of the whole message.
        udh: User data header in hexadecimal digits, empty for a message of one part.
        validity_minutes: How long the network may keep trying.
    """

    do: Literal["send"] = "send"
    id: int
    number: str = Field(repr=False)
    text: str = Field(repr=False)
    coding: Coding
    udh: str = ""
    validity_minutes: int


class Delete(_Line):
    """Remove what was received and is stored; ``token`` as in `Received` or `Report`."""

    do: Literal["delete"] = "delete"
    token: str


class AskBalance(_Line):
    """Ask the network by USSD."""

    do: Literal["balance"] = "balance"
    code: str


class Exit(_Line):
    """Close the modem and end."""

    do: Literal["exit"] = "exit"


class Alive(_Line):
    """A heartbeat: the next sign of life comes within so many seconds, or something hangs."""

    event: Literal["alive"] = "alive"
    within: float


class Identity(_Line):
    """The modem is open; who it is."""

    event: Literal["identity"] = "identity"
    imei: str
    manufacturer: str = ""
    model: str = ""


class PinNeeded(_Line):
    """The SIM card is locked; its stick is named so that a wrong PIN is not tried twice."""

    event: Literal["pin_needed"] = "pin_needed"
    imei: str


class Received(_Line):
    """One part of a message that lies in the modem's memory.

    Attributes:
        token: For `Delete`; empty where the modem keeps no copy.
        at: Time of the message centre, None where it makes no sense.
        udh: User data header in hexadecimal digits.
        text: As `units_of` writes it.
        binary: Whether ``text`` holds hexadecimal digits of data instead of words.
    """

    event: Literal["received"] = "received"
    token: str
    sender: str = Field(repr=False)
    smsc: str = ""
    at: AwareDatetime | None = None
    udh: str = ""
    text: str = Field(default="", repr=False)
    binary: bool = False


class Report(_Line):
    """A delivery report of the network.

    Attributes:
        token: For `Delete`.
        reference: Number the network gave the part when it took it.
        status: TP-Status (3GPP TS 23.040, 9.2.3.15).
        text: What libGammu makes of it.
    """

    event: Literal["report"] = "report"
    token: str
    recipient: str = Field(repr=False)
    reference: int
    status: int
    text: str = ""


class ReadAll(_Line):
    """Everything in the modem's memory was read; so many parts."""

    event: Literal["read_all"] = "read_all"
    count: int


class Sending(_Line):
    """From now on the part may have been sent."""

    event: Literal["sending"] = "sending"
    id: int


class Sent(_Line):
    """The network took the part and gave it this number; -1 where the modem did not say."""

    event: Literal["sent"] = "sent"
    id: int
    reference: int


class NotSent(_Line):
    """Sending failed; whether it was sent all the same follows from the code."""

    event: Literal["not_sent"] = "not_sent"
    id: int
    code: str


class Status(_Line):
    """How the modem does; None where it cannot say."""

    event: Literal["status"] = "status"
    signal: int | None = None
    network: str | None = None
    registered: bool | None = None
    used: int | None = None
    size: int | None = None


class Balance(_Line):
    """The network's answer about the balance, empty if it gave none."""

    event: Literal["balance"] = "balance"
    text: str = Field(repr=False)


class Trouble(_Line):
    """Something failed; after a fatal one the process ends."""

    event: Literal["trouble"] = "trouble"
    code: str
    fatal: bool = False


Command = Annotated[
    Open | Pin | Send | Delete | AskBalance | Exit,
    Field(discriminator="do"),
]
Event = Annotated[
    Alive
    | Identity
    | PinNeeded
    | Received
    | Report
    | ReadAll
    | Sending
    | Sent
    | NotSent
    | Status
    | Balance
    | Trouble,
    Field(discriminator="event"),
]
COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)
EVENTS: TypeAdapter[Event] = TypeAdapter(Event)


def line_of(message: BaseModel) -> bytes:
    """Return a message as the line that stands for it, its end included."""
    return message.model_dump_json().encode() + b"\n"


def units_of(text: str) -> str:
    """Return a text as hexadecimal digits of its UTF-16 units.

    A part may begin or end with half an emoji, which is no text of its own and fits no JSON.
    """
    return text.encode("utf-16-be", "surrogatepass").hex()


def text_of(units: str) -> str:
    """Return the text that `units_of` wrote."""
    return bytes.fromhex(units).decode("utf-16-be", "surrogatepass")


def printable(text: str, longest: int = 160) -> str:
    """Return what a modem or network says of itself, fit for a screen."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else " " for c in whole)[:longest].strip()
