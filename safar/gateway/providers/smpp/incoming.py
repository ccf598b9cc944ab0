"""Messages that came: stored part by part, joined, handed on, and told apart from repeats.

SMPP gives a message to us no id, and an SMSC that does not learn of our answer brings it again. So
a message counts as a repeat of an equal one for as long as the SMSC may not know that we have the
first: until it has answered something that we wrote after our answer to it, which is asked for
within a second. After a new connection that time is `repeat_minutes`. Later an equal message is
another one: people answer "1" to two menus.
"""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import timedelta

import structlog
from sqlalchemy import Row, delete, select, update

from safar.gateway.messages import MAX_BODY, InboundMessage
from safar.gateway.providers.plugin import Surroundings
from safar.gateway.providers.smpp.addresses import of_ours, of_sender
from safar.gateway.providers.smpp.alphabets import text_of
from safar.gateway.providers.smpp.delivered import RECEIPTED_ID, USER_REFERENCE, Delivered
from safar.gateway.providers.smpp.sent import KEPT, NAME
from safar.gateway.providers.smpp.settings import SmppSettings
from safar.gateway.sms import udh
from safar.gateway.sms.joining import CLOSED, Group, Part, ready_groups
from safar.store.dialect import insert_or_ignore
from safar.store.errors import CryptoError, StoreUnavailableError
from safar.store.tables import received_parts

_LONGEST_SENDER = 200
_AGAIN_AFTER = timedelta(minutes=1)
_OWN_ID = "id:"
"""Before the fingerprint of a message that the SMSC gave an id: it is always told apart."""

_log = structlog.get_logger(__name__)


class NotHandedOnError(Exception):
    """A mistake of ours kept a message from its inbox; it is kept and tried again."""


