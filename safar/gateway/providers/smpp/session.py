"""One session with the SMSC: bound, read by one thread, used for sending by several.

Answers are matched to requests by their number. What the SMSC brings is dealt with by a thread of
its own (`Intake`), so that a slow store holds up neither answers nor signs of life.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from safar.gateway.providers.base import TransientSendError, UnknownOutcomeError
from safar.gateway.providers.smpp import pdus
from safar.gateway.providers.smpp.connection import Connection
from safar.gateway.providers.smpp.errors import (
    INVALID_LENGTH,
    OK,
    TEMPORARY,
    UNKNOWN_COMMAND,
    BindRefusedError,
    LineError,
    MalformedError,
    error_of,
)
from safar.gateway.providers.smpp.pace import Timing
from safar.gateway.providers.smpp.pdus import Frame
from safar.gateway.providers.smpp.settings import SmppSettings

_TICK = 0.2
_VERSION = 0x34
_LAST_SEQUENCE = 0x7FFFFFFF
_PROBE_SECONDS = 1.0
_UNBIND_SECONDS = 2.0
_MOST_ABANDONED = 1000

_log = structlog.get_logger(__name__)


class Intake(Protocol):
    """Takes what the SMSC brings; must return at once."""

    def offer(self, frame: Frame) -> bool:
        """Take a message or a receipt; False when there is no room."""
        ...

    def confirmed(self, receipt: int) -> None:
        """Learn that the SMSC has read this answer of ours; see `Session.acknowledge`."""
        ...


@dataclass
class _Request:
    """Something we asked for. ``written`` is its place among all that we wrote."""

    written: int
    late: Callable[[Frame], object] | None = None
    abandoned: bool = False
    response: Frame | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Session:
    """A connection from bind to unbind."""

    def __init__(
        self, connection: Connection, settings: SmppSettings, timing: Timing, intake: Intake
    ) -> None:
        """Take over an open connection."""
        self._connection, self._settings, self._timing = connection, settings, timing
        self._intake = intake
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._requests: dict[int, _Request] = {}
        self._sequence = self._written = 0
        self._unread: dict[int, int] = {}
        self._heard_at = self._probed_at = timing.now()
        self._probe: _Request | None = None
        self._over = False
        self.bound = False

    def bind(self) -> None:
        """Introduce ourselves.

        Raises:
            BindRefusedError: The SMSC says no.
            LineError: It says nothing, or something that makes no sense.
        """
        request = self._ask(
            "bind_transceiver",
            system_id=self._settings.system_id,
            password=self._settings.password.get_secret_value(),
            system_type=self._settings.system_type,
            interface_version=_VERSION,
        )
        end = self._timing.now() + self._settings.response_seconds
        while request.response is None and self._timing.now() < end:
            self._read()
        if request.response is None:
            raise LineError("bind_unanswered")
        if request.response.status != OK:
            raise BindRefusedError(request.response.status)
        self.bound = True

    def run(self, stop: threading.Event) -> None:
        """Read until told to stop.

        Raises:
            LineError: The connection is over.
            MalformedError: What comes cannot be read any further.
        """
        while not stop.is_set():
            self._read()
            self._keep_alive()
        # What is being sent is awaited: its answers are on their way.
        end = self._timing.now() + self._settings.response_seconds
        while self._waiting() and self._timing.now() < end:
            self._read()
        self.bound = False
        goodbye = self._ask("unbind")
        end = self._timing.now() + _UNBIND_SECONDS
        while goodbye.response is None and self._timing.now() < end:
            self._read()

    def close(self) -> None:
        """Let go of the connection; whoever waits for an answer learns that none will come."""
        with self._lock:
            self.bound, self._over = False, True
            requests = list(self._requests.values())
            self._requests.clear()
        for request in requests:
            request.done.set()
        self._connection.close()

    def submit(self, late: Callable[[str], object], **fields: object) -> str:
        """Hand a short message over and wait for the answer.

        Args:
            late: Called from another thread with the SMSC's id, should it take the message
                after we had given up waiting.
            fields: Those of ``submit_sm``.

        Returns:
            The SMSC's id of it; empty where it gave none.

        Raises:
            SendError: As the SMSC said, or as far as it can be known.
        """
        if not self.bound:
            raise TransientSendError("no_connection")

        def answered_late(frame: Frame) -> None:
            if frame.status == OK:
                late(_id_of(frame))

        try:
            request = self._ask("submit_sm", late=answered_late, **fields)
        except LineError:
            self._connection.end()
            raise TransientSendError("no_connection") from None
        request.done.wait(self._settings.response_seconds)
        with self._lock:
            response = request.response
            request.abandoned = response is None
        if response is None:
            raise UnknownOutcomeError("answer_lost")
        if response.status != OK:
            raise error_of(response.status, _id_of(response))
        return _id_of(response)

    def acknowledge(self, frame: Frame, status: int, receipt: int | None = None) -> None:
        """Answer something that the SMSC asked for.

        Args:
            frame: The request.
            status: What became of it.
            receipt: Handed to `Intake.confirmed` once the SMSC has surely read this answer: when
                it answers something that we wrote after it.

        Raises:
            LineError: The connection is over.
        """
        octets = pdus.answer(frame.command, frame.sequence, status)
        with self._writing:
            self._written += 1
            if receipt is not None:
                with self._lock:
                    self._unread[self._written] = receipt
            self._connection.write(octets)

    def _ask(
        self, name: str, late: Callable[[Frame], object] | None = None, **fields: object
    ) -> _Request:
        # Writing and numbering go together: what the SMSC has read follows from the order.
        with self._writing:
            self._written += 1
            with self._lock:
                if self._over:
                    raise LineError("connection_lost")
                self._sequence = self._sequence % _LAST_SEQUENCE + 1
                sequence = self._sequence
                request = self._requests[sequence] = _Request(self._written, late)
                self._forget_abandoned()
            try:
                self._connection.write(pdus.request(name, sequence, **fields))
            except BaseException:
                with self._lock:
                    self._requests.pop(sequence, None)
                raise
        return request

    def _forget_abandoned(self) -> None:
        while len(self._requests) > _MOST_ABANDONED:
            del self._requests[next(iter(self._requests))]

    def _waiting(self) -> bool:
        with self._lock:
            return any(not each.abandoned for each in self._requests.values())

    def _read(self) -> None:
        try:
            frames = self._connection.read(_TICK)
        except MalformedError:
            self._connection.write(pdus.answer(0, 0, INVALID_LENGTH))
            raise
        for frame in frames:
            self._heard_at = self._timing.now()
            self._take(frame)

    def _take(self, frame: Frame) -> None:
        if frame.is_response:
            self._answered(frame)
        elif frame.command in {pdus.DELIVER, pdus.DATA}:
            if not self._intake.offer(frame):
                self.acknowledge(frame, TEMPORARY)
        elif frame.command == pdus.ENQUIRE:
            self.acknowledge(frame, OK)
        elif frame.command == pdus.UNBIND:
            self.acknowledge(frame, OK)
            raise LineError("unbound_by_other_side")
        elif frame.command not in {pdus.ALERT, pdus.OUTBIND}:
            _log.warning("smpp.unknown_command", device=self._settings.device)
            self.acknowledge(frame, UNKNOWN_COMMAND)

    def _answered(self, frame: Frame) -> None:
        with self._lock:
            request = self._requests.pop(frame.sequence, None)
            if request is None:
                return
            request.response = frame
            late = request.late if request.abandoned else None
            read = [at for at in self._unread if at < request.written]
            receipts = [self._unread.pop(at) for at in read]
        request.done.set()
        for receipt in receipts:
            self._intake.confirmed(receipt)
        if late is not None:
            late(frame)

    def _keep_alive(self) -> None:
        now = self._timing.now()
        if self._probe is not None and self._probe.response is None:
            if now - self._probed_at > self._settings.response_seconds:
                raise LineError("silent")
            return
        every = self._settings.enquire_seconds
        with self._lock:
            doubtful = bool(self._unread)
        if now - self._heard_at >= every or (doubtful and now - self._probed_at >= _PROBE_SECONDS):
            self._probed_at = now
            self._probe = self._ask("enquire_link")


def _id_of(frame: Frame) -> str:
    try:
        return pdus.message_id_of(frame)
    except MalformedError:
        # Taken or not says the status; without an id only its receipt cannot be found.
        return ""
