"""Cases that may belong together, and why: for an officer to look at, and to link if they do.

Only cases of the same desk, and never across a change of hands: whoever has the telephone now is
not shown to be the one who had it before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from pydantic import ValidationError
from sqlalchemy import and_, or_, select

from safar.cases import rows
from safar.cases.opening import About
from safar.cases.rows import Case
from safar.cases.states import State
from safar.registry.names import place_key
from safar.store.case_tables import cases
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.errors import CryptoError

WITHIN: Final = timedelta(days=90)
"""How far two cases may be apart in time; of one person they may be apart as far as they like."""

_NAMED: Final = ("employer", "agency")
_MOST_READ: Final = 400
"""Cases looked into: what the person told is encrypted, so the database cannot search in it."""
_MOST_SHOWN: Final = 10
_HIDDEN: Final = tuple(state.value for state in (State.OFFERED, State.DECLINED, State.WITHDRAWN))
"""What nobody agreed to, or agrees to no longer."""


class Why(str, Enum):
    """In what two cases are alike."""

    PERSON = "person"
    EMPLOYER = "employer"
    AGENCY = "agency"
    JOURNEY = "journey"
    """Same country left, same country of work, same kind of trouble."""


@dataclass(frozen=True)
class Similar:
    """A case and in what it is like the one looked at; the weightiest reason first."""

    case: Case
    why: tuple[Why, ...]


def similar(tx: Tx, keyring: KeyRing, case: Case) -> list[Similar]:
    """Return cases of the same desk that are like a case, those alike in most things first."""
    if case.erased_at is not None:
        return []
    told = _told(keyring, _about_tokens(tx, [case.id]).get(case.id))
    at = _begun(case)
    found = tx.execute(
        select(*rows.columns())
        .where(
            cases.c.desk_id == case.desk_id,
            cases.c.id != case.id,
            cases.c.state.not_in(_HIDDEN),
            cases.c.erased_at.is_(None),
            or_(
                and_(cases.c.contact_id == case.contact_id, cases.c.detached_at.is_(None)),
                and_(cases.c.opened_at >= at - WITHIN, cases.c.opened_at <= at + WITHIN),
            ),
        )
        .order_by(cases.c.id.desc())
        .limit(_MOST_READ)
    )
    others = [rows.as_case(row) for row in found.all()]
    theirs = _about_tokens(tx, [other.id for other in others]) if told else {}
    alike = [
        Similar(other, why)
        for other in others
        if (why := tuple(_reasons(keyring, case, told, other, theirs.get(other.id))))
    ]
    alike.sort(key=lambda each: (-len(each.why), -each.case.id))
    return alike[:_MOST_SHOWN]


def _reasons(
    keyring: KeyRing, case: Case, told: dict[str, str], other: Case, token: str | None
) -> Iterator[Why]:
    one_holder = case.detached_at is None and other.detached_at is None
    if one_holder and case.contact_id == other.contact_id:
        yield Why.PERSON
    if abs(_begun(other) - _begun(case)) > WITHIN:
        return
    if told and token:
        theirs = _told(keyring, token)
        for name in _NAMED:
            if told.get(name) and told[name] == theirs.get(name):
                yield Why(name)
    journey = (case.origin, case.destination, case.kind)
    if None not in journey and journey == (other.origin, other.destination, other.kind):
        yield Why.JOURNEY


def _told(keyring: KeyRing, token: str | None) -> dict[str, str]:
    """Return whom they named, in the form in which names are compared."""
    if not token:
        return {}
    try:
        told = About.model_validate_json(keyring.decrypt(token)).told
    except (CryptoError, ValidationError):
        # A case that cannot be read is like no other; its own page says what is wrong with it.
        return {}
    return {name: key for name in _NAMED if (key := place_key(told.get(name, "")))}


def _about_tokens(tx: Tx, case_ids: Sequence[int]) -> dict[int, str | None]:
    found = tx.execute(select(cases.c.id, cases.c.about_encrypted).where(cases.c.id.in_(case_ids)))
    return {row.id: row.about_encrypted for row in found.all()}


def _begun(case: Case) -> datetime:
    return case.opened_at or case.offered_at
