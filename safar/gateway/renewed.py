"""What is made of the registry once and kept until the registry is another one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

from safar.registry.errors import RegistryError
from safar.registry.holder import RegistryHolder
from safar.registry.query import Registry

MadeT = TypeVar("MadeT")

_log = structlog.get_logger(__name__)


class Renewed(Generic[MadeT]):
    """One thing made of the registry, anew for each version of it. Any thread may ask.

    Args:
        holder: of the registry.
        make: makes the thing; it takes long enough to be done once a version only.
    """

    def __init__(self, holder: RegistryHolder, make: Callable[[Registry], MadeT]) -> None:
        """Make nothing yet."""
        self._holder, self._make = holder, make
        self._lock = threading.Lock()
        self._made: tuple[str, MadeT] | None = None

    def get(self) -> MadeT | None:
        """Return it; None where the registry cannot be read, which the log says."""
        try:
            registry = self._holder.current()
            version = registry.meta.content_hash
            with self._lock:
                if self._made is None or self._made[0] != version:
                    self._made = (version, self._make(registry))
                return self._made[1]
        except RegistryError as error:
            _log.error("gateway.registry_unreadable", error=type(error).__name__)
            return None
