"""Whether a message that comes in has danger words in it, so that it need not stand in the queue.

Only the order in which messages are read depends on it. What danger is, and what to say to it, the
assistant decides, by the same words.
"""

from __future__ import annotations

from safar.gateway.renewed import Renewed
from safar.registry.danger import DangerMatcher
from safar.registry.holder import RegistryHolder

LONGEST = 2_000
"""Characters that are looked at, more than a person writes on a telephone: nobody shall be able to
keep the gateway busy with a text that is all beginnings of danger words."""


class DangerWords:
    """Finds the danger words of content/danger/; a new registry counts at once.

    Args:
        holder: of the registry; while it cannot be read, messages are read in order.
    """

    def __init__(self, holder: RegistryHolder) -> None:
        """Open nothing yet."""
        self._matcher = Renewed(holder, lambda registry: DangerMatcher(registry.danger()))

    def are_in(self, text: str) -> bool:
        """Whether `text` has any of them."""
        matcher = self._matcher.get()
        return matcher is not None and matcher.find(text[:LONGEST]) is not None
