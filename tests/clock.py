"""The time as tests tell it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)
"""When tests begin, where nothing else is said."""


class FakeClock:
    """Gives the time; `pass_` moves it on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now
