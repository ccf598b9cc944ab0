"""STOP, START and HELP as the registry has them, and the carriers' own where it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

from safar.gateway.admission import ConsentKind, ConsentWord
from safar.gateway.renewed import Renewed
from safar.registry.holder import RegistryHolder
from safar.registry.keywords import KeywordMatcher


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
        holder: of the registry; one that cannot be read is no reason to write to somebody who
            sent STOP.
    """

    def __init__(self, holder: RegistryHolder) -> None:
        """Open nothing yet."""
        self._matcher = Renewed(holder, lambda registry: KeywordMatcher(registry.keywords()))

    def find(self, text: str) -> ConsentWord | None:
        """Return what the whole of `text` asks for, None where it says anything else."""
        matcher = self._matcher.get()
        if matcher is None:
            return _CARRIERS.get(text.strip().casefold())
        return matcher.find(text)
