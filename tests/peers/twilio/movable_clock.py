"""The stand-in's time, which a test can move."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

_LOOKS_AGAIN = 0.02


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(timezone.utc)


class SimClock:
    """Gives the time of `base`, moved by what tests asked for, or standing still.

    Args:
        base: the time to begin with, such as a test's own clock; the machine's by default.
    """

    def __init__(self, base: Callable[[], datetime] = utc_now) -> None:
        self._base = base
        self._moved = timedelta()
        self._stopped: datetime | None = None

    def __call__(self) -> datetime:
        return (self._stopped or self._base()) + self._moved

    def advance(self, seconds: float) -> None:
        """Move the time on."""
        self._moved += timedelta(seconds=seconds)

    def set(self, moment: datetime) -> None:
        """Make it `moment` now."""
        self._moved += moment - self()

    def stop(self) -> None:
        """Let no time pass but by `advance` and `set`."""
        self._stopped = self._stopped or self._base()

    def reset(self) -> None:
        """Go back to the time of `base`."""
        self._moved, self._stopped = timedelta(), None

    async def sleep(self, seconds: float) -> None:
        """Wait until so much of this clock's time has passed."""
        wakes = self() + timedelta(seconds=seconds)
        while self() < wakes:
            await asyncio.sleep(_LOOKS_AGAIN)
