"""Errands that every installation needs: forgetting people, and what has been kept long enough."""

from __future__ import annotations

from collections.abc import Sequence

from safar.gateway.providers.plugin import Errand, Surroundings
from safar.store import erasure, retention, wishes
from safar.store.retention_settings import RetentionSettings

_ERASE_EVERY = 10.0
_PURGE_EVERY = 600.0
_WISHES_EVERY = 60.0
_MOST_PURGED = 4000
"""Rows in one run: the errands of all providers wait for it."""


def errands(surroundings: Surroundings) -> Sequence[Errand]:
    """Return them."""
    # A process that was killed may have left its journal unscrubbed.
    unscrubbed = [True]
    kept_for = RetentionSettings()
    keeper = wishes.Keeper(
        surroundings.settings.home / wishes.FILE_NAME,
        surroundings.database,
        surroundings.keyring,
        kept_for,
    )

    def erase() -> int:
        with surroundings.database.write() as tx:
            done = erasure.finish(tx, surroundings.keyring)
        if done or unscrubbed[0]:
            unscrubbed[0] = not surroundings.database.scrub()
        return done

    def purge() -> int:
        now = surroundings.clock()
        gone = retention.purge(
            surroundings.database, surroundings.keyring, kept_for, now, most=_MOST_PURGED
        )
        # The next errand empties the journal, or the one after it while somebody reads.
        unscrubbed[0] = unscrubbed[0] or bool(gone)
        return sum(gone.values())

    return (
        Errand("erase", _ERASE_EVERY, erase),
        Errand("purge", _PURGE_EVERY, purge),
        Errand("wishes", _WISHES_EVERY, lambda: keeper.keep(surroundings.clock())),
    )
