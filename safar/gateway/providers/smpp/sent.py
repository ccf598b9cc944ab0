"""Parts that were sent: written down one by one, so that none is sent twice or forgotten."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select, update

from safar.gateway.sms.numbers import tail
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx
from safar.store.tables import sent_parts

NAME = "smpp"
SENDING, SENT, DELIVERED, FAILED = "sending", "sent", "delivered", "failed"
"""``sending`` is written before the SMSC is asked: such a part may have been taken."""

KEPT = timedelta(days=60)
REPORT_WINDOW = timedelta(days=35)
"""How long a receipt is matched: an SMSC may begin its ids anew, and tries for 30 days at most."""


@dataclass(frozen=True)
class Progress:
    """How far the parts of one message have come.

    Attributes:
        states: By part.
        parts: How many the message has.
        device: The address of ours that it goes out from.
        in_doubt_since: When a part was handed over of which nobody knows whether it was taken.
    """

    states: dict[int, str]
    parts: int
    device: str | None
    in_doubt_since: datetime | None = None

    def done(self, part: int) -> bool:
        """Whether the SMSC has this part."""
        return self.states.get(part, SENDING) != SENDING

    @property
    def incomplete(self) -> bool:
        """Whether a part was surely not taken, so that nobody can have read the whole."""
        return len(self.states) < self.parts


class SentParts:
    """The table ``sent_parts`` for SMPP; every method is one transaction.

    Here ``device`` is the address of ours that a part went out from, and ``reference`` the SMSC's
    id of the part.
    """

    def __init__(
        self,
        database: Database,
        keyring: KeyRing,
        clock: Callable[[], datetime],
        addresses: Collection[str],
    ) -> None:
        """Take what it works with, and our addresses."""
        self._database, self._keyring, self._clock = database, keyring, clock
        self._addresses = list(addresses)

    def progress(self, outbox_id: int) -> Progress:
        """Return how far a message has come; no states when it was never begun."""
        with self._database.read() as tx:
            rows = tx.execute(_of(outbox_id)).all()
        states = {row.part: row.status for row in rows}
        since = max((row.sent_at for row in rows if row.status == SENDING), default=None)
        parts, device = (rows[0].parts, rows[0].device) if rows else (0, None)
        return Progress(states, parts, device, since)

    def begin(self, outbox_id: int, part: int, parts: int, device: str, to: str) -> None:
        """Write down that the SMSC is about to be asked."""
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

    def sent(self, outbox_id: int, part: int, reference: str) -> None:
        """Write down that the SMSC has a part, and its id there."""
        with self._database.write() as tx:
            tx.execute(
                update(sent_parts)
                .where(
                    sent_parts.c.outbox_id == outbox_id,
                    sent_parts.c.part == part,
                    # A receipt may have been faster.
                    sent_parts.c.status == SENDING,
                )
                .values(status=SENT, reference=reference, sent_at=self._clock())
            )

    def withdraw(self, outbox_id: int, part: int) -> None:
        """Write down that a part was surely not taken."""
        with self._database.write() as tx:
            tx.execute(
                delete(sent_parts).where(
                    sent_parts.c.outbox_id == outbox_id,
                    sent_parts.c.part == part,
                    sent_parts.c.status == SENDING,
                )
            )

    def forget(self, outbox_id: int) -> None:
        """Forget all parts of a message: it is sent anew as a whole."""
        with self._database.write() as tx:
            tx.execute(delete(sent_parts).where(sent_parts.c.outbox_id == outbox_id))

    def forget_old(self) -> int:
        """Forget parts of long ago; no receipt will come for them."""
        with self._database.write() as tx:
            old = and_(sent_parts.c.provider == NAME, sent_parts.c.sent_at < self._clock() - KEPT)
            return tx.execute(delete(sent_parts).where(old)).rowcount

    def settle(
        self,
        people: Collection[str],
        reference: str,
        state: str,
        under_way: Collection[int] | None = None,
    ) -> tuple[int, dict[int, str], int] | None:
        """Apply a receipt to the part it is about.

        Args:
            people: The addresses named in it: one is the recipient, SMSCs differ which.
            reference: The SMSC's id of the part, as the receipt writes it.
            state: `DELIVERED` or `FAILED`.
            under_way: None takes the part with that id only. Else a part whose answer was lost
                with its id may be meant, but none of these outbox rows: their answers may come.

        Returns:
            The outbox row, the states of its parts and how many it has; None when no part is
            known that it could be about.
        """
        with self._database.write() as tx:
            row = self._reported(tx, people, reference, under_way)
            if row is None:
                return None
            # A part once delivered stays so, whatever comes late.
            if row.status != DELIVERED:
                tx.execute(
                    update(sent_parts)
                    .where(sent_parts.c.id == row.id)
                    .values(status=state, reference=row.reference or reference)
                )
            rows = tx.execute(_of(row.outbox_id)).all()
            return row.outbox_id, {each.part: each.status for each in rows}, row.parts

    def _reported(
        self,
        tx: Tx,
        people: Collection[str],
        reference: str,
        under_way: Collection[int] | None,
    ) -> Row[Any] | None:
        to_them = and_(
            sent_parts.c.provider == NAME,
            sent_parts.c.device.in_(self._addresses),
            sent_parts.c.recipient_digest.in_({self._digest(each) for each in people}),
            sent_parts.c.sent_at > self._clock() - REPORT_WINDOW,
        )
        for spelling in spellings(reference):
            known = self._newest(tx, and_(to_them, sent_parts.c.reference == spelling))
            if known:
                return known[0]
        if under_way is None:
            return None
        # If just one part is in doubt, it is this.
        without_id = and_(
            to_them, sent_parts.c.reference == "", sent_parts.c.outbox_id.not_in(list(under_way))
        )
        doubtful = self._newest(tx, without_id)
        return doubtful[0] if len(doubtful) == 1 else None

    @staticmethod
    def _newest(tx: Tx, condition: ColumnElement[bool]) -> list[Row[Any]]:
        newest_first = select(sent_parts).where(condition).order_by(sent_parts.c.id.desc())
        return list(tx.execute(newest_first.limit(2)))

    def _digest(self, address: str) -> str:
        return self._keyring.digest("smpp.recipient", tail(address))


def spellings(reference: str) -> list[str]:
    """Return how an SMSC may have written an id before, the likeliest first.

    Many answer with a hexadecimal number and write the same number in decimal into the receipt,
    or the other way round; zeros in front and the case of letters change as well.
    """
    found = [reference, reference.lower(), reference.upper(), reference.lstrip("0")]
    if reference.isascii() and reference.isdigit():
        number = int(reference)
        found += [f"{number:x}", f"{number:X}", f"{number:08x}", f"{number:08X}", f"{number:010d}"]
    try:
        number = int(reference, 16)
    except ValueError:
        number = 0
    if number:
        found += [str(number), f"{number:010d}"]
    return [each for each in dict.fromkeys(found) if each]


def _of(outbox_id: int) -> Any:
    return (
        select(sent_parts)
        .where(sent_parts.c.outbox_id == outbox_id, sent_parts.c.provider == NAME)
        .order_by(sent_parts.c.part)
    )
