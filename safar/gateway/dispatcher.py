"""Takes texts from the outbox to their providers, and keeps their connections and errands going."""

# ruff: noqa: PLR0913 - what it works with is handed in, one argument each.

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import structlog

from safar.gateway.breaker import Backoff, Breaker, Health
from safar.gateway.providers.base import Provider
from safar.gateway.providers.plugin import Errand
from safar.gateway.sending import Clock, DispatcherOptions, Sender
from safar.store import health, switches
from safar.store.changes import ChangeWatch
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.errors import StoreUnavailableError

__all__ = ["Clock", "Dispatcher", "DispatcherOptions"]

_log = structlog.get_logger(__name__)


class Lane(NamedTuple):
    """One channel of one provider."""

    provider: str
    channel: str


class Dispatcher:
    """Claims texts, calls providers, writes down what came of it.

    Each channel of a provider has its own breaker and its own thread, so one that is slow or out
    of order holds up nobody else's texts: a WhatsApp sender that was blocked does not silence SMS.
    A provider that also listens does so in a thread of its own. Errands have one together, but for
    those that may have to wait for others.
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
        errands: Sequence[Errand] = (),
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
            errands: Work to be done now and then.

        Raises:
            ValueError: Two providers have the same name.
        """
        names = [provider.name for provider in providers]
        if len(set(names)) != len(names):
            raise ValueError(f"Two providers have the same name: {', '.join(sorted(names))}.")
        self._database, self._keyring = database, keyring
        self._providers, self._errands = list(providers), list(errands)
        self._owner, self._clock, self._sleep = owner, clock, sleep
        self._options = options or DispatcherOptions()
        self._backoff = Backoff(self._options.base_delay, self._options.max_delay, rng)
        self._breakers: dict[Lane, Breaker] = {}
        self._senders: dict[Lane, Sender] = {}
        for provider in providers:
            for channel in sorted(provider.capabilities.channels):
                lane = Lane(provider.name, channel)
                self._breakers[lane] = self._breaker(lane)
                self._senders[lane] = self._sender(provider, lane)

    def run_once(self) -> int:
        """Serve every channel of every provider once.

        Returns:
            How many texts were tried or settled; 0 means there is nothing to do now.

        Raises:
            StoreUnavailableError: The store cannot be used; what was being sent is settled later.
        """
        never = threading.Event()
        return sum(self._serve(sender, never) for sender in self._senders.values())

    def run(self, stop: threading.Event) -> None:
        """Serve all channels, each in its own thread, until told to stop.

        A call in flight is awaited; texts claimed but not tried are given back.
        """
        threads = [
            threading.Thread(target=self._run_lane, args=(sender, stop), name="-".join(lane))
            for lane, sender in self._senders.items()
        ]
        for provider in self._providers:
            listen = getattr(provider, "listen", None)
            if listen is not None:
                threads.append(
                    threading.Thread(
                        target=self._listen, args=(provider.name, listen, stop), daemon=True
                    )
                )
        alone = [[errand] for errand in self._errands if errand.alone]
        together = [errand for errand in self._errands if not errand.alone]
        for errands in [*alone, together]:
            if errands:
                threads.append(
                    threading.Thread(target=self._run_errands, args=(errands, stop), daemon=True)
                )
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def health(self) -> dict[Lane, Health]:
        """Return how each channel of each provider does."""
        return {lane: breaker.health for lane, breaker in self._breakers.items()}

    def _breaker(self, lane: Lane) -> Breaker:
        def changed(now_is: Health) -> None:
            names = lane._asdict()
            if now_is.state == "open":
                _log.warning("provider.paused", **names, until=str(now_is.paused_until))
            try:
                with self._database.write() as tx:
                    health.note_provider(tx, *lane, self._clock(), **vars(now_is))
            except StoreUnavailableError as error:
                # It is for people to read; the breaker itself works without it.
                _log.warning("provider.health_not_noted", **names, code=error.code)

        return Breaker(
            self._backoff,
            self._options.max_pause,
            self._options.pause_after,
            self._clock,
            changed,
        )

    def _sender(self, provider: Provider, lane: Lane) -> Sender:
        return Sender(
            self._database,
            self._keyring,
            provider,
            lane.channel,
            self._breakers[lane],
            self._backoff,
            self._owner,
            self._clock,
            self._options,
        )

    def _serve(self, sender: Sender, stop: threading.Event) -> int:
        with self._database.read() as tx:
            stopped = switches.find(tx, switches.SENDING_STOPPED) is not None
            report = health.reported_broken(tx, sender.provider, sender.channel)
        if stopped:
            return 0
        sender.heed(report)
        return sender.serve(stop)

    def _run_lane(self, sender: Sender, stop: threading.Event) -> None:
        wait = self._sleep or stop.wait
        watch = ChangeWatch(self._database)
        troubles = 0
        while not stop.is_set():
            try:
                watch.mark()
                handled = self._serve(sender, stop)
                troubles = 0
            except StoreUnavailableError as error:
                troubles += 1
                _log.error("dispatcher.store_unavailable", code=error.code)
                wait(self._backoff.after(troubles).total_seconds())
            except Exception as error:  # noqa: BLE001 - a lane that died would be silence nobody notices
                troubles += 1
                _log.error(
                    "dispatcher.failed",
                    provider=sender.provider,
                    channel=sender.channel,
                    error=type(error).__name__,
                )
                wait(self._backoff.after(troubles).total_seconds())
            else:
                if not handled:
                    watch.wait(self._options.poll, wait)
        sender.close()
        watch.close()

    def _listen(
        self, name: str, listen: Callable[[threading.Event], None], stop: threading.Event
    ) -> None:
        wait = self._sleep or stop.wait
        troubles = 0
        while not stop.is_set():
            began = self._clock()
            try:
                listen(stop)
                troubles = 0
            except Exception as error:  # noqa: BLE001 - a line that died would be silence nobody notices
                # One that held for long is not the next in a row of troubles.
                steady = self._clock() - began > self._options.steady
                troubles = 1 if steady else troubles + 1
                _log.error("listener.failed", provider=name, error=type(error).__name__)
            if not stop.is_set():
                wait(self._backoff.after(troubles).total_seconds())

    def _run_errands(self, errands: Sequence[Errand], stop: threading.Event) -> None:
        wait = self._sleep or stop.wait
        due = {errand.name: 0.0 for errand in errands}
        passed = 0.0
        while not stop.is_set():
            for errand in errands:
                if due[errand.name] > passed:
                    continue
                due[errand.name] = passed + errand.every
                try:
                    done = errand.run()
                except Exception as error:  # noqa: BLE001 - the next run may do better
                    _log.error("errand.failed", errand=errand.name, error=type(error).__name__)
                else:
                    _log.info("errand.done", errand=errand.name, done=done)
            step = 1.0
            wait(step)
            passed += step
