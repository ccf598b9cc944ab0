"""What is due in cases that wait: a pure function of cases and time. `climbing` carries it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from safar.cases import hours
from safar.cases.plan import Plan, Risk
from safar.cases.states import LOOKED_AT, WAITING, State


class What(str, Enum):
    """What is to be done."""

    SUPERVISOR = "supervisor"
    """Tell the supervisor of the desk."""
    NEXT_DESK = "next_desk"
    """Give the case to the next desk."""
    REMIND = "remind"
    """Tell the supervisor again: there is nobody further to go to."""
    UNANSWERED = "unanswered"
    """Tell the supervisor that somebody looked and nobody has answered; once."""
    LAPSE = "lapse"
    """Take an offer that was not answered back."""
    HAND_BACK = "hand_back"
    """Another person has the telephone: nobody may be talking with them in this case."""


@dataclass(frozen=True)
class Waiting:
    """What of a case decides when something is due.

    Attributes:
        level: How far it has climbed: odd when the supervisor of its desk was told.
        due_at: When something is due, UTC; None: nothing.
    """

    case_id: int
    state: State
    risk: Risk
    level: int
    desk_id: str
    due_at: datetime | None
    detached: bool = False


@dataclass(frozen=True)
class Step:
    """One thing that is due. It is done only while the case is still at `level` and due.

    Attributes:
        to_level: The level afterwards.
        to_desk: The desk afterwards.
        next_due: When the next thing is due; None: nothing.
    """

    case_id: int
    what: What
    level: int
    to_level: int
    to_desk: str
    next_due: datetime | None


def due(plan: Plan, cases: Iterable[Waiting], now: datetime) -> list[Step]:
    """Return what is to be done at `now`, the longest overdue first; one step a case.

    After a long standstill a case takes one step at a time as well, so that each desk has its time.
    """
    late = [case for case in cases if case.due_at is not None and case.due_at <= now]
    late.sort(key=lambda case: (case.due_at or now, case.case_id))
    return [step for case in late if (step := _step(plan, case, now)) is not None]


def first_due(plan: Plan, risk: Risk, desk_id: str, now: datetime) -> datetime:
    """Return when a case that comes to a desk now must be acknowledged, UTC."""
    return _later(plan, risk, desk_id, plan.timers.of(risk).acknowledge, now)


def reply_due(plan: Plan, risk: Risk, desk_id: str, now: datetime) -> datetime | None:
    """Return when the person of a case acknowledged now must have an answer, UTC, if ever."""
    minutes = plan.timers.of(risk).reply
    return None if minutes is None else _later(plan, risk, desk_id, minutes, now)


def offer_lapses(plan: Plan, now: datetime) -> datetime:
    """Return until when an offer made now waits for an answer, UTC."""
    return now + timedelta(hours=plan.timers.offer_hours)


def _step(plan: Plan, case: Waiting, now: datetime) -> Step | None:
    if case.state is State.OFFERED:
        return Step(case.case_id, What.LAPSE, case.level, case.level, case.desk_id, None)
    if case.state is State.WITH_PERSON and case.detached:
        return Step(case.case_id, What.HAND_BACK, case.level, case.level, case.desk_id, None)
    if case.state in LOOKED_AT and not case.detached:
        return Step(case.case_id, What.UNANSWERED, case.level, case.level, case.desk_id, None)
    if case.state not in WAITING:
        return None
    what, desk_id, level = _further(plan, case)
    timer = plan.timers.of(case.risk)
    minutes = timer.acknowledge if what is What.NEXT_DESK else timer.again
    next_due = _later(plan, case.risk, desk_id, minutes, now)
    return Step(case.case_id, what, case.level, level, desk_id, next_due)


def _further(plan: Plan, case: Waiting) -> tuple[What, str, int]:
    """Return what comes next, at which desk the case is then, and at which level."""
    if case.level % 2 == 0:
        return What.SUPERVISOR, case.desk_id, case.level + 1
    after = plan.after(case.desk_id) if plan.timers.of(case.risk).climbs else None
    if after is not None:
        return What.NEXT_DESK, after.id, case.level + 1
    # Still odd: the supervisor was told. Each step has a level of its own all the same.
    return What.REMIND, case.desk_id, case.level + 2


def _later(plan: Plan, risk: Risk, desk_id: str, minutes: int, now: datetime) -> datetime:
    desk = plan.desk(desk_id)
    if desk is None or not plan.timers.of(risk).office_hours:
        return now + timedelta(minutes=minutes)
    return hours.after(desk.hours, now, minutes)
