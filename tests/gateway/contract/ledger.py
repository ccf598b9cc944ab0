"""The store's side of a contract test: what came, what is queued, what is lent to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from safar.gateway import outbox as queue
from safar.gateway.messages import OutgoingText
from safar.gateway.outbox import ClaimedSend
from safar.gateway.providers.base import OutboundMessage, Provider, SendResult
from safar.gateway.states import OPEN_STATES
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.tables import contact_identities, conversations, inbox, outbox
from tests.clock import FakeClock

LEASE = timedelta(seconds=30)
OWNER = "contract"


@dataclass
class Ledger:
    """Short words for what a test does with the queues; it has a connection of its own."""

    database: Database
    keyring: KeyRing
    clock: FakeClock

    # What came.

    def came(self) -> list[Any]:
        with self.database.read() as tx:
            return list(tx.execute(select(inbox).order_by(inbox.c.id)))

    def texts(self) -> list[str]:
        return [self.keyring.decrypt(row.body_encrypted) for row in self.came()]

    def who(self, place: int) -> str:
        """Return the address of who wrote a message, as an answer bears it."""
        written = select(contact_identities.c.value_encrypted).join(
            conversations, conversations.c.identity_id == contact_identities.c.id
        )
        with self.database.read() as tx:
            own = written.where(conversations.c.id == self.came()[place].conversation_id)
            return self.keyring.decrypt(tx.execute(own).scalar_one())

    # What goes.

    def queue(self, text: str, *, urgent: bool = False, place: int = -1) -> int:
        """Queue an answer to a message that came, by default to the last one."""
        row = self.came()[place]
        with self.database.write() as tx:
            number = tx.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one()
            made = queue.put(
                tx,
                self.keyring,
                idempotency_key=f"{row.id}:{number}",
                conversation_id=row.conversation_id,
                text=OutgoingText(text=text, kind="danger" if urgent else "answer"),
                inbox_id=row.id,
                now=self.clock(),
            )
        assert made is not None
        return made

    def lend(self, row_id: int) -> OutboundMessage:
        """Write down that a row is being sent; return it as the provider gets it."""
        now, message = self.clock(), None
        for item in queue.claim(self.database, self.keyring, OWNER, now, LEASE, 100):
            if item.id == row_id:
                assert queue.mark_sending(self.database, item.id, OWNER, now, LEASE)
                message = item.message
            else:
                assert queue.hand_back(self.database, item.id, OWNER, now)
        assert message is not None, f"Row {row_id} is not ready."
        return message

    def deliver(self, provider: Provider, row_id: int) -> SendResult:
        """Send a row, and write down what the provider said."""
        result = provider.send(self.lend(row_id))
        assert self.note(row_id, result)
        return result

    def note(self, row_id: int, result: SendResult) -> bool:
        return queue.mark_sent(
            self.database,
            row_id,
            self.clock(),
            provider_message_id=result.provider_message_id,
            status=result.status,
        )

    def doubt(self, row_id: int, provider: str) -> ClaimedSend:
        """Write down that the answer for a row was lost; return it as who asks for it gets it."""
        now = self.clock()
        assert queue.mark_unknown(self.database, row_id, OWNER, now, error_code="lost")
        (item,) = queue.claim_unknown(
            self.database,
            self.keyring,
            OWNER,
            now,
            LEASE,
            1,
            provider=provider,
            settle=timedelta(),
        )
        assert item.id == row_id
        return item

    # How it is.

    def row(self, row_id: int) -> dict[str, Any]:
        with self.database.read() as tx:
            return dict(tx.execute(select(outbox).where(outbox.c.id == row_id)).one()._mapping)

    def state(self, row_id: int) -> str:
        return str(self.row(row_id)["state"])

    def outbox(self) -> list[tuple[Any, ...]]:
        with self.database.read() as tx:
            return [tuple(row) for row in tx.execute(select(outbox).order_by(outbox.c.id))]

    def open_rows(self) -> list[int]:
        with self.database.read() as tx:
            waiting = select(outbox.c.id).where(outbox.c.state.in_(OPEN_STATES))
            return list(tx.execute(waiting).scalars())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody else write for a while, as a backup or a slow disk does."""
        with self.database.write():
            yield
