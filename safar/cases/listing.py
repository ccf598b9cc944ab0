"""The cases that a member of staff may see, as a list: narrowed, in order, page by page.

Every query here says by itself which desk it is about: that of the one who asks, as the store has
it now. So no caller can ask for another desk's, and a list costs what it shows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    distinct,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from safar.cases.actors import HANDLING
from safar.cases.office import Office
from safar.cases.plan import Risk
from safar.cases.states import ENDED, LOOKED_AT, WAITING, Action, State
from safar.messaging.case_reference import reference_in
from safar.store.case_erasure import forgotten_reference
from safar.store.case_tables import case_events, cases, staff
from safar.store.crypto import KeyRing
from safar.store.database import Tx
from safar.store.tables import contact_identities
from safar.store.types import UtcDateTime

PAGE: Final = 50
"""Cases on one page."""
_LATELY: Final = 2000
"""Of so many cases the kinds and countries are offered: the cost has an end."""

_GOES_ON: Final = WAITING | LOOKED_AT
_SEEN: Final = _GOES_ON | ENDED - {State.DECLINED}
"""States of cases that people agreed to; of others staff see nothing."""
_PHONES: Final = ("phone", "whatsapp")


class Tab(str, Enum):
    """Which cases of a desk, by what is to be done."""

    WAITING = "waiting"
    """Nobody has looked yet."""
    MINE = "mine"
    ACKNOWLEDGED = "acknowledged"
    WITH_PERSON = "with_person"
    HANDED_BACK = "handed_back"
    CLOSED = "closed"
    ALL = "all"


STATES: Final = {
    Tab.WAITING: WAITING,
    Tab.MINE: _GOES_ON,
    Tab.ACKNOWLEDGED: frozenset({State.ACKNOWLEDGED}),
    Tab.WITH_PERSON: frozenset({State.WITH_PERSON}),
    Tab.HANDED_BACK: frozenset({State.HANDED_BACK}),
    Tab.CLOSED: _SEEN - _GOES_ON,
    Tab.ALL: _SEEN,
}


@dataclass(frozen=True)
class Wanted:
    """What narrows a list; what is not given does not.

    Attributes:
        country: Of origin or of destination.
        assignee: Whose cases: one's own, or nobody's.
        late: Only what its desk is late with.
    """

    tab: Tab = Tab.WAITING
    risk: Risk | None = None
    kind: str | None = None
    origin: str | None = None
    destination: str | None = None
    country: str | None = None
    assignee: Literal["me", "nobody"] | None = None
    late: bool = False

    @property
    def newest_first(self) -> bool:
        """Whether what came last stands first; else the gravest, and of those who waits longest."""
        return self.tab in {Tab.CLOSED, Tab.ALL}


@dataclass(frozen=True)
class Place:
    """Where a page ends: the next one begins after it, whatever came in meanwhile."""

    urgency: int
    waits_since: datetime
    case_id: int


@dataclass(frozen=True)
class Listed:
    """A case in a list: nothing that a person wrote or is called.

    Attributes:
        reference: None once the person was forgotten.
        waits_since: When it was opened, or opened once more.
        late_at: When the desk must have looked, or answered; None: nothing is waited for.
        detached: Whether another person has the telephone since.
    """

    id: int
    reference: str | None = field(repr=False)
    origin: str | None
    destination: str | None
    kind: str
    risk: Risk
    state: State
    assignee_id: str | None
    waits_since: datetime
    arrived_at: datetime
    late_at: datetime | None
    detached: bool
    urgency: int = field(repr=False)

    @property
    def place(self) -> Place:
        """Where it stands in its list."""
        return Place(self.urgency, self.waits_since, self.id)


@dataclass(frozen=True)
class Page:
    """Some cases in order, and whether there are more after them."""

    cases: tuple[Listed, ...]
    more: bool

    @property
    def end(self) -> Place | None:
        """Where the next page begins; None at the end of the list."""
        return self.cases[-1].place if self.more else None


@dataclass(frozen=True)
class Counts:
    """How many cases there are in each tab, whatever a list is narrowed by.

    Attributes:
        red: Red ones that nobody has looked at.
        late: Those that the desk is late with.
    """

    tabs: dict[Tab, int]
    red: int
    late: int


@dataclass(frozen=True)
class Choices:
    """What the cases of a desk can be narrowed by."""

    kinds: tuple[str, ...]
    origins: tuple[str, ...]
    destinations: tuple[str, ...]


def page(  # noqa: PLR0913 - who asks, for what, and where the page begins
    tx: Tx,
    staff_id: str,
    wanted: Wanted,
    now: datetime,
    *,
    after: Place | None = None,
    size: int = PAGE,
) -> Page:
    """Return one page of a list; empty for who is no officer or supervisor."""
    asked = _rows(staff_id, wanted.tab).where(*_narrowed(staff_id, wanted, now))
    if wanted.newest_first:
        asked = _by(asked, "cases_newest")
        asked = asked.order_by(cases.c.waits_since.desc(), cases.c.id.desc())
    else:
        asked = _by(asked, "cases_queue")
        asked = asked.order_by(cases.c.urgency, cases.c.waits_since, cases.c.id)
    if after is not None:
        asked = asked.where(_after(wanted, after))
    found = [_listed(row) for row in tx.execute(asked.limit(size + 1)).all()]
    return Page(tuple(found[:size]), len(found) > size)


def by_reference(tx: Tx, office: Office, staff_id: str, text: str) -> Page:
    """Return the case of one's desk whose reference stands in a text, also a forgotten one."""
    found = reference_in(text)
    if found is None:
        return Page((), more=False)
    known = (found[0], forgotten_reference(office.keyring, found[0]))
    asked = _rows(staff_id, Tab.ALL).where(cases.c.reference.in_(known))
    return Page(tuple(_listed(row) for row in tx.execute(asked).all()), more=False)


