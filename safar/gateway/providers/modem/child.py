"""The modem process: ``python -m safar.gateway.providers.modem.child``, started by `process`.

It owns one modem and nothing else: no store, no keys. libGammu may hang in it or crash it, and
the parent kills it then. Commands come as lines on standard input, events go as lines to standard
output (`wire`). It dies with its parent.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from safar.gateway.providers.modem import wire
from safar.gateway.providers.modem.errors import PhoneError

if TYPE_CHECKING:
    from safar.gateway.providers.modem.phone import Phone

_PR_SET_PDEATHSIG = 1
_GIVE_UP_AFTER = 3
"""Failures of the modem in a row; a fresh start helps more than a fourth try."""
_STEP = 0.5
_FATAL_PREFIX = "device"

Connect = Callable[[wire.Open], "Phone"]


class Gone(Exception):
    """The parent has closed its end."""


class ModemProcess:
    """Serves one modem until told to exit."""

    def __init__(self, connect: Connect, stdin: int = 0, stdout: int = 1) -> None:
        """Take the function that opens a modem, and the two ends of the pipe."""
        self._connect, self._stdin, self._stdout = connect, stdin, stdout
        self._buffer = b""
        self._failures = 0

    def run(self) -> int:
        """Serve; return the exit code: 0 when told to end, 3 after a fatal trouble."""
        try:
            opening = self._command(None)
            if not isinstance(opening, wire.Open):
                return 2
            return self._serve(opening)
        except Gone:
            return 0

    def _serve(self, config: wire.Open) -> int:
        self._say(wire.Alive(within=config.call_seconds))
        try:
            phone = self._connect(config)
            identity = phone.identity()
            if not self._unlocked(phone, identity.imei, config):
                return 3
            phone.prepare()
            self._say(identity)
            self._say(phone.status())
        except PhoneError as error:
            self._say(wire.Trouble(code=error.code, fatal=True))
            return 3
        return self._loop(phone, config)

    def _unlocked(self, phone: Phone, imei: str, config: wire.Open) -> bool:
        code = phone.locked()
        if code is None:
            return True
        if code.upper() == "PIN":
            self._say(wire.PinNeeded(imei=imei))
            answer = self._command(config.heartbeat_seconds)
            if isinstance(answer, wire.Pin):
                phone.unlock(answer.pin)
                return True
        self._say(wire.Trouble(code=f"{wire.printable(code, 20).lower()}_needed", fatal=True))
        return False

    def _loop(self, phone: Phone, config: wire.Open) -> int:
        look_at = status_at = time.monotonic()
        while True:
            self._say(wire.Alive(within=config.heartbeat_seconds))
            if not os.path.exists(config.device):
                self._say(wire.Trouble(code="unplugged", fatal=True))
                return 3
            try:
                now = time.monotonic()
                command = self._command(min(_STEP, max(0.0, look_at - now)))
                if isinstance(command, wire.Exit):
                    phone.close()
                    return 0
                if command is not None:
                    self._obey(command, phone, config)
                    continue
                if time.monotonic() >= look_at:
                    self._read(phone, config)
                    look_at = time.monotonic() + config.poll_seconds
                if time.monotonic() >= status_at:
                    self._say(wire.Alive(within=config.call_seconds))
                    self._say(phone.status())
                    status_at = time.monotonic() + config.status_seconds
                self._failures = 0
            except PhoneError as error:
                if self._is_fatal(error.code):
                    self._say(wire.Trouble(code=error.code, fatal=True))
                    return 3
                self._say(wire.Trouble(code=error.code))
                look_at = time.monotonic() + config.poll_seconds

    def _is_fatal(self, code: str) -> bool:
        self._failures += 1
        lost = code.startswith(_FATAL_PREFIX) or code in {"notconnected", "phoneoff"}
        return lost or self._failures >= _GIVE_UP_AFTER

    def _read(self, phone: Phone, config: wire.Open) -> None:
        count = 0
        self._say(wire.Alive(within=config.call_seconds))
        for message in phone.read():
            self._say(message)
            self._say(wire.Alive(within=config.call_seconds))
            count += 1
        if phone.unreadable:
            self._say(wire.Trouble(code="unreadable_sms"))
        if count:
            self._say(wire.ReadAll(count=count))

    def _obey(self, command: wire.Command, phone: Phone, config: wire.Open) -> None:
        if isinstance(command, wire.Send):
            self._send(command, phone, config)
            return
        self._say(wire.Alive(within=config.call_seconds))
        if isinstance(command, wire.Delete):
            phone.delete(command.token)
        elif isinstance(command, wire.AskBalance):
            self._balance(command, phone)

    def _balance(self, command: wire.AskBalance, phone: Phone) -> None:
        try:
            text = phone.balance(command.code)
        except PhoneError as error:
            # Many sticks and networks know no USSD; it is no reason to begin anew.
            self._say(wire.Trouble(code=f"ussd_{error.code}"))
            text = ""
        self._say(wire.Balance(text=text))

    def _send(self, command: wire.Send, phone: Phone, config: wire.Open) -> None:
        self._say(wire.Alive(within=config.call_seconds))
        try:
            # A modem that hangs shows it here, where the message is surely not sent yet.
            phone.check()
        except PhoneError as error:
            self._say(wire.NotSent(id=command.id, code="no_answer"))
            raise PhoneError(error.code) from None
        self._say(wire.Alive(within=config.send_seconds))
        self._say(wire.Sending(id=command.id))
        try:
            reference = phone.send(command)
        except PhoneError as error:
            self._say(wire.NotSent(id=command.id, code=error.code))
            if error.code == "timeout":
                raise
            return
        self._say(wire.Sent(id=command.id, reference=reference))

    def _say(self, event: BaseModel) -> None:
        line = wire.line_of(event)
        try:
            while line:
                line = line[os.write(self._stdout, line) :]
        except BrokenPipeError:
            raise Gone from None

    def _command(self, seconds: float | None) -> wire.Command | None:
        """Return the next command, None when none came in time."""
        end = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in self._buffer:
            wait = None if end is None else max(0.0, end - time.monotonic())
            if not select.select([self._stdin], [], [], wait)[0]:
                return None
            read = os.read(self._stdin, wire.LONGEST_LINE)
            if not read:
                raise Gone
            self._buffer += read
        line, _, self._buffer = self._buffer.partition(b"\n")
        try:
            return wire.COMMANDS.validate_json(line)
        except ValidationError:
            self._say(wire.Trouble(code="bad_command"))
            return None


def die_with_parent(parent: int) -> None:
    """Ask Linux to kill this process when its parent dies; end at once if it is dead already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)


def main(connect: Connect | None = None) -> int:
    """Run the process; ``connect`` is another way to open a modem, for tests.

    Returns:
        The exit code.
    """
    die_with_parent(int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if connect is None:
        try:
            # Imported here alone, since it is an extra and its C code belongs in this process.
            from safar.gateway.providers.modem.phone import Phone  # noqa: PLC0415
        except ImportError:
            os.write(1, wire.line_of(wire.Trouble(code="gammu_missing", fatal=True)))
            return 3
        connect = Phone.connect
    return ModemProcess(connect).run()


if __name__ == "__main__":
    sys.exit(main())
