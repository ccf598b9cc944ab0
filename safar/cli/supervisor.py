"""Keeps the three services alive: what dies is started again, what is told to stop stops."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

SERVICES = ("gateway", "worker", "dispatcher")
_LOOK_EVERY = 0.1
_FIRST_DELAY, _LONGEST_DELAY = 0.2, 10.0
_STEADY_AFTER = 20.0
"""Seconds a service must have run before its next death counts as the first again."""
_GRACE = 10.0
_GIVE_UP_AFTER = 6
"""Deaths in a row, none of them after a steady run: then something needs a person."""
_PR_SET_PDEATHSIG = 1


@dataclass
class _Service:
    name: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    start_at: float = field(default=0.0)


class Supervisor:
    """Runs the services as child processes until SIGINT or SIGTERM."""

    def __init__(self, environment: Mapping[str, str], say: Callable[[str], object]) -> None:
        """Keep what the children get, and whom to tell of their deaths."""
        self._environment, self._say = dict(environment), say
        self._services = [_Service(name) for name in SERVICES]
        self._stopping = False

    def run(self) -> int:
        """Run until stopped; return 0, or 1 where a service could not be kept alive."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        failed = False
        while not self._stopping and not failed:
            for service in self._services:
                failed = not self._look_after(service) or failed
            time.sleep(_LOOK_EVERY)
        self._end()
        return int(failed)

    def _look_after(self, service: _Service) -> bool:
        now = time.monotonic()
        if service.process is None:
            if now >= service.start_at:
                service.process = self._start(service.name)
                service.started = now
            return True
        code = service.process.poll()
        if code is None:
            return True
        service.deaths = 1 if now - service.started > _STEADY_AFTER else service.deaths + 1
        service.process = None
        delay = min(_FIRST_DELAY * 2 ** (service.deaths - 1), _LONGEST_DELAY)
        service.start_at = now + delay
        self._say(f"The {service.name} ended ({_reason(code)}); it starts again in {delay:.1f} s.")
        if code > 0 and service.deaths >= _GIVE_UP_AFTER:
            self._say(f"The {service.name} cannot be kept alive; what it said last is above.")
            return False
        return True

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "safar", name],
            env=self._environment,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - this process has one thread
        )

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _end(self) -> None:
        running = [s.process for s in self._services if s.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + _GRACE
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _reason(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    # Real-time signals have numbers only.
    known = {number.value: number.name for number in signal.Signals}
    return f"signal {known.get(-code, -code)}"


def _die_with_parent() -> None:
    """Ask Linux to end this child when the supervisor is killed: no orphan keeps answering."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    # Ctrl-C reaches the whole group; the supervisor alone decides the order of the end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
