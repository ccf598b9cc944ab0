"""STOP, START and HELP as the registry has them, and the carriers' own where it cannot be read."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import structlog

from safar.gateway.admission import ConsentKind, ConsentWord
from safar.registry.errors import RegistryError
from safar.registry.keywords import KeywordMatcher
from safar.registry.query import RegistryHolder

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _CarrierWord:
    kind: ConsentKind
    only_when_stopped: bool = False
    variant: str = "en"
    carrier: bool = True


# What telephone companies act on by themselves, so that a person is never written to against it.
_CARRIERS: dict[str, _CarrierWord] = {
    **dict.fromkeys(
        ("stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout"),
        _CarrierWord("stop"),
    ),
    **dict.fromkeys(("start", "unstop"), _CarrierWord("start")),
    "yes": _CarrierWord("start", only_when_stopped=True),
    **dict.fromkeys(("help", "info"), _CarrierWord("help")),
}


class ConsentWords:
    """Finds words about consent; staff keep them in content/, and a new registry counts at once.

    Args:
        registry_path: the registry; one that cannot be read is no reason to write to somebody
            who sent STOP.
    """

    def __init__(self, registry_path: Path) -> None:
        """Open nothing yet."""
        self._holder = RegistryHolder(registry_path)
        self._lock = threading.Lock()
        self._made: tuple[str, KeywordMatcher] | None = None

    def find(self, text: str) -> ConsentWord | None:
        """Return what the whole of `text` asks for, None where it says anything else."""
        matcher = self._matcher()
        if matcher is None:
            return _CARRIERS.get(text.strip().casefold())
        return matcher.find(text)

    def _matcher(self) -> KeywordMatcher | None:
        try:
            registry = self._holder.current()
        except RegistryError as error:
            _log.error("consent.registry_unreadable", error=type(error).__name__)
            return None
        version = registry.meta.content_hash
        with self._lock:
            if self._made is None or self._made[0] != version:
                self._made = (version, KeywordMatcher(registry.keywords()))
            return self._made[1]