class Incoming:
    """The table ``received_parts`` for SMPP. Safe to use from several threads."""

    def __init__(self, surroundings: Surroundings, settings: SmppSettings) -> None:
        """Take what it works with."""
        self._surroundings, self._settings = surroundings, settings
        self._joining = threading.Lock()
        self._again_at: dict[int, float] = {}

    def take(self, delivered: Delivered) -> int:
        """Keep a message and hand on what is whole by it; return the number of what was kept.

        Raises:
            StoreUnavailableError: The SMSC must bring it again.
            NotHandedOnError: So it should, though it is kept.
        """
        kept = self._keep(delivered)
        self.hand_on()
        with self._surroundings.database.read() as tx:
            row = tx.execute(
                select(received_parts).where(received_parts.c.id == kept)
            ).one_or_none()
        # A part that waits for others is as safe here as in the inbox.
        if row is not None and row.inbox_id is None and not _waits(row):
            raise NotHandedOnError
        return kept

    def hand_on(self) -> int:
        """Hand on all messages that are complete or have waited long enough.

        A crash at any point is made good by the next call.

        Returns:
            How many messages.
        """
        with self._joining:
            wait = timedelta(minutes=self._settings.orphan_minutes)
            groups = ready_groups(self._waiting(), self._surroundings.clock(), wait)
            return sum(self._try_to_hand_on(group) for group in groups)

    def confirmed(self, kept: int) -> None:
        """Note that the SMSC knows we have this: an equal message from now on is another one."""
        with self._surroundings.database.write() as tx:
            tx.execute(
                update(received_parts)
                .where(
                    received_parts.c.id == kept,
                    received_parts.c.provider == NAME,
                    received_parts.c.fingerprint.not_like("%:%"),
                )
                .values(fingerprint=received_parts.c.fingerprint + f":{kept}")
            )

    def settle_before(self, bound_for: timedelta) -> bool:
        """Take as known to the SMSC what came before this connection, once it is old enough.

        Args:
            bound_for: How long this connection has been there.

        Returns:
            Whether that was done; it need not be done again.
        """
        if bound_for < timedelta(minutes=self._settings.repeat_minutes):
            return False
        before = self._surroundings.clock() - bound_for
        with self._surroundings.database.read() as tx:
            doubtful = tx.execute(
                select(received_parts.c.id).where(
                    received_parts.c.provider == NAME,
                    received_parts.c.received_at < before,
                    received_parts.c.fingerprint.not_like("%:%"),
                )
            ).scalars()
            kept = list(doubtful)
        for each in kept:
            self.confirmed(each)
        return True

    def forget_old(self) -> int:
        """Forget parts that were handed on long ago."""
        with self._surroundings.database.write() as tx:
            done = tx.execute(
                delete(received_parts).where(
                    received_parts.c.provider == NAME,
                    received_parts.c.inbox_id.is_not(None),
                    received_parts.c.received_at < self._surroundings.clock() - KEPT,
                )
            )
            return done.rowcount

    def _keep(self, delivered: Delivered) -> int:
        keyring = self._surroundings.keyring
        joined = delivered.concatenation
        sender = of_sender(delivered.source, self._settings.country)[:_LONGEST_SENDER]
        fingerprint = self._fingerprint(delivered)
        values = {
            "provider": NAME,
            "device": of_ours(delivered.destination, self._settings),
            "fingerprint": fingerprint,
            "sender_digest": keyring.digest("phone", sender),
            "sender_encrypted": keyring.encrypt(sender),
            "reference": f"{joined.bits}:{joined.reference}" if joined else "",
            "parts": joined.parts if joined else 1,
            "part": joined.part if joined else 1,
            # As JSON, which can hold the half of a character that was cut in two.
            "text_encrypted": keyring.encrypt(json.dumps(self._text(delivered))),
            "sent_at": None,
            "received_at": self._surroundings.clock(),
            "inbox_id": None,
        }
        with self._surroundings.database.write() as tx:
            kept = insert_or_ignore(tx, received_parts, values)
            if kept is not None:
                return kept
            known = tx.execute(
                select(received_parts.c.id).where(
                    received_parts.c.provider == NAME, received_parts.c.fingerprint == fingerprint
                )
            ).scalar_one()
        self._surroundings.count("smpp.part_repeated")
        return int(known)

    def _fingerprint(self, delivered: Delivered) -> str:
        """Tell a message from those that are not equal; keyed, since short texts can be guessed."""
        own_id = delivered.string(RECEIPTED_ID).strip("0")
        said = json.dumps(
            [
                delivered.source,
                delivered.destination,
                delivered.data_coding,
                delivered.header.hex(),
                delivered.octets.hex(),
                delivered.concatenation,
                # A telephone's own count, where the SMSC passes it on.
                delivered.number(USER_REFERENCE),
                own_id,
            ]
        )
        # The octets as they are: a digest of ours takes texts that differ in spaces for equal.
        whole = hashlib.sha256(said.encode()).hexdigest()
        digest = self._surroundings.keyring.digest("smpp.part", whole)
        return f"{_OWN_ID}{digest}" if own_id else digest

    def _text(self, delivered: Delivered) -> str:
        if udh.has_ports(delivered.header):
            return ""  # It is for a program of the telephone.
        text = text_of(delivered.data_coding, delivered.octets, self._settings.default_alphabet)
        if text is not None:
            return text
        try:
            text = delivered.octets.decode("utf-8")
        except UnicodeDecodeError:
            return ""
        return text if text.isprintable() else ""

    def _waiting(self) -> list[Part]:
        keyring, found = self._surroundings.keyring, []
        with self._surroundings.database.read() as tx:
            rows = tx.execute(
                select(received_parts)
                .where(received_parts.c.provider == NAME, received_parts.c.inbox_id.is_(None))
                .order_by(received_parts.c.id)
            ).all()
        for row in rows:
            try:
                sender = keyring.decrypt(row.sender_encrypted)
                text = json.loads(keyring.decrypt(row.text_encrypted))
            except CryptoError:
                # A key was left out of the settings; the part waits until it is back.
                _log.error("smpp.part_undecryptable", part_id=row.id)
                continue
            found.append(_part(row, sender, text))
        return found

    def _try_to_hand_on(self, group: Group) -> bool:
        """Hand on one message; a mistake of ours with it must not hold up the others."""
        first, now = group.parts[0].id, self._surroundings.clock().timestamp()
        if self._again_at.get(first, now) > now:
            return False
        try:
            self._hand_on(group)
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - it is tried again, the others go on
            _log.error("smpp.not_handed_on", part_id=first, error=type(error).__name__)
            self._again_at[first] = now + _AGAIN_AFTER.total_seconds()
            return False
        self._again_at.pop(first, None)
        return True

    def _hand_on(self, group: Group) -> None:
        ids = [part.id for part in group.parts]
        if not group.closed:
            # Decided before anybody is told: a part that comes between a crash and the next
            # start must find this message closed, not change what it was.
            reference = f"{group.parts[0].reference}{CLOSED}{ids[0]}"
            with self._surroundings.database.write() as tx:
                tx.execute(
                    update(received_parts)
                    .where(received_parts.c.id.in_(ids))
                    .values(reference=reference)
                )
        if group.missing:
            self._surroundings.count("smpp.incomplete")
        received = self._surroundings.receive(_message(group))
        with self._surroundings.database.write() as tx:
            # What is in the inbox need not lie here as well; the fingerprint stays.
            tx.execute(
                update(received_parts)
                .where(received_parts.c.id.in_(ids))
                .values(inbox_id=received.inbox_id, text_encrypted="", sender_encrypted="")
            )
        _log.info("inbox.received", inbox_id=received.inbox_id, duplicate=received.duplicate)


def _waits(row: Row[tuple[object, ...]]) -> bool:
    return bool(row.reference) and CLOSED not in row.reference


def _part(row: Row[tuple[object, ...]], sender: str, text: str) -> Part:
    return Part(
        id=row.id,
        device=row.device,
        sender_digest=row.sender_digest,
        sender=sender,
        reference=row.reference,
        parts=row.parts,
        part=row.part,
        text=text,
        sent_at=row.sent_at,
        received_at=row.received_at,
        fingerprint=row.fingerprint,
    )


def _message(group: Group) -> InboundMessage:
    first = group.parts[0]
    # The numbers of our own rows: a row stands for one message, however often it was brought.
    rows = sorted(
        f"{part.id} {part.received_at.isoformat()} {part.sender_digest}" for part in group.parts
    )
    return InboundMessage(
        provider=NAME,
        provider_message_id=hashlib.sha256("\n".join(rows).encode()).hexdigest(),
        channel="sms",
        # A name or a short code is no telephone, which is told by its form.
        sender_kind="phone",
        sender=first.sender,
        recipient=first.device,
        body=group.text[:MAX_BODY],
        raw={"parts": str(first.parts), "missing": str(group.missing)},
    )
