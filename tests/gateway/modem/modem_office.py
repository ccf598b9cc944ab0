"""An office with modems: a provider that listens, and short words for what tests ask of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from safar.gateway.messages import InboundMessage
from safar.gateway.providers.base import OutboundMessage, StatusReport
from safar.gateway.providers.modem.modem import Modem, Timing
from safar.gateway.providers.modem.provider import ModemProvider
from safar.gateway.providers.modem.settings import ModemSettings
from safar.gateway.providers.plugin import Surroundings
from safar.store import counters
from safar.store.crypto import KeyRing
from safar.store.database import Database
from tests.clock import FakeClock
from tests.peers.gammu_phone import CHILD, GammuPhone

WITHIN = 20.0
QUICK = {
    "connection": "none",
    "model": "dummy",
    "poll_seconds": 0.25,
    "heartbeat_seconds": 1.0,
    "call_seconds": 4.0,
    "send_seconds": 1.0,
    "status_seconds": 0.3,
}


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


@dataclass
class Office:
    """A provider that listens, and short words for what tests ask of it."""

    database: Database
    keyring: KeyRing
    clock: FakeClock
    surroundings: Surroundings
    messages: list[InboundMessage] = field(default_factory=list)
    reports: list[StatusReport] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    before_receive: Callable[[], None] = lambda: None
    _stop: threading.Event | None = None
    _thread: threading.Thread | None = None
    _provider: ModemProvider | None = None

    @property
    def provider(self) -> ModemProvider:
        assert self._provider is not None
        return self._provider

    @property
    def modem(self) -> Modem:
        return self.provider.modems[0]

    def open(
        self,
        *phones: GammuPhone,
        listen: bool = True,
        command: Sequence[str] = CHILD,
        wait: bool = True,
        **settings: Any,
    ) -> ModemProvider:
        devices = tuple(str(phone.folder) for phone in phones)
        chosen = ModemSettings(_env_file=None, devices=devices, **{**QUICK, **settings})
        timing = Timing(time.monotonic, self.slept.append)
        self._provider = ModemProvider(self.surroundings, chosen, command=command, timing=timing)
        if listen:
            self._stop = threading.Event()
            self._thread = threading.Thread(target=self.provider.listen, args=(self._stop,))
            self._thread.start()
            if wait:
                until(lambda: all(modem.usable for modem in self.provider.modems), "No modem.")
        return self.provider

    def close(self) -> None:
        if self._stop is not None and self._thread is not None:
            self._stop.set()
            self._thread.join(WITHIN)
            assert not self._thread.is_alive()
            self._stop = self._thread = None

    def message(
        self,
        body: str,
        outbox_id: int = 1,
        to: str = "+9779812345678",
        *,
        imei: str = "999999999999999",
        urgent: bool = False,
        expires_at: datetime | None = None,
    ) -> OutboundMessage:
        """Make a message, with a row of the outbox behind it."""
        with self.database.write() as tx:
            for table, values in _rows(outbox_id, self.keyring.encrypt(body)).items():
                names, marks = ", ".join(values), ", ".join("?" * len(values))
                tx.exec_driver_sql(
                    f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})",
                    tuple(values.values()),
                )
        return OutboundMessage(
            outbox_id=outbox_id,
            conversation_id="v",
            to=to,
            from_=f"modem:{imei}",
            channel="sms",
            body=body,
            callback_id=str(outbox_id),
            urgent=urgent,
            expires_at=expires_at,
        )

    def bodies(self) -> list[str]:
        return [message.body for message in self.messages]

    def got(self, number: int) -> list[InboundMessage]:
        """Wait until so many messages came; return them."""
        until(lambda: len(self.messages) >= number, f"{len(self.messages)} came.")
        return self.messages

    def outbox_state(self, outbox_id: int = 1) -> str:
        with self.database.read() as tx:
            return str(
                tx.exec_driver_sql("SELECT state FROM outbox WHERE id = ?", (outbox_id,)).scalar()
            )

    def rows(self, table: str) -> list[dict[str, Any]]:
        with self.database.read() as tx:
            rows = tx.exec_driver_sql(f"SELECT * FROM {table}").all()
            return [dict(row._mapping) for row in rows]

    def counted(self, name: str) -> int:
        with self.database.read() as tx:
            return counters.value(tx, name, self.clock())


def _rows(outbox_id: int, body: str) -> dict[str, dict[str, Any]]:
    """Return one person with one conversation, and a text that is being sent to them."""
    now = "2026-11-23T09:00:00.000000+00:00"
    conversation = {"channel": "sms", "provider": "modem", "created_at": now, "updated_at": now}
    return {
        "contacts": {"id": "c", "created_at": now},
        "contact_identities": {
            "id": 1,
            "contact_id": "c",
            "channel": "sms",
            "kind": "phone",
            "digest": "d",
            "value_encrypted": "",
            "created_at": now,
        },
        "conversations": conversation
        | {"id": "v", "contact_id": "c", "identity_id": 1, "our_address": "", "person_has_it": 0},
        "outbox": conversation
        | {
            "id": outbox_id,
            "idempotency_key": str(outbox_id),
            "conversation_id": "v",
            "body_encrypted": body,
            "priority": 0,
            "state": "sending",
            "attempts": 1,
            "resends": 0,
            "not_before": now,
            "segments": 1,
            "encoding": "",
        },
    }
