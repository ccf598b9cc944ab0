"""Parts that were sent: written down one by one, so that none is sent twice or forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select, update

from safar.gateway.providers.modem.incoming import KEPT_DAYS, NAME
from safar.gateway.sms.numbers import tail
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx
from safar.store.tables import sent_parts

SENDING, SENT, DELIVERED, FAILED = "sending", "sent", "delivered", "failed"
"""``sending`` is written before the modem is asked: such a part may have been sent."""

REPORT_WINDOW = timedelta(days=4)
"""How long a report is matched: the network counts parts from 0 to 255 and begins again."""


@dataclass(frozen=True)
class Progress:
    """How far the parts of one message have come.

    Attributes:
        states: Of the parts that were begun, by their number.
        device: The stick that sent them.
        in_doubt_since: When a part was begun of which nobody knows whether it was sent.
    """

    states: dict[int, str]
    device: str | None
    in_doubt_since: datetime | None = None

    def done(self, part: int) -> bool:
        """Whether the network has this part."""
        return self.states.get(part, SENDING) != SENDING


class SentParts:
    """The table ``sent_parts`` for modems; every method is one transaction."""

    def __init__(self, database: Database, keyring: KeyRing, clock: Callable[[], datetime]) -> None:
        """Take what it works with."""
        self._database, self._keyring, self._clock = database, keyring, clock

    def progress(self, outbox_id: int) -> Progress:
        """Return how far a message has come; no states when it was never begun."""
        with self._database.read() as tx:
            rows = tx.execute(_of(outbox_id)).all()
        doubtful = [row.sent_at for row in rows if row.status == SENDING]
        return Progress(
            {row.part: row.status for row in rows},
            rows[0].device if rows else None,
            max(doubtful, default=None),
        )

    def begin(self, outbox_id: int, part: int, parts: int, device: str, to: str) -> None:
        """Write down that the modem is about to be asked."""
        values = {
            "provider": NAME,
            "device": device,
            "parts": parts,
            "reference": "",
            "recipient_digest": self._digest(to),
            "status": SENDING,
            "sent_at": self._clock(),
        }
        with self._database.write() as tx:
            here = and_(sent_parts.c.outbox_id == outbox_id, sent_parts.c.part == part)
            if tx.execute(update(sent_parts).where(here).values(**values)).rowcount == 0:
                tx.execute(insert(sent_parts).values(outbox_id=outbox_id, part=part, **values))

    def sent(self, outbox_id: int, part: int, reference: int) -> None:
        """Write down that the network has a part, and its number there."""
        with self._database.write() as tx:
            tx.execute(
                update(sent_parts)
                .where(
                    sent_parts.c.outbox_id == outbox_id,
                    sent_parts.c.part == part,
                    # A report may have been faster.
                    sent_parts.c.status == SENDING,
                )
                .values(status=SENT, reference=str(reference), sent_at=self._clock())
            )

    def withdraw(self, outbox_id: int, part: int) -> None:
        """Write down that a part was surely not sent."""
        with self._database.write() as tx:
            tx.execute(
                delete(sent_parts).where(
                    sent_parts.c.outbox_id == outbox_id,
                    sent_parts.c.part == part,
                    sent_parts.c.status == SENDING,
                )
            )

    def forget(self, outbox_id: int) -> None:
        """Forget all parts of a message: another stick will send it as a whole."""
        with self._database.write() as tx:
            tx.execute(delete(sent_parts).where(sent_parts.c.outbox_id == outbox_id))

    def forget_old(self) -> int:
        """Forget parts of long ago; no report will come for them."""
        before = self._clock() - timedelta(days=KEPT_DAYS)
        with self._database.write() as tx:
            old = and_(sent_parts.c.provider == NAME, sent_parts.c.sent_at < before)
            return tx.execute(delete(sent_parts).where(old)).rowcount

    def settle(
        self, device: str, recipient: str, reference: int, state: str
    ) -> tuple[int, dict[int, str], int] | None:
        """Apply a report to the part it is about.

        Args:
            device: IMEI of the stick that brought it.
            recipient: Whom the part was sent to, as the network writes it.
            reference: The network's number of the part.
            state: `DELIVERED` or `FAILED`.

        Returns:
            The outbox row, the states of its parts and how many it has; None when no part is
            known that it could be about.
        """
        with self._database.write() as tx:
            row = self._reported(tx, device, recipient, reference)
            if row is None:
                return None
            # A part once delivered stays so, whatever comes late.
            if row.status != DELIVERED:
                tx.execute(
                    update(sent_parts)
                    .where(sent_parts.c.id == row.id)
                    .values(status=state, reference=str(reference))
                )
            rows = tx.execute(_of(row.outbox_id)).all()
            return row.outbox_id, {each.part: each.status for each in rows}, row.parts

    def _reported(self, tx: Tx, device: str, recipient: str, reference: int) -> Row[Any] | None:
        to_them = and_(
            sent_parts.c.provider == NAME,
            sent_parts.c.device == device,
            sent_parts.c.recipient_digest == self._digest(recipient),
            sent_parts.c.sent_at > self._clock() - REPORT_WINDOW,
        )
        known = self._newest(tx, and_(to_them, sent_parts.c.reference == str(reference)))
        if known:
            return known[0]
        # The answer was lost together with the number. If just one part is in doubt, it is this.
        doubtful = self._newest(
            tx,
            and_(to_them, sent_parts.c.reference == "", sent_parts.c.status == SENDING),
        )
        return doubtful[0] if len(doubtful) == 1 else None

    @staticmethod
    def _newest(tx: Tx, condition: ColumnElement[bool]) -> list[Row[Any]]:
        newest_first = select(sent_parts).where(condition).order_by(sent_parts.c.id.desc())
        return list(tx.execute(newest_first.limit(2)))

    def _digest(self, address: str) -> str:
        return self._keyring.digest("modem.recipient", tail(address))


def _of(outbox_id: int) -> Any:
    return (
        select(sent_parts)
        .where(sent_parts.c.outbox_id == outbox_id, sent_parts.c.provider == NAME)
        .order_by(sent_parts.c.part)
    )
