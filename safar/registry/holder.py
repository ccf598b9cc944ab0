"""The registry in its newest good version: a holder that notices when the file is replaced."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from safar.registry.errors import RegistryError
from safar.registry.query import Registry

_LOG = structlog.get_logger(__name__)
_LOOK_EVERY_SECONDS: Final = 1.0


@dataclass(frozen=True)
class _Stamp:
    inode: int
    modified_ns: int
    size: int


class RegistryHolder:
    """The registry in its newest good version, for a process that runs for weeks.

    Args:
        path: the registry file.
        clock: seconds that only go forward.
        public_key: if given, only what its owner has signed is taken; see `Registry.open`.
    """

    def __init__(
        self, path: Path, clock: Callable[[], float] = time.monotonic, public_key: str = ""
    ) -> None:
        """Keep the path; the file is opened by the first `current`."""
        self._path = path
        self._public_key = public_key
        self._clock = clock
        self._lock = threading.Lock()
        self._registry: Registry | None = None
        self._stamp: _Stamp | None = None
        self._looked = 0.0

    def current(self) -> Registry:
        """Return the registry; looks at most once a second whether the file was replaced.

        A new file that is damaged, or of another version, is logged and the old one kept. The
        registry returned stays good for whoever still holds it.

        Raises:
            RegistryMissingError, RegistryDamagedError, RegistryVersionError,
            RegistryUnsignedError: there has not been a good one yet.
        """
        registry = self._registry
        if registry is None:
            with self._lock:
                return self._registry or self._open()
        if self._clock() - self._looked >= _LOOK_EVERY_SECONDS and self._lock.acquire(
            blocking=False  # another thread is looking already: the old one will do
        ):
            try:
                return self._look(registry)
            finally:
                self._lock.release()
        return registry

    def _open(self) -> Registry:
        # The stamp is taken first: a swap in between is then noticed at the next look.
        stamp = _stamp(self._path)
        self._registry = Registry.open(self._path, self._public_key)
        self._stamp, self._looked = stamp, self._clock()
        return self._registry

    def _look(self, registry: Registry) -> Registry:
        self._looked = self._clock()
        stamp = _stamp(self._path)
        if stamp is None or stamp == self._stamp:
            return self._registry or registry
        self._stamp = stamp  # a bad file is told of once, not every second
        try:
            self._registry = Registry.open(self._path, self._public_key)
        except RegistryError as error:
            _LOG.error(
                "registry.kept_old",
                content_hash=registry.meta.content_hash,
                reason=type(error).__name__,
            )
            return self._registry or registry
        _LOG.info("registry.swapped", content_hash=self._registry.meta.content_hash)
        return self._registry


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Stamp(found.st_ino, found.st_mtime_ns, found.st_size)
