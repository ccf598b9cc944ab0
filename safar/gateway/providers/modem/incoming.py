"""Parts that came: stored in one transaction each, joined, and handed on as messages."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Collection
from datetime import datetime, timedelta, timezone

import structlog
from sqlalchemy import delete, select, update

from safar.gateway.messages import MAX_BODY, InboundMessage
from safar.gateway.providers.modem import wire
from safar.gateway.providers.modem.settings import ModemSettings
from safar.gateway.providers.plugin import Surroundings
from safar.gateway.sms import udh
from safar.gateway.sms.joining import CLOSED, Group, Part, ready_groups
from safar.gateway.sms.numbers import written
from safar.store.dialect import insert_or_ignore
from safar.store.errors import CryptoError, StoreUnavailableError
from safar.store.tables import received_parts

NAME = "modem"
KEPT_DAYS = 60
"""How long it is remembered that a part was read: a stick may lie in a drawer for weeks."""

_OLDEST = timedelta(days=365)
_AGAIN_AFTER = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


def address_of(device: str) -> str:
    """Return our address on the stick with this IMEI, as it stands in conversations."""
    return f"{NAME}:{device}"


class Incoming:
    """Keeps parts and hands on messages. Safe to use from the threads of several modems."""

    def __init__(self, surroundings: Surroundings, settings: ModemSettings) -> None:
        """Take what it works with."""
        self._surroundings, self._settings = surroundings, settings
        self._joining = threading.Lock()
        self._again_at: dict[int, datetime] = {}

    def keep(self, device: str, part: wire.Received) -> bool:
        """Store a part; after this the modem may forget it.

        Returns:
            False when it was stored before.

        Raises:
            StoreUnavailableError: Nothing was stored.
        """
        keyring, now = self._surroundings.keyring, self._surroundings.clock()
        header = bytes.fromhex(part.udh)
        joined = udh.concatenation(header)
        sender = written(part.sender, self._settings.country)
        values = {
            "provider": NAME,
            "device": device,
            "fingerprint": _fingerprint(self._surroundings, part),
            "sender_digest": keyring.digest("phone", sender),
            "sender_encrypted": keyring.encrypt(sender),
            "reference": f"{joined.bits}:{joined.reference}" if joined else "",
            "parts": joined.parts if joined else 1,
            "part": joined.part if joined else 1,
            "text_encrypted": keyring.encrypt(_content(part, header)),
            "sent_at": _believable(part.at, now),
            "received_at": now,
            "inbox_id": None,
        }
        with self._surroundings.database.write() as tx:
            kept = insert_or_ignore(tx, received_parts, values)
        if kept is None:
            self._surroundings.count("modem.part_repeated")
        return kept is not None

    def hand_on(self, not_of: Collection[str] = ()) -> int:
        """Hand on all messages that are complete or have waited long enough.

        A crash at any point is made good by the next call.

        Args:
            not_of: Devices that are still bringing what they hold: an older message may come yet.

        Returns:
            How many messages.
        """
        with self._joining:
            wait = timedelta(minutes=self._settings.orphan_minutes)
            waiting = [part for part in self._waiting() if part.device not in not_of]
            groups = ready_groups(waiting, self._surroundings.clock(), wait)
            return sum(self._try_to_hand_on(group) for group in groups)

    def forget_old(self) -> int:
        """Forget parts that were handed on long ago."""
        before = self._surroundings.clock() - timedelta(days=KEPT_DAYS)
        with self._surroundings.database.write() as tx:
            done = tx.execute(
                delete(received_parts).where(
                    received_parts.c.provider == NAME,
                    received_parts.c.inbox_id.is_not(None),
                    received_parts.c.received_at < before,
                )
            )
            return done.rowcount

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
                text = keyring.decrypt(row.text_encrypted)
            except CryptoError:
                # A key was left out of the settings; the part waits until it is back.
                _log.error("modem.part_undecryptable", part_id=row.id)
                continue
            found.append(
                Part(
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
            )
        return found

    def _try_to_hand_on(self, group: Group) -> bool:
        """Hand on one message; a mistake of ours with it must not hold up the others."""
        first, now = group.parts[0].id, self._surroundings.clock()
        if self._again_at.get(first, now) > now:
            return False
        try:
            self._hand_on(group)
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - it is tried again, the others go on
            _log.error("modem.not_handed_on", part_id=first, error=type(error).__name__)
            self._again_at[first] = now + _AGAIN_AFTER
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
            self._surroundings.count("modem.incomplete")
        received = self._surroundings.receive(_message(group))
        with self._surroundings.database.write() as tx:
            # What is in the inbox need not lie here as well; the fingerprint stays.
            tx.execute(
                update(received_parts)
                .where(received_parts.c.id.in_(ids))
                .values(inbox_id=received.inbox_id, text_encrypted="", sender_encrypted="")
            )
        _log.info("inbox.received", inbox_id=received.inbox_id, duplicate=received.duplicate)


def _message(group: Group) -> InboundMessage:
    first = group.parts[0]
    fingerprints = sorted(part.fingerprint for part in group.parts)
    return InboundMessage(
        provider=NAME,
        provider_message_id=hashlib.sha256("\n".join(fingerprints).encode()).hexdigest(),
        channel="sms",
        sender_kind="phone",
        sender=first.sender[:200],
        recipient=address_of(first.device),
        body=group.text[:MAX_BODY],
        raw={"parts": str(first.parts), "missing": str(group.missing)},
        sent_at=group.at,
    )


def _fingerprint(surroundings: Surroundings, part: wire.Received) -> str:
    """Tell a part from all others; keyed, since numbers and short texts can be guessed."""
    at = part.at.astimezone(timezone.utc).isoformat() if part.at else ""
    said = json.dumps([part.sender, part.smsc, at, part.udh, part.text, part.binary])
    return surroundings.keyring.digest("modem.part", said)


def _content(part: wire.Received, header: bytes) -> str:
    """Return the words; data for programs of a telephone has none."""
    if not part.binary:
        return wire.text_of(part.text)
    if udh.has_ports(header):
        return ""
    try:
        text = bytes.fromhex(part.text).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""


def _believable(at: datetime | None, now: datetime) -> datetime | None:
    """Return the message centre's time, as far as it can be true."""
    if at is None:
        return None
    return min(max(at.astimezone(timezone.utc), now - _OLDEST), now)
