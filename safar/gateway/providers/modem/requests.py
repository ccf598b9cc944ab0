"""What a thread that sends waits for, and what the outcome means."""

from __future__ import annotations

import threading
from typing import NoReturn

from safar.gateway.providers.base import (
    ChannelPausedError,
    ContentError,
    TransientSendError,
    UnknownOutcomeError,
)

_NOBODY_CAN_SEND = frozenset(
    {
        "nosim",
        "securityerror",
        "emptysmsc",
        "getting_smsc",
        "notconnected",
        "phoneoff",
        "noservice",
        "devicenotexist",
        "devicenopermission",
        "deviceopenerror",
        "devicelocked",
        "devicebusy",
    }
)
_OUR_FAULT = frozenset({"invaliddata", "notsupported", "notimplemented", "morememory"})
REFUSED = frozenset({"unknown", "full", "busy"})
"""The modem or the network said no. libGammu's binding does not say which of its reasons."""


class Request:
    """One part on its way through the modem process."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._done = threading.Event()
        self._began = False
        self._code: str | None = None
        self._reference = -1

    def began(self) -> None:
        """Note that from now on it may have been sent."""
        self._began = True

    def sent(self, reference: int) -> None:
        """Note that the network took it."""
        self._reference = reference
        self._done.set()

    def failed(self, code: str) -> None:
        """Note the modem's error."""
        self._code = code
        self._done.set()

    def lost(self) -> None:
        """Note that the process has ended without a word."""
        if not self._done.is_set():
            self.failed("modem_died")

    def wait(self, seconds: float) -> int:
        """Wait for the outcome and return the network's number of the part.

        Raises:
            TransientSendError: Surely not sent.
            ContentError: Never will be.
            UnknownOutcomeError: It may have been sent.
        """
        if not self._done.wait(seconds):
            raise UnknownOutcomeError("modem_silent")
        if self._code is not None:
            self._raise(self._code)
        return self._reference

    def _raise(self, code: str) -> NoReturn:
        if not self._began:
            raise TransientSendError(code)
        if code in _NOBODY_CAN_SEND:
            raise ChannelPausedError(code)
        if code in _OUR_FAULT:
            raise ContentError(code)
        if code in REFUSED:
            raise TransientSendError(f"refused_{code}")
        raise UnknownOutcomeError(code)
