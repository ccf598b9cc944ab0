"""A file of the content that a process looks up for weeks: read again when it changes.

A file that is wrong changes nothing: what was read last without a fault goes on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Generic, TypeVar

import structlog

from safar.registry.errors import ContentError

ModelT = TypeVar("ModelT")

_LOOK_EVERY_SECONDS: Final = 1.0
_log = structlog.get_logger(__name__)


class Shelf(Generic[ModelT]):
    """One file in its newest good form. Threads may share it."""

    def __init__(
        self,
        file: str,
        folder: Callable[[], Path],
        load: Callable[[Path], ModelT],
        empty: ModelT,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep where to look; nothing is read before `current`.

        Args:
            file: Its name in the folder.
            folder: Gives the folder of the content that counts now.
            load: Reads the file in a folder; raises `ContentError` where it is wrong.
            empty: What counts before there was a good file.
            seconds: Seconds that only go forward.
        """
        self._file, self._folder, self._load = file, folder, load
        self._seconds = seconds
        self._lock = threading.Lock()
        self._now = empty
        self._read: tuple[str, int, int] | None = None
        self._looked: float | None = None

    def current(self) -> ModelT:
        """Return it; looks at most once a second whether it was changed."""
        if self._looked is not None and self._seconds() - self._looked < _LOOK_EVERY_SECONDS:
            return self._now
        with self._lock:
            self._looked = self._seconds()
            folder = self._folder()
            stamp = _stamp(folder / self._file)
            if stamp != self._read:
                self._read = stamp
                try:
                    self._now = self._load(folder)
                except ContentError:
                    # `safar content check` says what is wrong with it.
                    _log.error("content.unusable", file=self._file)
        return self._now


def _stamp(path: Path) -> tuple[str, int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return str(path), seen.st_mtime_ns, seen.st_size
