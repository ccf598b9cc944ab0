"""Hands one text after the other to a provider and writes down what came of it."""

from __future__ import annotations

import functools
import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from safar.gateway import outbox
from safar.gateway.breaker import Backoff, Breaker
from safar.gateway.outbox import ClaimedSend
from safar.gateway.providers.base import (
    PermanentSendError,
    Provider,
    SendError,
    SendResult,
    TransientSendError,
)
from safar.store.crypto import KeyRing
from safar.store.database import Database

Clock = Callable[[], datetime]

# Clocks of ours and of the provider differ a little.
_CLOCK_MARGIN = timedelta(minutes=1)
_LONGEST_BETWEEN_QUESTIONS = timedelta(hours=1)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DispatcherOptions:
    """How hard and how patiently to try.

    Attributes:
        batch: Texts claimed at a time.
        lease: Longer than any call of a provider can last.
        max_attempts: Tries at a text before it is given up (with the delays: some hours).
        base_delay: Wait after the first failed try; doubles each time.
        max_delay: Longest wait between two tries.
        poll: Seconds between two looks at an empty outbox.
        pause_after: Failures in a row after which a provider is left alone for a while.
        max_pause: Longest such while.
        unknown_blocks: How long a text of unknown outcome holds up its conversation.
        settle: How long to wait for a callback before the provider is asked.
        callback_wait: The same for a provider that cannot be asked.
        give_up: Age past which a text that nobody can settle is given up.
    """

    batch: int = 10
    lease: timedelta = timedelta(seconds=30)
    max_attempts: int = 20
    base_delay: timedelta = timedelta(seconds=5)
    max_delay: timedelta = timedelta(minutes=30)
    poll: float = 0.5
    pause_after: int = 3
    max_pause: timedelta = timedelta(minutes=5)
    unknown_blocks: timedelta = outbox.UNKNOWN_BLOCKS
    settle: timedelta = timedelta(seconds=15)
    callback_wait: timedelta = timedelta(minutes=10)
    give_up: timedelta = timedelta(hours=24)


class Sender:
    """Serves one provider: claims texts and hands over as many at a time as it can take.

    One thread looks for work, since each look costs all processes a little; the calls themselves,
    which are mostly waiting, run beside each other. They are of different conversations, for no
    more than one text of a conversation is ever claimed.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - one value each
        self,
        database: Database,
        keyring: KeyRing,
        provider: Provider,
        breaker: Breaker,
        backoff: Backoff,
        owner: str,
        clock: Clock,
        options: DispatcherOptions,
    ) -> None:
        """Take what it works with; no thread is started before there is work for two."""
        self._database, self._keyring = database, keyring
        self._provider, self._breaker, self._backoff = provider, breaker, backoff
        self._owner, self._clock, self._options = owner, clock, options
        self._parallel = max(1, provider.capabilities.parallel)
        self._pool: ThreadPoolExecutor | None = None

    def serve(self, stop: threading.Event) -> int:
        """Settle what is in doubt and send what is ready; return how many texts were handled.

        Raises:
            StoreUnavailableError: The store cannot be used; what was being sent is settled later.
        """
        if not self._breaker.allowed():
            return 0
        try:
            handled = self._settle()
            claimed = outbox.claim(
                self._database,
                self._keyring,
                self._owner,
                self._clock(),
                self._options.lease,
                self._options.batch,
                provider=self._provider.name,
                unknown_blocks=self._options.unknown_blocks,
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
        return handled + sum(self._run(tasks))

    def close(self) -> None:
        """Wait for calls in flight."""
        if self._pool is not None:
            self._pool.shutdown()

    def _run(self, tasks: Sequence[Callable[[], bool]]) -> list[bool]:
        if self._parallel == 1 or len(tasks) <= 1:
            return [task() for task in tasks]
        if self._pool is None:
            name = f"{self._provider.name}-send"
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
        except TransientSendError as error:
            self._retry(item, error)
        except PermanentSendError as error:
            # The provider answered, so it works; only this text is refused.
            self._breaker.succeeded()
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
        except Exception as error:  # noqa: BLE001 - it may have been sent before it broke
            code = _code(error)
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

    def _retry(self, item: ClaimedSend, error: TransientSendError) -> None:
        now = self._clock()
        self._breaker.failed(error.code, at_once=error.pause)
        if item.attempts >= self._options.max_attempts and not error.pause:
            self._note("outbox.dead", item, error.code)
            outbox.mark_dead(self._database, item.id, self._owner, now, error_code=error.code)
            return
        self._note("outbox.retry", item, error.code)
        outbox.retry_later(
            self._database,
            item.id,
            self._owner,
            now,
            delay=max(self._backoff.after(item.attempts), error.retry_after or timedelta()),
            error_code=error.code,
            counted=not error.pause,
        )

    def _settle(self) -> int:
        """Find out what became of texts whose answer was lost."""
        can_find = self._provider.capabilities.can_find
        claimed = outbox.claim_unknown(
            self._database,
            self._keyring,
            self._owner,
            self._clock(),
            self._options.lease,
            self._options.batch,
            provider=self._provider.name,
            settle=self._options.settle if can_find else self._options.callback_wait,
        )
        for item in claimed:
            if can_find:
                self._ask(item)
            else:
                # Nobody can say. Twice is better than never for what may save a life; anything
                # else was most likely sent, and a person may ask again.
                self._resolve(item, None, may_resend=item.message.urgent)
        return len(claimed)

    def _ask(self, item: ClaimedSend) -> None:
        now = self._clock()
        began = item.sending_at or item.unknown_at or now
        try:
            found = self._provider.find(item.message, began - _CLOCK_MARGIN)
        except Exception as error:  # noqa: BLE001 - not knowing is no reason to send again
            code = _code(error)
            self._note("outbox.find_failed", item, code)
            if now - began >= self._options.give_up:
                self._resolve(item, None, may_resend=False)
                return
            # A tenth of its age, so that it is asked often at first and seldom later.
            delay = max((now - began) / 10, self._options.base_delay)
            outbox.postpone_unknown(
                self._database,
                item.id,
                self._owner,
                now,
                delay=min(delay, _LONGEST_BETWEEN_QUESTIONS),
                error_code=code,
            )
            return
        if found is None and self._provider.capabilities.has_list:
            # It was surely not sent. A provider out of order, which answers with errors for some
            # minutes, must cost no text but its time.
            self._resolve(item, None, may_resend=True, most=self._options.max_attempts - 1)
        else:
            self._resolve(item, found, may_resend=True)

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

    def _note(self, event: str, item: ClaimedSend, code: str) -> None:
        _log.warning(
            event,
            outbox_id=item.id,
            provider=self._provider.name,
            attempts=item.attempts,
            error_code=code,
        )


def _code(error: Exception) -> str:
    """Name an error by its code or its class: its words may hold a number or a text."""
    return error.code if isinstance(error, SendError) else type(error).__name__
