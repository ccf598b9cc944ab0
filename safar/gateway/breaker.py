"""A circuit breaker: what fails is left alone for a while, then tried with one message.

There is one for each channel of a provider, for one may be out of order alone.

``closed`` lets everything through. After some failures in a row it is ``open`` for a time that
doubles, with jitter. Then it is ``half_open``: one message is tried, and its fate decides.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["closed", "open", "half_open"]

_MAX_DOUBLINGS = 30


@dataclass(frozen=True)
class Backoff:
    """Waits that double from `base` to `longest`; each is between half and all of that."""

    base: timedelta
    longest: timedelta
    rng: random.Random

    def after(self, attempt: int) -> timedelta:
        """Return how long to wait after this many failures."""
        doubled = self.base * float(2 ** min(max(attempt, 1) - 1, _MAX_DOUBLINGS))
        return min(doubled, self.longest) * (0.5 + self.rng.random() / 2)


@dataclass(frozen=True)
class Health:
    """How a channel of a provider does.

    Attributes:
        state: As the breaker has it.
        failures: In a row.
        paused_until: End of the pause, if there is one (UTC).
        error_code: Of the last failure.
        last_ok_at: When it last took a message (UTC).
    """

    state: State = "closed"
    failures: int = 0
    paused_until: datetime | None = None
    error_code: str | None = None
    last_ok_at: datetime | None = None


class Breaker:
    """The breaker of one channel, shared by the threads that send through it.

    Args:
        backoff: length of the pauses.
        longest_pause: for failures that only a person can mend.
        opens_after: failures in a row that open it.
        clock: gives the time (UTC).
        changed: told of every change of state, outside the lock.
    """

    def __init__(
        self,
        backoff: Backoff,
        longest_pause: timedelta,
        opens_after: int,
        clock: Callable[[], datetime],
        changed: Callable[[Health], None] = lambda _: None,
    ) -> None:
        """Begin closed."""
        self._backoff, self._longest = backoff, longest_pause
        self._opens_after, self._clock, self._changed = opens_after, clock, changed
        self._lock = threading.Lock()
        self._health = Health()
        self._trying = False

    @property
    def health(self) -> Health:
        """How the provider does now."""
        return self._health

    def allowed(self) -> bool:
        """Whether a message may be tried now.

        While it is half open, one thread is told so; it must call `succeeded`, `failed` or
        `untried` in the end, and ask again before its next message.
        """
        with self._lock:
            if self._health.paused_until is None:
                return True
            if self.paused or self._trying:
                return False
            self._trying = True
            self._health = _with(self._health, state="half_open")
            health = self._health
        self._changed(health)
        return True

    @property
    def paused(self) -> bool:
        """Whether nothing is to be tried now."""
        until = self._health.paused_until
        # No pause is longer: an end further away was named by a clock that was set back since.
        return until is not None and timedelta() < until - self._clock() <= self._longest

    def untried(self) -> None:
        """Give back the one try of a half-open breaker: there was nothing to send."""
        with self._lock:
            self._trying = False

    def succeeded(self) -> None:
        """Note that the provider answered as it should."""
        with self._lock:
            was = self._health
            self._trying = False
            self._health = Health(last_ok_at=self._clock())
        if was.state != "closed" or was.failures:
            self._changed(self._health)

    def failed(self, code: str, *, at_once: bool = False, longest: timedelta | None = None) -> None:
        """Note a failure that is the provider's.

        Args:
            code: Why, for people to read.
            at_once: Pause now and for long: only a person can mend it.
            longest: Pause no longer than this.
        """
        with self._lock:
            was = self._health
            self._trying = False
            failures = was.failures + 1
            beyond = failures - self._opens_after
            health = _with(was, failures=failures, error_code=code)
            if at_once or beyond >= 0 or was.state != "closed":
                pause = self._longest if at_once else self._backoff.after(beyond + 1)
                until = self._clock() + min(pause, self._longest, longest or self._longest)
                health = _with(health, state="open", paused_until=until)
            self._health = health
        self._changed(health)


def _with(health: Health, **changes: object) -> Health:
    return Health(**{**vars(health), **changes})
