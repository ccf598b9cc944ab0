"""What a command status of the SMSC means for a message, and what can go wrong on the line.

The statuses stand in SMPP 3.4, 5.1.3. A status other than 0 says that the message was not taken,
so sending again is safe. One that is not listed, carriers have their own from 0x400 on, counts as
passing: the dispatcher gives up after some hours.
"""

from __future__ import annotations

from datetime import timedelta

from safar.gateway.providers.base import (
    ChannelPausedError,
    ContentError,
    FailureKind,
    RecipientError,
    SendError,
    TransientSendError,
    UnknownOutcomeError,
)

OK = 0x00
INVALID_LENGTH, UNKNOWN_COMMAND, TEMPORARY, PERMANENT = 0x02, 0x03, 0x64, 0x65
ALREADY_BOUND = 0x05
THROTTLED, QUEUE_FULL = 0x58, 0x14

_WAIT = {
    THROTTLED: timedelta(seconds=5),
    QUEUE_FULL: timedelta(seconds=30),
    TEMPORARY: timedelta(seconds=10),
}
_CODES: dict[FailureKind, frozenset[int]] = {
    # Not bound, bound already, refused at the door; and our own address refused, which is so for
    # everybody until somebody sets another one.
    FailureKind.CHANNEL: frozenset({0x04, 0x05, 0x0A, 0x0D, 0x0E, 0x0F, 0x48, 0x49, 0x53}),
    FailureKind.RECIPIENT: frozenset({0x0B, 0x33, 0x34, 0x40, 0x50, 0x51}),
    FailureKind.CONTENT: frozenset(
        {0x01, 0x02, 0x03, 0x06, 0x07, 0x15, 0x42, 0x43, 0x44, 0x54, 0x61, 0x62, 0x63, 0x65, 0x66}
        | {0xC0, 0xC1, 0xC2, 0xC3, 0xC4}
    ),
}
_CLASSES: dict[FailureKind, type[SendError]] = {
    FailureKind.CHANNEL: ChannelPausedError,
    FailureKind.RECIPIENT: RecipientError,
    FailureKind.CONTENT: ContentError,
}


class LineError(Exception):
    """The connection is over.

    Attributes:
        code: A short word for tables and logs.
    """

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(f"The SMPP connection is over: {code}.")
        self.code = code


class BindRefusedError(LineError):
    """The SMSC knows us and says no.

    Attributes:
        status: Its reason.
    """

    def __init__(self, status: int) -> None:
        """Keep the status."""
        super().__init__(code_of(status))
        self.status = status

    @property
    def needs_somebody(self) -> bool:
        """Whether trying again is of no use until somebody acts."""
        return self.status in _CODES[FailureKind.CHANNEL] and self.status != ALREADY_BOUND


class MalformedError(ValueError):
    """A PDU is not what the standard says it is.

    Attributes:
        code: What is wrong, without what it held.
    """

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(f"The PDU is malformed: {code}.")
        self.code = code


def code_of(status: int) -> str:
    """Return a status as it stands in tables and logs, such as ``smpp_0058``."""
    return f"smpp_{status:04x}"


def error_of(status: int, message_id: str = "") -> SendError:
    """Return what follows from a status that answers a message.

    Args:
        status: Other than 0.
        message_id: What the SMSC named the message; with a refusal it should have named nothing.
    """
    code = code_of(status)
    if message_id:
        return UnknownOutcomeError(code)
    for kind, statuses in _CODES.items():
        if status in statuses:
            return _CLASSES[kind](code)
    return TransientSendError(code, retry_after=_WAIT.get(status))
