"""One modem: its process, watched, killed when it is silent, and started again."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import structlog

from safar.gateway.providers.base import ChannelPausedError, TransientSendError
from safar.gateway.providers.modem import usb, wire
from safar.gateway.providers.modem.process import CHILD, ModemChild
from safar.gateway.providers.modem.requests import Request
from safar.gateway.providers.modem.settings import ModemSettings
from safar.store.errors import StoreUnavailableError

State = Literal["ok", "searching", "silent", "resetting", "gone"]

_LOOK = 0.2
_GRACE = 2.0
_STEADY = 120.0
_LONGEST_BACKOFF = 60.0
_MARGIN = 15.0
_HANGING = frozenset({"silent", "timeout", "died"})

_log = structlog.get_logger(__name__)


@dataclass
class View:
    """How a modem does, for the table ``devices``; nothing of a person."""

    device: str
    imei: str | None = None
    state: State = "gone"
    signal: int | None = None
    network: str | None = None
    balance: str | None = None
    resets: int = 0
    error_code: str | None = None

    @property
    def name(self) -> str:
        """Its IMEI, or its path while that is not known."""
        return self.imei or self.device


class Desk(Protocol):
    """Who takes what a modem brings. An error leaves everything in the modem's memory."""

    def welcome(self, modem: Modem, imei: str) -> bool:
        """Say whether this modem is no other one's second port."""
        ...

    def pin(self, imei: str) -> str | None:
        """Give the PIN of a locked SIM card, None where it must not be tried."""
        ...

    def pin_refused(self, imei: str) -> None:
        """Note that the PIN was wrong."""
        ...

    def received(self, modem: Modem, part: wire.Received) -> None:
        """Store a part; after this it is deleted from the modem."""
        ...

    def reported(self, modem: Modem, report: wire.Report) -> None:
        """Apply a delivery report; after this it is deleted from the modem."""
        ...

    def read_all(self, modem: Modem) -> None:
        """Hand on what is complete."""
        ...

    def changed(self, modem: Modem) -> None:
        """Write down how the modem does."""
        ...


@dataclass
class Timing:
    """How time passes: a monotonic clock in seconds, and waiting; tests have their own."""

    now: Callable[[], float]
    sleep: Callable[[float], object]


@dataclass
class _Line:
    """A process that runs, and the deadline of its next sign of life."""

    child: ModemChild
    deadline: float
    reason: str = "died"
    identified: bool = False
    over: bool = False
    pin_given: bool = False
    requests: dict[int, Request] = field(default_factory=dict)


