"""Finds out what became of texts whose answer was lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from safar.gateway import outbox
from safar.gateway.breaker import Backoff, Breaker
from safar.gateway.options import Clock, DispatcherOptions
from safar.gateway.outbox import ClaimedSend
from safar.gateway.providers.base import (
    ListBehindError,
    NoConnectionError,
    Provider,
    SendError,
    SendResult,
)
from safar.store.crypto import KeyRing
from safar.store.database import Database

# Clocks of ours and of the provider differ a little.
_CLOCK_MARGIN = timedelta(minutes=1)
_LONGEST_BETWEEN_QUESTIONS = timedelta(hours=1)

_log = structlog.get_logger(__name__)


class Settled(NamedTuple):
    """How many texts were looked at, and whether the provider could not be reached for them."""

    handled: int
    unreached: bool = False


class Settler:
    """Asks one channel of a provider for texts of unknown outcome."""

    def __init__(  # noqa: PLR0913, PLR0917 - one value each
        self,
        database: Database,
        keyring: KeyRing,
        provider: Provider,
        channel: str,
        breaker: Breaker,
        backoff: Backoff,
        owner: str,
        clock: Clock,
        options: DispatcherOptions,
    ) -> None:
        """Take what it works with."""
        self._database, self._keyring = database, keyring
        self._provider, self._channel = provider, channel
        self._breaker, self._backoff = breaker, backoff
        self._owner, self._clock, self._options = owner, clock, options

    def settle(self) -> Settled:
        """Settle a batch of what can be settled now."""
        can_find = self._provider.capabilities.can_find
        claimed = outbox.claim_unknown(
            self._database,
            self._keyring,
            self._owner,
            self._clock(),
            self._options.lease,
            self._options.batch,
            provider=self._provider.name,
            channel=self._channel,
            settle=self._options.settle if can_find else self._options.callback_wait,
        )
        unreached: NoConnectionError | None = None
        for item in claimed:
            if not can_find:
                # What it took it would have reported by now, so most likely it was not sent. Twice
                # is better than never, and once more is the most that anybody gets.
                self._resolve(item, None, may_resend=True)
            elif unreached is None:
                unreached = self._ask(item)
            else:
                # Each try to reach the provider takes seconds, and would end as the first one.
                self._could_not_ask(item, unreached)
        return Settled(len(claimed), unreached is not None)

    def _ask(self, item: ClaimedSend) -> NoConnectionError | None:
        """Settle one text; return the error where nobody could be asked."""
        began = _began(item, self._clock())
        try:
            found = self._provider.find(item.message, began - _CLOCK_MARGIN)
        except NoConnectionError as error:
            self._breaker.failed(error.code, longest=self._options.reach_again)
            self._could_not_ask(item, error)
            return error
        except ListBehindError:
            # Perhaps it was sent, perhaps not, and nobody will tell: once more, and no oftener.
            self._resolve(item, None, may_resend=True)
            return None
        except Exception as error:  # noqa: BLE001 - not knowing is no reason to send again
            code = code_of(error)
            self._postpone(item, code, code, _LONGEST_BETWEEN_QUESTIONS)
            return None
        if found is None and self._provider.capabilities.has_list:
            # It was surely not sent. A provider out of order, which answers with errors for some
            # minutes, must cost no text but its time.
            self._resolve(item, None, may_resend=True, most=self._options.max_attempts - 1)
        else:
            self._resolve(item, found, may_resend=True)
        return None

    def _could_not_ask(self, item: ClaimedSend, error: NoConnectionError) -> None:
        # Marked, so that later texts of the conversation do not overtake it in the moment in which
        # the provider can be reached again.
        self._postpone(item, error.code, outbox.UNREACHED, self._options.reach_again)

    def _postpone(self, item: ClaimedSend, code: str, mark: str, longest: timedelta) -> None:
        now = self._clock()
        age = max(now - _began(item, now), timedelta())
        _log.warning(
            "outbox.find_failed",
            outbox_id=item.id,
            provider=self._provider.name,
            attempts=item.attempts,
            error_code=code,
        )
        if age >= self._options.give_up:
            self._resolve(item, None, may_resend=False)
            return
        outbox.postpone_unknown(
            self._database,
            item.id,
            self._owner,
            now,
            # A tenth of its age, so that it is asked often at first and seldom later.
            delay=min(max(age / 10, self._options.base_delay), longest),
            error_code=mark,
        )

    def _resolve(
        self,
        item: ClaimedSend,
        found: SendResult | None,
        *,
        may_resend: bool,
        most: int = outbox.MAX_RESENDS,
    ) -> None:
        state = outbox.resolve_unknown(
            self._database,
            item.id,
            self._owner,
            self._clock(),
            found=found,
            may_resend=may_resend,
            most=most,
            # At once the first time: whoever waits has waited for the answer already.
            delay=self._backoff.after(item.resends) if item.resends else timedelta(),
        )
        _log.info("outbox.resolved", outbox_id=item.id, state=state)


def _began(item: ClaimedSend, now: datetime) -> datetime:
    return item.sending_at or item.unknown_at or now


def code_of(error: Exception) -> str:
    """Name an error by its code or its class: its words may hold a number or a text."""
    return error.code if isinstance(error, SendError) else type(error).__name__