def by_numbers(tx: Tx, keyring: KeyRing, staff_id: str, numbers: Collection[str]) -> Page:
    """Return the cases at one's desk of whoever has one of these telephone numbers, newest first.

    The numbers are looked up by their keyed digest and go nowhere. Cases of whoever had the
    telephone before are left out, and of whoever asked to be forgotten.
    """
    digests = [keyring.digest(kind, number) for number in numbers for kind in _PHONES]
    who = tx.execute(
        select(contact_identities.c.contact_id).where(contact_identities.c.digest.in_(digests))
    ).scalars()
    asked = (
        _rows(staff_id, Tab.ALL)
        .where(
            cases.c.contact_id.in_(set(who)),
            cases.c.detached_at.is_(None),
            cases.c.erased_at.is_(None),
        )
        .order_by(cases.c.id.desc())
        .limit(PAGE)
    )
    found = tx.execute(_by(asked, "cases_contact")).all()
    return Page(tuple(map(_listed, found)), more=False)


def counts(tx: Tx, staff_id: str, now: datetime) -> Counts:
    """Return how many cases of one's desk are in each tab."""
    by_state = tx.execute(
        select(cases.c.state, func.count())
        .where(_at_desk(staff_id), cases.c.waits_since.is_not(None))
        .group_by(cases.c.state)
    ).all()
    number = {State(state): int(count) for state, count in by_state}
    mine, red, late = tx.execute(
        _by(
            select(
                _how_many(cases.c.assignee_id == staff_id),
                _how_many(and_(cases.c.urgency == 0, cases.c.state.in_(_words(WAITING)))),
                _how_many(cases.c.late_at <= now),
            ).where(_at_desk(staff_id), _goes_on()),
            "cases_queue",
        )
    ).one()
    tabs = {tab: sum(number.get(state, 0) for state in states) for tab, states in STATES.items()}
    return Counts({**tabs, Tab.MINE: int(mine)}, int(red), int(late))


def red_waiting(tx: Tx, staff_id: str) -> list[Listed]:
    """Return the red cases of one's desk that nobody has looked at, those that came last first."""
    asked = (
        _rows(staff_id, Tab.WAITING)
        .where(cases.c.urgency == 0)
        .order_by(cases.c.arrived_at.desc(), cases.c.id.desc())
        .limit(PAGE)
    )
    return [_listed(row) for row in tx.execute(_by(asked, "cases_queue")).all()]


