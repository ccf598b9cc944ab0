"""An office with an SMPP connection, and short words for what tests ask of it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from safar.gateway.dispatcher import Dispatcher, DispatcherOptions
from safar.gateway.messages import InboundMessage
from safar.gateway.providers.base import OutboundMessage, StatusReport
from safar.gateway.providers.plugin import Surroundings
from safar.gateway.providers.smpp.provider import SmppProvider
from safar.gateway.providers.smpp.settings import SmppSettings
from safar.store import counters
from safar.store.crypto import KeyRing
from safar.store.database import Database
from tests.clock import FakeClock
from tests.gateway.conftest import Post
from tests.peers.smsc import OUR_NUMBER, PASSWORD, PERSON, SYSTEM_ID, Smsc

WITHIN = 20.0
QUICK = {
    "host": "127.0.0.1",
    "system_id": SYSTEM_ID,
    "password": PASSWORD,
    "addresses": (OUR_NUMBER,),
    "messages_per_second": 500,
    "enquire_seconds": 0.4,
    "response_seconds": 1.0,
}
OPTIONS = DispatcherOptions(
    base_delay=timedelta(milliseconds=50), poll=0.02, settle=timedelta(seconds=15)
)


def until(true: Callable[[], Any], what: str = "") -> Any:
    """Wait for something to become true and return it."""
    end = time.monotonic() + WITHIN
    while True:
        found = true()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"It did not happen within {WITHIN:.0f} s. {what}")
        time.sleep(0.01)


def settings_for(smsc: Smsc, **changes: Any) -> SmppSettings:
    """Return settings for an SMSC, whatever the machine's environment says."""
    return SmppSettings(_env_file=None, **({**QUICK, "port": smsc.port} | changes))


@dataclass
class Office:
    """A store, and a dispatcher over one SMPP connection."""

    smsc: Smsc
    database: Database
    keyring: KeyRing
    clock: FakeClock
    post: Post
    surroundings: Surroundings
    messages: list[InboundMessage] = field(default_factory=list)
    reports: list[StatusReport] = field(default_factory=list)
    before_receive: Callable[[], None] = lambda: None
    _stop: threading.Event | None = None
    _thread: threading.Thread | None = None
    _provider: SmppProvider | None = None
    _dispatcher: Dispatcher | None = None

    @property
    def provider(self) -> SmppProvider:
        assert self._provider is not None
        return self._provider

    @property
    def dispatcher(self) -> Dispatcher:
        assert self._dispatcher is not None
        return self._dispatcher

    def open(self, *, run: bool = True, wait: bool = True, **settings: Any) -> SmppProvider:
        """Start the dispatcher; without ``run`` only what listens, so that tests send."""
        self._provider = SmppProvider(self.surroundings, settings_for(self.smsc, **settings))
        self._dispatcher = Dispatcher(
            self.database,
            self.keyring,
            [self._provider],
            owner=f"dispatcher-{random.random()}",
            clock=self.clock,
            rng=random.Random(1),
            options=OPTIONS,
        )
        self._stop = threading.Event()
        target = self._dispatcher.run if run else self._listen
        self._thread = threading.Thread(target=target, args=(self._stop,))
        self._thread.start()
        if wait:
            self.bound()
        return self._provider

    def _listen(self, stop: threading.Event) -> None:
        # As the dispatcher does it, for tests that send by themselves.
        self.dispatcher._listen("smpp", self.provider.listen, stop)

    def bound(self) -> None:
        """Wait until the connection is there."""
        until(lambda: self.provider._session is not None and self.smsc.is_bound(), "Not bound.")

    def close(self) -> None:
        if self._stop is not None and self._thread is not None:
            self._stop.set()
            self._thread.join(WITHIN)
            assert not self._thread.is_alive()
            self._stop = self._thread = None

    def queue(self, *texts: str, sender: str = PERSON, **more: Any) -> list[int]:
        """Put answers to a person into the outbox; return the rows' ids."""
        return self.post.queue(*texts, sender=sender, provider="smpp", **more)

    def send_once(self) -> None:
        """Let the dispatcher hand over what is ready now, once."""
        self.dispatcher.run_once()

    def message(
        self, body: str, outbox_id: int, *, to: str = PERSON, expires_at: datetime | None = None
    ) -> OutboundMessage:
        return OutboundMessage(
            outbox_id=outbox_id,
            conversation_id="v",
            to=to,
            from_=OUR_NUMBER,
            channel="sms",
            body=body,
            callback_id=str(outbox_id),
            expires_at=expires_at,
        )

    def state(self, outbox_id: int) -> str:
        return self.post.state(outbox_id)

    def becomes(self, outbox_id: int, state: str) -> None:
        until(lambda: self.state(outbox_id) == state, f"It is {self.state(outbox_id)}.")

    def error_code(self, outbox_id: int) -> object:
        return self.post.outbox_row(outbox_id)["error_code"]

    def bodies(self) -> list[str]:
        return [message.body for message in self.messages]

    def got(self, number: int) -> list[InboundMessage]:
        """Wait until so many messages came and the SMSC was told; return them."""
        until(lambda: len(self.messages) >= number, f"{len(self.messages)} came.")
        self.all_brought()
        return self.messages

    def all_brought(self) -> None:
        """Wait until the SMSC has an answer to all it brought."""
        until(lambda: all(each["done"] for each in self.smsc.deliveries()), "Not answered.")

    def confirmed(self) -> None:
        """Wait until it is known that the SMSC has read our answers."""
        until(lambda: all(":" in row["fingerprint"] for row in self.rows("received_parts")))

    def rows(self, table: str) -> list[dict[str, Any]]:
        with self.database.read() as tx:
            rows = tx.exec_driver_sql(f"SELECT * FROM {table}").all()
            return [dict(row._mapping) for row in rows]

    def counted(self, name: str) -> int:
        with self.database.read() as tx:
            return counters.value(tx, name, self.clock())
