"""What a conversation has to remember between two messages: one bounded row."""

# ruff: noqa: PLR0913, PLR0917 - a row has many columns, and each is one argument.

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from safar.store.contacts import Conversation, as_conversation
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.errors import UnknownRowError
from safar.store.tables import conversations

MAX_FIELD_BYTES = 64 * 1024
"""Most bytes of state, of options and of pages each, so that turn 300 costs what turn 3 does."""


@dataclass(frozen=True)
class LoadedConversation(Conversation):
    """A conversation with its memory.

    Attributes:
        state: JSON text of the assistant, None before the first turn.
        offered_options: What bare numbers in the next message mean, as last saved.
        pages: Texts still to be sent when the person asks for more.
    """

    state: str | None = field(repr=False, default=None)
    offered_options: list[dict[str, Any]] = field(repr=False, default_factory=list)
    pages: list[str] = field(repr=False, default_factory=list)


def load(tx: Tx, keyring: KeyRing, conversation_id: str) -> LoadedConversation:
    """Load a conversation with its memory.

    Raises:
        UnknownRowError: There is no such conversation.
        CryptoError: No key of the ring opens it.
    """
    row = tx.execute(
        select(conversations).where(conversations.c.id == conversation_id)
    ).one_or_none()
    if row is None:
        raise UnknownRowError(f"There is no conversation {conversation_id}.")

    def opened(token: str | None) -> str | None:
        return None if token is None else keyring.decrypt(token)

    return LoadedConversation(
        **vars(as_conversation(row)),
        state=opened(row.state_encrypted),
        offered_options=json.loads(opened(row.options_encrypted) or "[]"),
        pages=json.loads(opened(row.pages_encrypted) or "[]"),
    )


def offered_options(tx: Tx, keyring: KeyRing, conversation_id: str) -> list[dict[str, Any]]:
    """Load only what bare numbers and titles in the next message mean.

    Raises:
        CryptoError: No key of the ring opens it.
    """
    token = tx.execute(
        select(conversations.c.options_encrypted).where(conversations.c.id == conversation_id)
    ).scalar_one_or_none()
    options: list[dict[str, Any]] = json.loads(keyring.decrypt(token)) if token else []
    return options


def save(
    tx: Tx,
    keyring: KeyRing,
    conversation_id: str,
    *,
    state: str | None,
    variant: str | None,
    offered_options: Sequence[Mapping[str, Any]],
    pages: Sequence[str],
    last_inbox_id: int,
    now: datetime,
    person_has_it: bool | None = None,
) -> None:
    """Replace the memory of a conversation.

    It is encrypted as a whole: the assistant's state repeats what the person wrote.

    Args:
        tx: An open write transaction.
        keyring: Encrypts.
        conversation_id: Whose memory.
        state: JSON text, or None to forget.
        variant: Language variant, such as ``ne-Latn``.
        offered_options: JSON objects, one an option.
        pages: Texts for "more".
        last_inbox_id: The message answered by this state.
        now: UTC.
        person_has_it: None leaves it as it is.

    Raises:
        ValueError: A field has more than `MAX_FIELD_BYTES`.
        UnknownRowError: There is no such conversation.
    """
    values: dict[str, Any] = {
        "state_encrypted": None if state is None else _sealed(keyring, "state", state),
        "variant": variant,
        "options_encrypted": _sealed(keyring, "offered options", _json(list(offered_options))),
        "pages_encrypted": _sealed(keyring, "pages", _json(list(pages))),
        "last_inbox_id": last_inbox_id,
        "updated_at": now,
    }
    if person_has_it is not None:
        values["person_has_it"] = person_has_it
    saved = tx.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(**values)
    )
    if saved.rowcount != 1:
        raise UnknownRowError(f"There is no conversation {conversation_id}.")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sealed(keyring: KeyRing, what: str, text: str) -> str:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_FIELD_BYTES:
        raise ValueError(
            f"The {what} of a conversation has {size} bytes; at most {MAX_FIELD_BYTES} are kept."
            " Save less: only what the next message needs."
        )
    return keyring.encrypt(text)
