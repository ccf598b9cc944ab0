"""What was said in a case, with what is known of each text: what it was taken for, whether it left.

Texts are read here as they are kept; what was erased is empty, and what no key opens says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Row, func, or_, select

from safar.cases.rows import Case
from safar.store.case_tables import case_events, case_messages, cases
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.errors import CryptoError
from safar.store.tables import inbox, outbox
from safar.store.understood import Understood

_DIGITS: Final = 20


class Sent(str, Enum):
    """How far a text to the person has come."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    """The provider has it."""
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNKNOWN = "unknown"
    """The provider's answer was lost; it is being asked."""
    FAILED = "failed"


_SENT: Final[Mapping[str, Sent]] = {
    **dict.fromkeys(("ready", "leased", "sending"), Sent.QUEUED),
    **{each.value: each for each in Sent},
    **dict.fromkeys(("undelivered", "canceled", "dead"), Sent.FAILED),
}


@dataclass(frozen=True)
class Delivery:
    """What became of a text to the person.

    Attributes:
        code: Why it failed, as the provider or we ourselves call it.
        provider: Whose code that is.
        channel: By which it went, or is going, in the end.
        other_way: Whether that is another way than was tried first.
        at: When this became so.
    """

    state: Sent
    code: str | None
    provider: str
    channel: str
    other_way: bool
    at: datetime


@dataclass(frozen=True)
class Line:
    """One text, or one note of staff.

    Attributes:
        author: ``worker``, ``staff``, ``bot`` or ``system``.
        kind: ``text`` went between people; ``note`` is of staff, for staff.
        body: Empty once it was erased; None where no key opens it.
        variant: Language variant that it is written in, as far as that is known.
        understood: What the bot took a worker's text for.
        sources: Where the bot's answer comes from.
    """

    id: int
    author: Literal["worker", "staff", "bot", "system"]
    kind: Literal["text", "note"]
    body: str | None = field(repr=False)
    staff_id: str | None
    at: datetime
    variant: str | None = None
    understood: Understood | None = field(default=None, repr=False)
    sources: tuple[str, ...] = ()
    delivery: Delivery | None = None

    @property
    def is_note(self) -> bool:
        """Whether the worker never sees it."""
        return self.kind == "note"


class _Written(BaseModel):
    """Of what stands beside a text in the outbox, the variant alone."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    variant: str | None = None


def transcript(tx: Tx, keyring: KeyRing, case: Case) -> list[Line]:
    """Return everything said in a case, in order."""
    found = tx.execute(
        select(case_messages)
        .where(case_messages.c.case_id == case.id)
        .order_by(case_messages.c.at, case_messages.c.id)
    ).all()
    went = _by_id(tx, outbox, (row.outbox_id for row in found))
    asked = {row.inbox_id for row in (*found, *went.values()) if row.inbox_id is not None}
    came = _by_id(tx, inbox, asked)
    later = _replacements(tx, went)
    return [_line(keyring, case, row, came, went, later) for row in found]


def fingerprint(tx: Tx, case_id: int) -> str:
    """Return a word that changes whenever what `transcript` returns does: for looking often."""
    of_case = case_messages.c.case_id == case_id
    # Two deeds may be of one moment, and not everything that changes a case is a deed.
    changed = tx.execute(
        select(
            cases.c.updated_at,
            select(func.max(case_events.c.id))
            .where(case_events.c.case_id == case_id)
            .scalar_subquery(),
        ).where(cases.c.id == case_id)
    ).one()
    texts = tx.execute(select(func.count(), func.max(case_messages.c.id)).where(of_case)).one()
    own = select(case_messages.c.outbox_id).where(of_case, case_messages.c.outbox_id.is_not(None))
    rows = tx.execute(
        select(outbox.c.id, outbox.c.state, outbox.c.error_code)
        .where(or_(outbox.c.id.in_(own), outbox.c.replaces_id.in_(own)))
        .order_by(outbox.c.id)
    ).all()
    seen = json.dumps([list(map(str, changed)), list(texts), [list(row) for row in rows]])
    return hashlib.sha256(seen.encode()).hexdigest()[:_DIGITS]


def unanswered_since(lines: Iterable[Line]) -> datetime | None:
    """Return since when the worker waits for a person: their first text after staff's last."""
    since: datetime | None = None
    for line in lines:
        if line.author == "staff" and not line.is_note:
            since = None
        elif line.author == "worker":
            since = since or line.at
    return since


def _by_id(tx: Tx, table: Any, ids: Iterable[int | None]) -> dict[int, Row[Any]]:
    wanted = {each for each in ids if each is not None}
    found = tx.execute(select(table).where(table.c.id.in_(wanted))) if wanted else ()
    return {row.id: row for row in found}


def _replacements(tx: Tx, went: Mapping[int, Row[Any]]) -> dict[int, Row[Any]]:
    """Return what was tried in place of texts that failed, the last try of each."""
    if not went:
        return {}
    found = tx.execute(
        select(outbox).where(outbox.c.replaces_id.in_(list(went))).order_by(outbox.c.id)
    )
    return {row.replaces_id: row for row in found}


def _line(  # noqa: PLR0913, PLR0917 - the rows a line is made of
    keyring: KeyRing,
    case: Case,
    row: Row[Any],
    came: Mapping[int, Row[Any]],
    went: Mapping[int, Row[Any]],
    later: Mapping[int, Row[Any]],
) -> Line:
    out = went.get(row.outbox_id)
    asked = came.get(row.inbox_id if out is None else out.inbox_id)
    taken_for = None if asked is None else _understood(keyring, asked.understood_encrypted)
    from_worker, from_bot = row.author == "worker", row.author == "bot"
    variant = None if row.kind == "note" else case.variant
    if from_worker and taken_for is not None:
        variant = taken_for.variant
    elif out is not None:
        variant = _variant(keyring, out.extras_encrypted) or variant
    return Line(
        id=row.id,
        author=row.author,
        kind=row.kind,
        body=_opened(keyring, row.body_encrypted),
        staff_id=row.staff_id,
        at=row.at,
        variant=variant,
        understood=taken_for if from_worker else None,
        sources=taken_for.sources if from_bot and taken_for is not None else (),
        delivery=None if out is None else _delivery(out, later.get(out.id)),
    )


def _delivery(first: Row[Any], later: Row[Any] | None) -> Delivery:
    row = later if later is not None else first
    state = _SENT.get(row.state, Sent.UNKNOWN)
    return Delivery(
        state=state,
        code=row.error_code if state is Sent.FAILED else None,
        provider=row.provider,
        channel=row.channel,
        other_way=later is not None,
        at=row.updated_at,
    )


def _opened(keyring: KeyRing, token: str) -> str | None:
    try:
        return keyring.decrypt(token)
    except CryptoError:
        return None


def _understood(keyring: KeyRing, token: str | None) -> Understood | None:
    try:
        return Understood.opened(keyring, token)
    except CryptoError:
        return None


def _variant(keyring: KeyRing, token: str | None) -> str | None:
    if not token:
        return None
    try:
        return _Written.model_validate_json(keyring.decrypt(token)).variant
    except (CryptoError, ValidationError):
        return None
