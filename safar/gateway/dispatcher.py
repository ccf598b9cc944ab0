"""Takes texts from the outbox to their providers."""

# ruff: noqa: PLR0913 - what it works with is handed in, one argument each.

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from safar.gateway import outbox
from safar.gateway.outbox import ClaimedSend
from safar.gateway.providers.base import (
    PermanentSendError,
    Provider,
    SendError,
    SendResult,
    TransientSendError,
)
from safar.store.changes import ChangeWatch
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.errors import StoreUnavailableError

Clock = Callable[[], datetime]

# Clocks of ours and of the provider differ a little.
_CLOCK_MARGIN = timedelta(minutes=1)
_MAX_DOUBLINGS = 30

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
        resend_unlisted: Whether a text is sent again, once, when the provider cannot be asked;
            then a person may get it twice.
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
    resend_unlisted: bool = False


@dataclass
class _Lane:
    """How one provider does; only its own thread touches it."""

    failures: int = 0
    paused_until: datetime | None = None

    def paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until


class Dispatcher:
    """Claims texts, calls providers, writes down what came of it.

    Each provider has its own lane (in `run`: its own thread), so one that is slow or down holds
    up nobody else's texts; after some failures in a row it is left alone for a while.
    """

    def __init__(
        self,
        database: Database,
        keyring: KeyRing,
        providers: Sequence[Provider],
        *,
        owner: str,
        clock: Clock,
        rng: random.Random,
        options: DispatcherOptions | None = None,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        """Take what it works with; nothing is opened or started.

        Args:
            database: The store.
            keyring: Decrypts texts and addresses.
            providers: Those to send through; texts of others stay in the outbox.
            owner: Name for leases, unique among all dispatchers that run, restarts included.
            clock: Gives the time (UTC).
            rng: Spreads retries.
            options: How hard to try.
            sleep: Waits some seconds; by default a wait that ends early when told to stop.

        Raises:
            ValueError: Two providers have the same name.
        """
        names = [provider.name for provider in providers]
        if len(set(names)) != len(names):
            raise ValueError(f"Two providers have the same name: {', '.join(sorted(names))}.")
        self._database = database
        self._keyring = keyring
        self._providers = tuple(providers)
        self._owner = owner
        self._clock = clock
        self._rng = rng
        self._options = options or DispatcherOptions()
        self._sleep = sleep
        self._lanes = {name: _Lane() for name in names}

    def run_once(self) -> int:
        """Serve every provider once.

        Returns:
            How many texts were tried or settled; 0 means there is nothing to do now.

        Raises:
            StoreUnavailableError: The store cannot be used; what was being sent is settled later.
        """
        return sum(self._serve(provider, threading.Event()) for provider in self._providers)

    def run(self, stop: threading.Event) -> None:
        """Serve all providers, each in its own thread, until told to stop.

        A call in flight is awaited; texts claimed but not tried are given back.
        """
        threads = [
            threading.Thread(target=self._run_lane, args=(provider, stop), name=provider.name)
            for provider in self._providers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _run_lane(self, provider: Provider, stop: threading.Event) -> None:
        wait = self._sleep or stop.wait
        watch = ChangeWatch(self._database)
        troubles = 0
        while not stop.is_set():
            try:
                watch.mark()
                handled = self._serve(provider, stop)
                troubles = 0
            except StoreUnavailableError as error:
                troubles += 1
                _log.error("dispatcher.store_unavailable", code=error.code)
                wait(self._backoff(troubles).total_seconds())
            except Exception as error:  # noqa: BLE001 - a lane that died would be silence nobody notices
                troubles += 1
                _log.error("dispatcher.failed", provider=provider.name, error=_kind(error))
                wait(self._backoff(troubles).total_seconds())
            else:
                if not handled:
                    watch.wait(self._options.poll, wait)
        watch.close()

    def _serve(self, provider: Provider, stop: threading.Event) -> int:
        lane = self._lanes[provider.name]
        if lane.paused(self._clock()):
            return 0
        handled = self._settle(provider)
        claimed = outbox.claim(
            self._database,
            self._keyring,
            self._owner,
            self._clock(),
            self._options.lease,
            self._options.batch,
            provider=provider.name,
            unknown_blocks=self._options.unknown_blocks,
        )
        for item in claimed:
            if stop.is_set() or lane.paused(self._clock()):
                outbox.hand_back(self._database, item.id, self._owner, self._clock())
                continue
            self._send(provider, item)
            handled += 1
        return handled

    def _send(self, provider: Provider, item: ClaimedSend) -> None:
        lease = self._options.lease
        if not outbox.mark_sending(self._database, item.id, self._owner, self._clock(), lease):
            _log.warning("outbox.lease_lost", outbox_id=item.id)
            return
        try:
            result = provider.send(item.message)
        except TransientSendError as error:
            self._retry(provider, item, error)
        except PermanentSendError as error:
            # The provider answered, so it works; only this text is refused.
            self._succeeded(provider)
            self._note("outbox.failed", provider, item, error.code)
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
            code = error.code if isinstance(error, SendError) else _kind(error)
            self._note("outbox.unknown", provider, item, code)
            outbox.mark_unknown(
                self._database, item.id, self._owner, self._clock(), error_code=code
            )
            self._failed(provider)
        else:
            self._succeeded(provider)
            recorded = outbox.mark_sent(
                self._database,
                item.id,
                self._clock(),
                provider_message_id=result.provider_message_id,
                status=result.status,
            )
            _log.info("outbox.sent", outbox_id=item.id, provider=provider.name, recorded=recorded)

    def _retry(self, provider: Provider, item: ClaimedSend, error: TransientSendError) -> None:
        now = self._clock()
        self._failed(provider, at_once=error.pause)
        if item.attempts >= self._options.max_attempts and not error.pause:
            self._note("outbox.dead", provider, item, error.code)
            outbox.mark_dead(self._database, item.id, self._owner, now, error_code=error.code)
            return
        self._note("outbox.retry", provider, item, error.code)
        outbox.retry_later(
            self._database,
            item.id,
            self._owner,
            now,
            delay=max(self._backoff(item.attempts), error.retry_after or timedelta()),
            error_code=error.code,
            counted=not error.pause,
        )

    def _settle(self, provider: Provider) -> int:
        """Find out what became of texts whose answer was lost."""
        can_find = provider.capabilities.can_find
        claimed = outbox.claim_unknown(
            self._database,
            self._keyring,
            self._owner,
            self._clock(),
            self._options.lease,
            self._options.batch,
            provider=provider.name,
            settle=self._options.settle if can_find else self._options.callback_wait,
        )
        for item in claimed:
            if can_find:
                self._ask(provider, item)
            else:
                self._resolve(item, None, may_resend=self._options.resend_unlisted)
        return len(claimed)

    def _ask(self, provider: Provider, item: ClaimedSend) -> None:
        now = self._clock()
        began = item.sending_at or item.unknown_at or now
        try:
            found = provider.find(item.message, began - _CLOCK_MARGIN)
        except Exception as error:  # noqa: BLE001 - not knowing is no reason to send again
            code = error.code if isinstance(error, SendError) else _kind(error)
            self._note("outbox.find_failed", provider, item, code)
            if now - began >= self._options.give_up:
                self._resolve(item, None, may_resend=False)
                return
            outbox.postpone_unknown(
                self._database,
                item.id,
                self._owner,
                now,
                # A tenth of its age, so that it is asked often at first and seldom later.
                delay=min(max((now - began) / 10, self._options.base_delay), timedelta(hours=1)),
                error_code=code,
            )
            return
        self._resolve(item, found, may_resend=True)

    def _resolve(self, item: ClaimedSend, found: SendResult | None, *, may_resend: bool) -> None:
        state = outbox.resolve_unknown(
            self._database,
            item.id,
            self._owner,
            self._clock(),
            found=found,
            may_resend=may_resend,
        )
        _log.info("outbox.resolved", outbox_id=item.id, state=state)

    def _succeeded(self, provider: Provider) -> None:
        lane = self._lanes[provider.name]
        lane.failures = 0
        lane.paused_until = None

    def _failed(self, provider: Provider, *, at_once: bool = False) -> None:
        lane = self._lanes[provider.name]
        lane.failures += 1
        beyond = lane.failures - self._options.pause_after
        if not at_once and beyond < 0:
            return
        pause = self._options.max_pause if at_once else self._backoff(beyond + 1)
        lane.paused_until = self._clock() + min(pause, self._options.max_pause)
        _log.warning("provider.paused", provider=provider.name, until=str(lane.paused_until))

    def _backoff(self, attempt: int) -> timedelta:
        """Double with each attempt up to the longest wait; between half of it and all of it."""
        doubled = self._options.base_delay * float(2 ** min(attempt - 1, _MAX_DOUBLINGS))
        return min(doubled, self._options.max_delay) * (0.5 + self._rng.random() / 2)

    def _note(self, event: str, provider: Provider, item: ClaimedSend, code: str) -> None:
        _log.warning(
            event,
            outbox_id=item.id,
            provider=provider.name,
            attempts=item.attempts,
            error_code=code,
        )


def _kind(error: Exception) -> str:
    """Name an error by its class: its words may hold a number or a text."""
    return type(error).__name__
