"""Errands that every installation needs: forgetting people, and counts that are old."""

from __future__ import annotations

from collections.abc import Sequence

from safar.gateway.providers.plugin import Errand, Surroundings
from safar.store import erasure, usage

_ERASE_EVERY = 10.0
_TIDY_EVERY = 3600.0
_USAGE_DAYS = 400


def errands(surroundings: Surroundings) -> Sequence[Errand]:
    """Return them."""
    # A process that was killed may have left its journal unscrubbed.
    unscrubbed = [True]

    def erase() -> int:
        with surroundings.database.write() as tx:
            done = erasure.finish(tx, surroundings.keyring)
        if done or unscrubbed[0]:
            unscrubbed[0] = not surroundings.database.scrub()
        return done

    def tidy() -> int:
        with surroundings.database.write() as tx:
            return usage.forget_before(tx, surroundings.clock(), _USAGE_DAYS)

    return (Errand("erase", _ERASE_EVERY, erase), Errand("tidy", _TIDY_EVERY, tidy))