def written_in(tx: Tx, staff_id: str, case_ids: Sequence[int], since: datetime) -> frozenset[int]:
    """Return in which of these cases of one's desk the person added something since then."""
    found = tx.execute(
        select(distinct(case_events.c.case_id))
        .join(cases, cases.c.id == case_events.c.case_id)
        .where(
            case_events.c.case_id.in_(case_ids),
            _at_desk(staff_id),
            case_events.c.action == Action.ADD.value,
            case_events.c.at > since,
        )
    )
    return frozenset(found.scalars())


def choices(tx: Tx, staff_id: str) -> Choices:
    """Return what lately came to one's desk."""
    newest = (
        select(cases.c.kind, cases.c.origin, cases.c.destination)
        .where(_at_desk(staff_id), cases.c.waits_since.is_not(None))
        .order_by(cases.c.waits_since.desc(), cases.c.id.desc())
        .limit(_LATELY)
    )
    found = tx.execute(select(_by(newest, "cases_newest").subquery()).distinct()).all()
    kinds, origins, destinations = (
        tuple(sorted({row[place] for row in found} - {None})) for place in range(3)
    )
    return Choices(kinds, origins, destinations)


def _by(asked: Select[Any], index: str) -> Select[Any]:
    """Say by which index: SQLite keeps no figures of its own to choose by."""
    return asked.with_hint(cases, f"INDEXED BY {index}", "sqlite")


def _rows(staff_id: str, tab: Tab) -> Select[Any]:
    """Ask for the cases of one's own desk in a tab, in no order yet."""
    columns = [cases.c[name] for name in Listed.__dataclass_fields__ if name != "detached"]
    states = STATES[tab]
    asked = select(*columns, cases.c.detached_at, cases.c.erased_at).where(
        _at_desk(staff_id), cases.c.state.in_(_words(states))
    )
    # The indexes hold only these; the database must be told that no other is asked for.
    return asked.where(_goes_on() if states <= _GOES_ON else cases.c.waits_since.is_not(None))


def _at_desk(staff_id: str) -> ColumnElement[bool]:
    """Make the condition that a case is at the desk of this member of staff, who handles cases."""
    own = select(staff.c.desk_id).where(
        staff.c.id == staff_id, staff.c.disabled_at.is_(None), staff.c.role.in_(sorted(HANDLING))
    )
    return cases.c.desk_id == own.scalar_subquery()


def _narrowed(staff_id: str, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (cases.c.kind, wanted.kind),
            (cases.c.origin, wanted.origin),
            (cases.c.destination, wanted.destination),
            (cases.c.assignee_id, staff_id if wanted.assignee == "me" else None),
            (cases.c.assignee_id, staff_id if wanted.tab is Tab.MINE else None),
        )
        if value is not None
    ]
    if wanted.risk is not None:
        conditions.append(cases.c.urgency == Risk.RED.weight - wanted.risk.weight)
    if wanted.country is not None:
        conditions.append(
            or_(cases.c.origin == wanted.country, cases.c.destination == wanted.country)
        )
    if wanted.assignee == "nobody":
        conditions.append(cases.c.assignee_id.is_(None))
    if wanted.late:
        conditions.append(cases.c.late_at <= now)
    return conditions


def _after(wanted: Wanted, place: Place) -> ColumnElement[bool]:
    since, case_id = literal(place.waits_since, UtcDateTime()), literal(place.case_id)
    if wanted.newest_first:
        return tuple_(cases.c.waits_since, cases.c.id) < tuple_(since, case_id)
    here = tuple_(literal(place.urgency), since, case_id)
    return tuple_(cases.c.urgency, cases.c.waits_since, cases.c.id) > here


def _goes_on() -> ColumnElement[bool]:
    """Make the condition of the index of open cases: the same words in the same order."""
    return literal_column(
        "cases.state IN ('open', 'reopened', 'acknowledged', 'with_person', 'handed_back')"
    )


def _words(states: Collection[State]) -> list[ColumnElement[Any]]:
    # Literal words: with bound values a plan cannot know what they leave out.
    return [literal_column(f"'{state.value}'") for state in sorted(states)]


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _listed(row: Row[Any]) -> Listed:
    values = dict(row._mapping)
    detached, erased = values.pop("detached_at"), values.pop("erased_at")
    return Listed(
        **values
        | {
            "risk": Risk(values["risk"]),
            "state": State(values["state"]),
            "reference": None if erased is not None else values["reference"],
            "detached": detached is not None,
        }
    )
