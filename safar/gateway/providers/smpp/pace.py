"""Keeps to the number of messages a second that the contract with the carrier allows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """A clock that only goes forward, and waiting."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep


class Pace:
    """Gives each message a moment of its own; safe to use from several threads."""

    def __init__(self, per_second: float, timing: Timing) -> None:
        """Begin with nothing sent."""
        self._gap, self._timing = 1 / per_second, timing
        self._next = float("-inf")
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Wait until the next message may be sent."""
        with self._lock:
            now = self._timing.now()
            at = max(now, self._next)
            self._next = at + self._gap
        if at > now:
            self._timing.sleep(at - now)
