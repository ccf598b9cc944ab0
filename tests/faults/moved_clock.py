"""The time of all processes of a row, moved together: libfaketime reads it out of a file.

Only the time of day is moved (`CLOCK_REALTIME`). Timeouts count by the monotonic clock, which no
correction of the time ever touches, and so does this one.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path


class MovedClock:
    """Seconds by which the time of day is off; processes that got `environment` follow."""

    def __init__(self, file: Path) -> None:
        """Begin with the right time."""
        self._file, self.offset = file, 0.0
        self.move(0.0)

    @property
    def environment(self) -> dict[str, str]:
        """What a process must be started with."""
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            # Every look at the clock reads the file: all processes agree at every moment.
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DISABLE_SHM": "1",
            "NO_FAKE_STAT": "1",
        }

    def move(self, seconds: float) -> None:
        """Set the time forward by so much, or back."""
        self.offset += seconds
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{self.offset:+.3f}\n")
        beside.rename(self._file)


def _library() -> Path:
    found = importlib.util.find_spec("libfaketime")
    assert found is not None and found.origin is not None, "libfaketime is not installed: make dev"
    library = Path(found.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
    assert library.is_file(), f"{library.name} is not in the package of libfaketime."
    return library