class Modem:
    """Keeps one device going; `run` in a thread of its own, `send` from any."""

    def __init__(
        self,
        device: str,
        settings: ModemSettings,
        desk: Desk,
        timing: Timing,
        command: Sequence[str] = CHILD,
    ) -> None:
        """Take what it works with; nothing is started."""
        self.view = View(device)
        self._settings, self._desk, self._timing = settings, desk, timing
        self._command = command
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._line: _Line | None = None
        self._usable = False
        self._numbers = 0
        self._next_at = timing.now()
        self._down_since: float | None = timing.now()
        self._usb: Path | None = None
        self._reading_since: float | None = None

    @property
    def reading_for(self) -> float | None:
        """Seconds since it began to bring what lies in its memory, None while it does not."""
        since = self._reading_since
        return None if since is None else self._timing.now() - since

    @property
    def usable(self) -> bool:
        """Whether it can send now: open, and in the network as far as it can tell."""
        return self._usable and self.view.state == "ok"

    @property
    def down_for(self) -> float:
        """Seconds since it could send last, 0 while it can."""
        since = self._down_since
        return 0.0 if since is None else self._timing.now() - since

    @property
    def pid(self) -> int | None:
        """Number of its process, if one runs."""
        line = self._line
        return line.child.pid if line else None

    def run(self, stop: threading.Event) -> None:
        """Serve until told to stop, starting the process again whenever it ends."""
        failures = 0
        while not stop.is_set():
            if not os.path.exists(self.view.device):
                self._note("gone", "unplugged")
                stop.wait(1)
                continue
            began = self._timing.now()
            line = self._serve(stop)
            if stop.is_set():
                break
            failures = 1 if self._timing.now() - began > _STEADY else failures + 1
            if line.reason == "unplugged":
                self._note("gone", line.reason)
                continue
            self._start_again(line)
            stop.wait(min(2.0 ** (failures - 1) / 2, _LONGEST_BACKOFF))
        self._note("gone", None)

    def _start_again(self, line: _Line) -> None:
        hung = line.reason in _HANGING
        # One that never came up needs a person; it is tried again, but was not reset.
        if line.identified or hung:
            self.view.resets += 1
        self._note("resetting", line.reason)
        _log.warning("modem.reset", device=self.view.name, reason=line.reason)
        if hung and self._settings.usb_reset and self._usb is not None:
            done = usb.reset(self._usb)
            _log.warning("modem.usb_reset", device=self.view.name, done=done)

    def send(self, part: Callable[[int], wire.Send]) -> int:
        """Send one part and return the network's number of it.

        Args:
            part: Makes the command for a number of ours.

        Raises:
            SendError: As `safar.gateway.providers.base.Provider.send`.
        """
        with self._turn:
            self._wait_for_turn()
            request = Request()
            with self._lock:
                line = self._line
                if line is None or not self.usable:
                    raise ChannelPausedError("no_modem")
                self._numbers += 1
                line.requests[self._numbers] = request
                command = part(self._numbers)
            if not line.child.write(command):
                raise TransientSendError("modem_died")
            limit = self._settings.call_seconds + self._settings.send_seconds + _MARGIN
            return request.wait(limit)

    def ask_balance(self) -> None:
        """Have the network asked for the prepaid balance."""
        line = self._line
        if line is not None and self.usable and self._settings.balance_ussd:
            line.child.write(wire.AskBalance(code=self._settings.balance_ussd))

    def _wait_for_turn(self) -> None:
        """Let no more messages out than the network and the tariff bear."""
        wait = self._next_at - self._timing.now()
        if wait > 0:
            self._timing.sleep(wait)
        self._next_at = self._timing.now() + 1 / self._settings.sms_per_second

    def _serve(self, stop: threading.Event) -> _Line:
        settings = self._settings
        self._usb = usb.device_folder(self.view.device) or self._usb
        child = ModemChild(self._command)
        line = _Line(child, self._timing.now() + settings.call_seconds + _MARGIN)
        with self._lock:
            self._line = line
        try:
            child.write(_opening(self.view.device, settings))
            self._listen(line, stop)
            if stop.is_set() and child.write(wire.Exit()):
                child.wait(_GRACE)
        finally:
            self._end(line)
        return line

    def _listen(self, line: _Line, stop: threading.Event) -> None:
        while True:
            if stop.is_set() and self._finished(line):
                return
            for event in line.child.read(_LOOK):
                line.deadline = max(
                    line.deadline, self._timing.now() + self._settings.heartbeat_seconds + _GRACE
                )
                self._take(event, line)
            if line.child.ended or line.over:
                return
            if self._timing.now() > line.deadline:
                line.reason = "silent"
                self._note("silent", "silent")
                return

    def _finished(self, line: _Line) -> bool:
        """Take no more messages; say whether those on their way are out."""
        with self._lock:
            self._usable = False
            return not line.requests

    def _end(self, line: _Line) -> None:
        with self._lock:
            self._usable, self._line = False, None
        self._reading_since = None
        for event in line.child.kill():
            # What it did before it died counts: a part it has sent must not be sent again.
            if isinstance(event, wire.Sending | wire.Sent | wire.NotSent):
                self._take(event, line)
        for request in line.requests.values():
            if not line.child.ended:
                request.began()  # It cannot be killed, so nobody knows what it still does.
            request.lost()

    def _take(self, event: wire.Event, line: _Line) -> None:
        try:
            self._handle(event, line)
        except StoreUnavailableError as error:
            # What was not stored stays in the modem, and is read again.
            _log.error("modem.store_unavailable", device=self.view.name, code=error.code)
        except Exception as error:  # noqa: BLE001 - one message must not end the modem's service
            _log.error("modem.failed", device=self.view.name, error=type(error).__name__)

    def _handle(self, event: wire.Event, line: _Line) -> None:  # noqa: PLR0912 - one branch an event
        match event:
            case wire.Alive():
                line.deadline = self._timing.now() + event.within + _GRACE
            case wire.Identity():
                self._identified(event, line)
            case wire.PinNeeded():
                self._unlock(event, line)
            case wire.Received():
                if self._reading_since is None:
                    self._reading_since = self._timing.now()
                self._desk.received(self, event)
                self._delete(event.token, line)
            case wire.Report():
                self._desk.reported(self, event)
                self._delete(event.token, line)
            case wire.ReadAll():
                self._reading_since = None
                self._desk.read_all(self)
            case wire.Sending():
                if event.id in line.requests:
                    line.requests[event.id].began()
            case wire.Sent():
                if event.id in line.requests:
                    line.requests.pop(event.id).sent(event.reference)
            case wire.NotSent():
                if event.id in line.requests:
                    line.requests.pop(event.id).failed(event.code)
            case wire.Status():
                self._measured(event)
            case wire.Balance():
                self.view.balance = event.text or self.view.balance
                self._desk.changed(self)
            case wire.Trouble():
                self._troubled(event, line)

    @staticmethod
    def _delete(token: str, line: _Line) -> None:
        if token:
            line.child.write(wire.Delete(token=token))

    def _identified(self, event: wire.Identity, line: _Line) -> None:
        if not self._desk.welcome(self, event.imei):
            _log.error("modem.second_port", device=self.view.device)
            line.reason, line.over = "second_port", True
            return
        self.view.imei = event.imei
        line.identified = self._usable = True

    def _unlock(self, event: wire.PinNeeded, line: _Line) -> None:
        pin = self._desk.pin(event.imei)
        if pin is not None:
            line.pin_given = True
            self.view.imei = event.imei
            line.child.write(wire.Pin(pin=pin))
        else:
            # Any other answer makes the process say that the PIN is needed, and end.
            line.child.write(wire.Exit())

    def _measured(self, event: wire.Status) -> None:
        self.view.signal, self.view.network = event.signal, event.network
        full = event.size is not None and event.used is not None and event.used >= event.size > 0
        if full:
            _log.warning("modem.memory_full", device=self.view.name)
        # A modem that cannot tell is believed to be in the network; sending shows it.
        state: State = "searching" if event.registered is False else "ok"
        self._note(state, "memory_full" if full else None, always=True)

    def _troubled(self, event: wire.Trouble, line: _Line) -> None:
        self._reading_since = None
        if event.fatal:
            line.reason = event.code
            if line.pin_given and event.code == "securityerror" and self.view.imei:
                self._desk.pin_refused(self.view.imei)
        _log.warning("modem.trouble", device=self.view.name, code=event.code, fatal=event.fatal)
        self.view.error_code = event.code

    def _note(self, state: State, error_code: str | None, *, always: bool = False) -> None:
        """Write the state down when it changes."""
        new = (state, error_code)
        if not always and new == (self.view.state, self.view.error_code):
            return
        self.view.state, self.view.error_code = state, error_code
        if self.usable:
            self._down_since = None
        elif self._down_since is None:
            self._down_since = self._timing.now()
        self._desk.changed(self)


def _opening(device: str, settings: ModemSettings) -> wire.Open:
    return wire.Open(
        device=device,
        connection=settings.connection,
        model=settings.model,
        cnmi=settings.cnmi,
        smsc=settings.smsc,
        poll_seconds=settings.poll_seconds,
        heartbeat_seconds=settings.heartbeat_seconds,
        call_seconds=settings.call_seconds,
        send_seconds=settings.send_seconds,
        status_seconds=settings.status_seconds,
    )
