"""The parent's end of a modem process: starting it, talking with it, killing it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from pydantic import BaseModel, ValidationError

from safar.gateway.providers.modem import wire

CHILD = (sys.executable, "-m", "safar.gateway.providers.modem.child")
"""Command that starts the process; the parent's number is added."""

_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "HOME")


class ModemChild:
    """One running modem process. `read` belongs to one thread; `write` may be called by any."""

    def __init__(self, command: Sequence[str] = CHILD) -> None:
        """Start it, in a session of its own and without our secrets in its environment."""
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        # libGammu takes times without a zone for local ones.
        environment["TZ"] = "UTC"
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*command, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # libGammu writes parts of messages there.
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The pipes of the modem process were not made.")
        self._stdin, self._stdout = self._process.stdin.fileno(), self._process.stdout.fileno()
        # A process that hangs must not make its parent hang in a full pipe.
        os.set_blocking(self._stdin, False)
        self._writing = threading.Lock()
        self._buffer = b""
        self.ended = False

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def write(self, command: BaseModel) -> bool:
        """Hand a command over; False when the process is gone or does not read."""
        line = wire.line_of(command)
        with self._writing:
            try:
                return os.write(self._stdin, line) == len(line)
            except (BrokenPipeError, BlockingIOError, ValueError, OSError):
                return False

    def read(self, seconds: float) -> list[wire.Event]:
        """Return the events that come within this time; `ended` says that no more will."""
        events = self._parsed()
        if events or self.ended:
            return events
        if select.select([self._stdout], [], [], seconds)[0]:
            read = os.read(self._stdout, wire.LONGEST_LINE)
            self.ended = not read
            self._buffer += read
        if len(self._buffer) > 4 * wire.LONGEST_LINE and b"\n" not in self._buffer:
            self._buffer = b""
        return self._parsed()

    def kill(self) -> list[wire.Event]:
        """End it at once, even if it hangs; return what it had still said."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        left: list[wire.Event] = []
        end = time.monotonic() + 5
        while not self.ended and time.monotonic() < end:
            left += self.read(0.2)
        # A call into a broken driver cannot be ended; the process then stays behind.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        with self._writing:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._stdin = -1
        return left

    def wait(self, seconds: float) -> bool:
        """Wait for its end; False when it has not ended in time."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _parsed(self) -> list[wire.Event]:
        *lines, self._buffer = self._buffer.split(b"\n")
        events = []
        for line in lines:
            # What is not ours, such as a warning of the library, says nothing.
            with contextlib.suppress(ValidationError):
                events.append(wire.EVENTS.validate_json(line))
        return events
