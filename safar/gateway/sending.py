"""Hands one text after the other to a channel of a provider and writes down what came of it."""

from __future__ import annotations

import functools
import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import structlog

from safar.gateway import outbox, second_way
from safar.gateway.breaker import Backoff, Breaker
from safar.gateway.options import Clock, DispatcherOptions
from safar.gateway.outbox import ClaimedSend
from safar.gateway.providers.base import (
    NoConnectionError,
    PermanentSendError,
    Provider,
    RouteBlockedError,
    SendError,
    TransientSendError,
)
from safar.gateway.settling import Settler, code_of
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.health import Reported

__all__ = ["Clock", "DispatcherOptions", "Sender"]

_log = structlog.get_logger(__name__)


class Sender:
    """Serves one channel of a provider: claims texts, hands over as many at a time as it takes.

    One thread looks for work, since each look costs all processes a little; the calls themselves,
    which are mostly waiting, run beside each other. They are of different conversations, for no
    more than one text of a conversation is ever claimed.
    """

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
        """Take what it works with; no thread is started before there is work for two."""
        self._database, self._keyring = database, keyring
        self._provider, self.channel = provider, channel
        self._breaker, self._backoff = breaker, backoff
        self._owner, self._clock, self._options = owner, clock, options
        self._parallel = max(1, provider.capabilities.parallel)
        self._pool: ThreadPoolExecutor | None = None
        self._settler = Settler(
            database, keyring, provider, channel, breaker, backoff, owner, clock, options
        )
        self._heeded: Reported | None = None
        self._unreached = False

    @property
    def provider(self) -> str:
        """Name of the provider."""
        return self._provider.name

    def heed(self, report: Reported | None) -> None:
        """Pause where the provider has reported, of a message it had taken, that nothing can go."""
        if report is None or report == self._heeded:
            return
        self._heeded = report
        # One of long ago is only seen because we have just been started.
        if abs(self._clock() - report.at) < self._options.max_pause:
            self._breaker.failed(report.code, at_once=True)

    def serve(self, stop: threading.Event) -> int:
        """Settle what is in doubt and send what is ready; return how many texts were handled.

        Raises:
            StoreUnavailableError: The store cannot be used; what was being sent is settled later.
        """
        if not self._breaker.allowed():
            return self._lead_round() if self._breaker.paused else 0
        # The one try of a channel that was out of order goes to what was tried longest ago, so that
        # one text which can never go does not keep it closed for all.
        one = self._breaker.health.state == "half_open"
        asked_at = self._clock()
        try:
            settled = self._settler.settle()
            if settled.unreached or settled.handled >= self._options.batch:
                # What is asked about first must not be overtaken by what was written after it.
                self._unreached = settled.unreached
                self._breaker.untried()
                return settled.handled
            claimed = outbox.claim(
                self._database,
                self._keyring,
                self._owner,
                self._clock(),
                self._options.lease,
                1 if one else self._options.batch,
                provider=self._provider.name,
                channel=self.channel,
                unknown_blocks=self._options.unknown_blocks,
                asked_at=asked_at,
                longest_untried=one,
            )
        except BaseException:
            self._breaker.untried()
            raise
        if not claimed:
            self._breaker.untried()
        # What is left of the one try of a half-open breaker goes to the first.
        first = itertools.chain([True], itertools.repeat(False))
        tasks = [
            functools.partial(self._try, item, stop, allowed=allowed)
            for item, allowed in zip(claimed, first, strict=False)
        ]
        return settled.handled + sum(self._run(tasks))

    def close(self) -> None:
        """Wait for calls in flight."""
        if self._pool is not None:
            self._pool.shutdown()

    def _run(self, tasks: Sequence[Callable[[], bool]]) -> list[bool]:
        if self._parallel == 1 or len(tasks) <= 1:
            return [task() for task in tasks]
        if self._pool is None:
            name = f"{self._provider.name}-{self.channel}-send"
            self._pool = ThreadPoolExecutor(self._parallel, thread_name_prefix=name)
        started = [self._pool.submit(task) for task in tasks]
        wait(started)
        return [future.result() for future in started]

    def _try(self, item: ClaimedSend, stop: threading.Event, *, allowed: bool) -> bool:
        if stop.is_set() or not (allowed or self._breaker.allowed()):
            outbox.hand_back(self._database, item.id, self._owner, self._clock())
            return False
        self._send(item)
        return True

    def _send(self, item: ClaimedSend) -> None:
        lease = self._options.lease
        try:
            held = outbox.mark_sending(self._database, item.id, self._owner, self._clock(), lease)
        except BaseException:
            self._breaker.untried()
            raise
        if not held:
            _log.warning("outbox.lease_lost", outbox_id=item.id)
            self._breaker.untried()
            return
        try:
            result = self._provider.send(item.message)
        except RouteBlockedError as error:
            self._blocked(item, error)
        except TransientSendError as error:
            self._retry(item, error)
        except PermanentSendError as error:
            # The provider answered, so it works; only this text is refused.
            self._breaker.succeeded()
            self._failed(item, error)
        except Exception as error:  # noqa: BLE001 - it may have been sent before it broke
            code = code_of(error)
            self._note("outbox.unknown", item, code)
            self._breaker.failed(code)
            outbox.mark_unknown(
                self._database, item.id, self._owner, self._clock(), error_code=code
            )
        else:
            self._breaker.succeeded()
            recorded = outbox.mark_sent(
                self._database,
                item.id,
                self._clock(),
                provider_message_id=result.provider_message_id,
                status=result.status,
            )
            _log.info(
                "outbox.sent", outbox_id=item.id, provider=self._provider.name, recorded=recorded
            )

    def _failed(self, item: ClaimedSend, error: SendError) -> None:
        self._note("outbox.failed", item, error.code)
        outbox.mark_failed(
            self._database,
            item.id,
            self._owner,
            self._clock(),
            error_code=error.code,
            failure=error.kind,
            keyring=self._keyring,
        )

    def _blocked(self, item: ClaimedSend, error: RouteBlockedError) -> None:
        """Try it again much later, while it is worth it; the channel works all the same."""
        self._breaker.succeeded()
        now, delay = self._clock(), self._options.blocked_again
        too_old = item.message.expires_at is not None and item.message.expires_at <= now + delay
        if too_old or item.attempts >= self._options.max_attempts:
            # Made anew it would be refused as well, without end.
            self._failed(item, error)
            return
        self._note("outbox.retry", item, error.code)
        outbox.retry_later(
            self._database,
            item.id,
            self._owner,
            now,
            delay=delay,
            error_code=error.code,
            counter=f"outbox.failure.blocked.{error.code}",
        )

    def _retry(self, item: ClaimedSend, error: TransientSendError) -> None:
        now, longest = self._clock(), None
        self._unreached = isinstance(error, NoConnectionError)
        if self._unreached:
            longest = self._options.reach_again
        # A message that nobody has looked at is not at fault.
        counted = not (error.pause or self._unreached)
        self._breaker.failed(error.code, at_once=error.pause, longest=longest)
        if item.attempts >= self._options.max_attempts and counted:
            self._note("outbox.dead", item, error.code)
            outbox.mark_dead(self._database, item.id, self._owner, now, error_code=error.code)
            return
        self._note("outbox.retry", item, error.code)
        delay = self._backoff.after(item.attempts)
        outbox.retry_later(
            self._database,
            item.id,
            self._owner,
            now,
            delay=max(min(delay, longest or delay), error.retry_after or timedelta()),
            error_code=error.code,
            counted=counted,
        )

    def _lead_round(self) -> int:
        """Send by SMS what WhatsApp cannot bring for now; return how many texts that were."""
        return second_way.lead_round(
            self._database,
            self._keyring,
            self._clock(),
            provider=self._provider.name,
            channel=self.channel,
            after=self._options.lead_round_after,
            # Over its other channel there is no way either.
            unreached=self._unreached,
        )

    def _note(self, event: str, item: ClaimedSend, code: str) -> None:
        _log.warning(
            event,
            outbox_id=item.id,
            provider=self._provider.name,
            attempts=item.attempts,
            error_code=code,
        )
