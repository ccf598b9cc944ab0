"""Reads from the store what was understood, and the texts where they are needed.

Of a person who asked to be forgotten nothing is read, also while their last text still waits to be
sent; of one who asked to be left alone only a cry for help was ever understood.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from safar.registry.intents import INTENTS
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.errors import CryptoError
from safar.store.tables import contacts, conversations, inbox
from safar.store.understood import NOT_UNDERSTOOD, Understood

TALK: Final = frozenset(
    "greet goodbye thank affirm deny menu change_language bot_challenge out_of_scope inform".split()
)
ASKING: Final = frozenset(INTENTS) - TALK
"""Intents that ask for something: those a text can be misread as, or have meant."""
UNANSWERED: Final = frozenset({NOT_UNDERSTOOD, "out_of_scope"})
SURE: Final = 0.7
"""Confidence from which what was understood is believed."""
_BATCH: Final = 500

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Message:
    """One message without its text.

    Attributes:
        id: Of its row in the inbox.
        conversation: Random id of its conversation.
        earlier: Whether it is of somebody who had the telephone before.
        at: When it came, UTC.
        understood: What it was taken for.
    """

    id: int
    conversation: str
    earlier: bool
    at: datetime
    understood: Understood

    @property
    def intent(self) -> str:
        """What it was understood as."""
        return self.understood.intent

    @property
    def written(self) -> bool:
        """Whether it is words of the person, not an option that was chosen."""
        return self.understood.chosen is None

    @property
    def unanswered(self) -> bool:
        """Whether it was not understood, or taken for nothing of ours."""
        return self.written and self.intent in UNANSWERED

    @property
    def unsure(self) -> bool:
        """Whether it was answered without being sure of it."""
        return self.written and self.intent in ASKING and self.understood.confidence < SURE


@dataclass(frozen=True)
class Messages:
    """Messages by conversation and time, and how many could not be opened with these keys."""

    rows: tuple[Message, ...]
    unreadable: int = 0


def messages(
    database: Database, keyring: KeyRing, since: datetime, progress: Progress | None = None
) -> Messages:
    """Return what was understood since a moment.

    Raises:
        StoreUnavailableError: The store is locked, damaged or away.
    """
    query = (
        select(
            inbox.c.id,
            inbox.c.conversation_id,
            inbox.c.received_at,
            inbox.c.understood_encrypted,
            (inbox.c.id <= conversations.c.earlier_until).label("earlier"),
        )
        .join(conversations, conversations.c.id == inbox.c.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(
            inbox.c.received_at >= since,
            inbox.c.understood_encrypted.is_not(None),
            inbox.c.body_encrypted != "",
            contacts.c.erase_at.is_(None),
        )
        .order_by(inbox.c.conversation_id, inbox.c.id)
    )
    with database.read() as tx:
        rows = tx.execute(query).all()
    found: list[Message] = []
    unreadable = 0
    for done, row in enumerate(rows, 1):
        try:
            seen = Understood.opened(keyring, row.understood_encrypted)
        except CryptoError:
            seen = None
        if seen is None:
            unreadable += 1
        else:
            earlier = bool(row.earlier)
            found.append(Message(row.id, row.conversation_id, earlier, row.received_at, seen))
        if progress is not None and done % _BATCH == 0:
            progress(done, len(rows))
    return Messages(tuple(found), unreadable)


def texts(
    database: Database, keyring: KeyRing, ids: Collection[int], progress: Progress | None = None
) -> dict[int, str]:
    """Return the texts of messages by id, without those that were erased or that no key opens.

    Raises:
        StoreUnavailableError: The store is locked, damaged or away.
    """
    found: dict[int, str] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        with database.read() as tx:
            rows = tx.execute(
                select(inbox.c.id, inbox.c.body_encrypted)
                .join(conversations, conversations.c.id == inbox.c.conversation_id)
                .join(contacts, contacts.c.id == conversations.c.contact_id)
                # They may have asked to be forgotten since the first look.
                .where(inbox.c.id.in_(batch), contacts.c.erase_at.is_(None))
            ).all()
        found.update(_opened(keyring, [(row.id, row.body_encrypted) for row in rows]))
        if progress is not None:
            progress(start + len(batch), len(wanted))
    return found


def _opened(keyring: KeyRing, rows: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for row, token in rows:
        try:
            text = keyring.decrypt(token)
        except CryptoError:
            continue
        if text:
            yield row, text
