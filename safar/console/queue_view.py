"""A list of cases as it is shown: words for what the store keeps as names and moments."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from safar.cases.listing import Counts, Listed, Tab
from safar.cases.states import LOOKED_AT, WAITING
from safar.console.case_words import RISKS, STATES, kind_words
from safar.console.house import House
from safar.console.i18n import Words, marked
from safar.console.lengths import length
from safar.console.rendering import country
from safar.phrasing.values import Phrase
from safar.store.case_tables import staff
from safar.store.crypto import KeyRing
from safar.store.database import Tx

TABS: Final[Mapping[Tab, str]] = {
    Tab.WAITING: marked("Waiting"),
    Tab.MINE: marked("Mine"),
    Tab.ACKNOWLEDGED: marked("Acknowledged"),
    Tab.WITH_PERSON: marked("With a person"),
    Tab.HANDED_BACK: marked("Handed back"),
    Tab.CLOSED: marked("Closed"),
    Tab.ALL: marked("All"),
}


@dataclass(frozen=True)
class Line:
    """One case as the list shows it.

    Attributes:
        waits: For how long; empty where nobody waits.
        due: Until when staff must look or answer, and whether that has passed.
        marks: What is new in it since the reader looked last, and what is unusual.
    """

    id: int
    risk: str
    risk_word: str
    kind: str
    reference: str
    origin: str
    destination: str
    state: str
    waits: str
    due: str
    late: bool
    assignee: str
    since: datetime
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Reader:
    """Who reads the list, and what they know already.

    Attributes:
        words: In their language.
        staff_id: Their own, for whom a case says that it is theirs.
        names: Of colleagues, by id.
        seen: When they looked last.
        written_in: Cases in which the person added something since then.
    """

    words: Words
    staff_id: str
    names: Mapping[str, str]
    seen: datetime | None
    written_in: frozenset[int]


def line(house: House, reader: Reader, case: Listed, now: datetime) -> Line:
    """Return a case as the list shows it.

    Args:
        house: The surroundings.
        reader: Who reads it.
        case: Which.
        now: To the minute, so that all lines change together.
    """
    _ = reader.words
    waits = length(_, now - case.waits_since)
    return Line(
        id=case.id,
        risk=case.risk.value,
        risk_word=_(RISKS[case.risk]),
        kind=kind_title(house, _, case.kind),
        reference=case.reference or _("forgotten"),
        origin=country(case.origin, _),
        destination=country(case.destination, _),
        state=_(STATES[case.state]),
        waits=_("waits %(time)s", time=waits)
        if case.state in WAITING
        else _("for %(time)s", time=waits)
        if case.state in LOOKED_AT
        else "",
        due=_due(_, case, now),
        late=case.late_at is not None and case.late_at <= now,
        assignee=_assignee(reader, case),
        since=case.waits_since,
        marks=tuple(_marks(reader, case)),
    )


def kind_title(house: House, _: Words, kind: str) -> str:
    """Return what a case is about, as workers read it in the reader's language."""
    message = f"option.{kind}"
    if not house.words.has(message):
        return kind_words(kind)
    return house.words.phrase(Phrase(id=message), _.tag)


def names_of(tx: Tx, keyring: KeyRing, staff_ids: Collection[str]) -> dict[str, str]:
    """Return the names of members of staff by their ids."""
    rows = tx.execute(select(staff.c.id, staff.c.name_encrypted).where(staff.c.id.in_(staff_ids)))
    return {row.id: keyring.decrypt(row.name_encrypted) for row in rows}


def to_the_minute(now: datetime) -> datetime:
    """Return the minute that a moment is in."""
    return now.replace(second=0, microsecond=0)


def fingerprint(lines: Collection[Line], counts: Counts, *others: object) -> str:
    """Return a word that changes when anything does that the list shows."""
    shown = ([astuple(each) for each in lines], sorted(counts.tabs.items()), counts.red)
    return hashlib.sha256(repr((shown, counts.late, others)).encode()).hexdigest()[:16]


def _due(_: Words, case: Listed, now: datetime) -> str:
    if case.late_at is None:
        return ""
    left = length(_, abs(case.late_at - now))
    if case.state in WAITING:
        return (
            _("overdue by %(time)s", time=left)
            if case.late_at <= now
            else _("due in %(time)s", time=left)
        )
    return (
        _("answer overdue by %(time)s", time=left)
        if case.late_at <= now
        else _("answer due in %(time)s", time=left)
    )


def _assignee(reader: Reader, case: Listed) -> str:
    _ = reader.words
    if case.assignee_id is None:
        return _("nobody")
    if case.assignee_id == reader.staff_id:
        return _("me")
    return reader.names.get(case.assignee_id, "")


def _marks(reader: Reader, case: Listed) -> list[str]:
    _ = reader.words
    found = []
    if reader.seen is not None and case.arrived_at > reader.seen:
        found.append(_("new"))
    if case.id in reader.written_in:
        found.append(_("something was added"))
    if case.detached:
        found.append(_("another person has the telephone"))
    return found
