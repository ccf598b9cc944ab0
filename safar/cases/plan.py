"""content/desks.yaml: who takes which cases, how grave a case is, how long it may wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from enum import Enum
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from safar.cases.notices.addresses import Email, PhoneNumber, Webhook
from safar.registry.schema import CountryCode, Entry, Identifier

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_END_OF_DAY: Final = "24:00"


class Risk(str, Enum):
    """How grave a case is."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"

    @property
    def weight(self) -> int:
        """The graver, the greater."""
        return (Risk.GREEN, Risk.AMBER, Risk.RED).index(self)


def graver(one: Risk, other: Risk) -> Risk:
    """Return the graver one."""
    return max(one, other, key=lambda risk: risk.weight)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError(
            f'the time zone "{name}" is not known; write one such as Asia/Riyadh'
        ) from None
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
Clock = Annotated[str, StringConstraints(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$")]


class Opening(Entry):
    """On some days of the week, from one time to another, as the clock at the desk shows it."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    opens: Clock = Field(alias="from")
    closes: Clock = Field(alias="to")

    @model_validator(mode="after")
    def _ends_later(self) -> Opening:
        if self.closes <= self.opens:
            raise ValueError(
                f"the desk closes at {self.closes} and opens at {self.opens}; for hours past"
                " midnight write two entries, the first of them to 24:00"
            )
        return self

    @property
    def start(self) -> time:
        """When it opens."""
        return time.fromisoformat(self.opens)

    @property
    def length(self) -> timedelta:
        """How much later the clock shows when it closes."""
        return _since_midnight(self.closes) - _since_midnight(self.opens)


def _since_midnight(clock: str) -> timedelta:
    hours, minutes = clock.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


class OfficeHours(Entry):
    """When a person is there; without any opening: never at hours one could name."""

    zone: Zone
    open: tuple[Opening, ...] = ()
    closed: tuple[date, ...] = ()


class Notices(Entry):
    """Where a desk is told that something waits. Never with what a person wrote."""

    email: tuple[Email, ...] = ()
    sms: tuple[PhoneNumber, ...] = ()
    webhook: tuple[Webhook, ...] = ()


class Desk(Entry):
    """Who takes cases. An empty list of origins, destinations, cities or kinds is for all."""

    id: Identifier
    name: str = Field(min_length=3, max_length=80)
    kind: Literal["mission", "ngo", "default"]
    origins: tuple[CountryCode, ...] = ()
    destinations: tuple[CountryCode, ...] = ()
    cities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    hours: OfficeHours
    next: Identifier | None = None
    """The desk that gets a red case which nobody here has acknowledged."""
    language: str = "en"
    """In which notices are written; `safar.cases.notices.words` has them."""
    notices: Notices = Notices()
    supervisor_notices: Notices = Notices()

    def conditions(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield what narrows the desk, and the values of which one must be given."""
        for name in ("origins", "destinations", "cities", "kinds"):
            if values := getattr(self, name):
                yield name, values


class RiskRules(Entry):
    """What makes a case red or amber; everything else is green. The gravest of all counts."""

    danger: Risk = Risk.RED
    kinds: dict[str, Risk] = Field(default_factory=dict)
    answers: dict[str, Risk] = Field(default_factory=dict)


class Timer(Entry):
    """How long a case may wait to be acknowledged, and what happens then.

    Attributes:
        acknowledge: Minutes until then.
        again: Minutes between what happens after that.
        climbs: Whether it goes to the next desk, or only the supervisor is told.
        office_hours: Whether only minutes count at which the desk is open.
        reply: Minutes from acknowledging until the person must have an answer, or the supervisor
            is told; without it nobody is.
    """

    acknowledge: int = Field(gt=0, le=100_000)
    again: int = Field(gt=0, le=100_000)
    climbs: bool = False
    office_hours: bool = True
    reply: int | None = Field(default=None, gt=0, le=100_000)


class Timers(Entry):
    """One for each risk, and how many hours an offer waits for an answer."""

    red: Timer = Timer(acknowledge=15, again=15, climbs=True, office_hours=False)
    amber: Timer = Timer(acknowledge=240, again=240)
    green: Timer = Timer(acknowledge=960, again=960)
    offer_hours: int = Field(default=24, gt=0, le=720)

    def of(self, risk: Risk) -> Timer:
        """Return the one for a risk."""
        return {Risk.RED: self.red, Risk.AMBER: self.amber, Risk.GREEN: self.green}[risk]


class Plan(Entry):
    """The whole file."""

    desks: tuple[Desk, ...] = Field(min_length=1)
    risk: RiskRules = RiskRules()
    timers: Timers = Timers()

    @property
    def default_desk(self) -> Desk:
        """The one that takes what is nobody else's; the check sees that there is one."""
        return next(desk for desk in self.desks if desk.kind == "default")

    def desk(self, desk_id: str) -> Desk | None:
        """Return a desk by its id, None when it is not in the file any more."""
        return next((desk for desk in self.desks if desk.id == desk_id), None)

    def after(self, desk_id: str) -> Desk | None:
        """Return the desk that a case climbs to from another one; None at the end of the way.

        That is the default desk, which also follows each desk that names none.
        """
        if desk_id == self.default_desk.id:
            return None
        desk = self.desk(desk_id)
        named = self.desk(desk.next) if desk is not None and desk.next else None
        return named or self.default_desk
