"""The time as tests tell it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class FakeClock:
    """Gives the time; `pass_` moves it on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now
