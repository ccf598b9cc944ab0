"""What is said about a case: how it stands, when a person is back, what may be chosen next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from safar.answers.compose import intent_option
from safar.cases import hours
from safar.cases.office import Office
from safar.cases.plan import Risk
from safar.cases.rows import Case
from safar.cases.states import State
from safar.messaging.reply import Option, Reply
from safar.phrasing.values import Moment, Phrase, Ref, Text, Value

_LIVE = frozenset(
    {State.OPEN, State.REOPENED, State.ACKNOWLEDGED, State.WITH_PERSON, State.HANDED_BACK}
)
_SAID_ALIKE = {State.REOPENED: State.OPEN, State.DECLINED: State.OFFERED}


def step_option(step: str) -> Option:
    """Return the option of a step about a case."""
    return Option(id=f"case_step:{step}", title=Phrase(id=f"option.case_{step}"))


def desk_name(office: Office, desk_id: str) -> str:
    """Return the name of a desk; its id where it has left the file."""
    desk = office.plan.desk(desk_id)
    return desk_id if desk is None else desk.name


def values_of(office: Office, case: Case) -> dict[str, Value]:
    """Return what sentences about a case may name."""
    return {
        "reference": Text(text=case.reference),
        "desk": Text(text=desk_name(office, case.desk_id)),
    }


def question(office: Office, case: Case, message: str = "case.offer") -> Reply:
    """Return the question whether a case may be passed on, with what is shared and with whom."""
    values = {"desk": values_of(office, case)["desk"]}
    return Reply(
        parts=[Phrase(id=message, values=values)],
        options=[step_option(step) for step in ("self", "other", "no")],
        sensitive=True,
    )


def opened(office: Office, case: Case, numbers: Sequence[Phrase], message: str) -> Reply:
    """Return that a case is with a desk now: its number, when a person is there, what till then."""
    return Reply(
        parts=[
            about_case(office, case, message, "reference", "desk"),
            *person_there(office, case, numbers),
        ],
        options=[step_option("add")],
        sensitive=True,
    )


def added(office: Office, case: Case, numbers: Sequence[Phrase]) -> Reply:
    """Return that a text was passed on."""
    parts = [
        about_case(office, case, "case.added", "reference", "desk"),
        *person_there(office, case, numbers),
    ]
    return Reply(parts=parts, options=[step_option("add")], sensitive=True)


def standing(office: Office, case: Case, numbers: Sequence[Phrase]) -> Reply:
    """Return how a case stands, for the person whose it is."""
    values: dict[str, Value] = {
        "reference": Text(text=case.reference),
        "state": state_of(office, case),
    }
    parts = [Phrase(id="case.have", values=values)]
    options: list[Option] = []
    if case.state in _LIVE:
        parts += person_there(office, case, numbers)
        options = [step_option("add"), step_option("withdraw")]
    elif case.state is State.CLOSED:
        options = [step_option("reopen"), step_option("withdraw")]
    return Reply(parts=parts, options=[*options, intent_option("menu")], sensitive=True)


def of_another(office: Office, case: Case) -> Reply:
    """Return how a case stands, for whoever knows its number: no more than that."""
    values: dict[str, Value] = {
        "reference": Text(text=case.reference),
        "state": state_of(office, case),
    }
    return Reply(
        parts=[Phrase(id="case.of_another", values=values)],
        options=[intent_option("talk_to_person")],
        sensitive=True,
    )


def state_of(office: Office, case: Case) -> Ref:
    """Return the sentence that says how a case stands."""
    state = _SAID_ALIKE.get(case.state, case.state)
    named = {"desk": values_of(office, case)["desk"]}
    return Ref(
        id=f"case.state.{state.value}",
        values={} if state in (State.OFFERED, State.WITHDRAWN) else named,
    )


def person_there(office: Office, case: Case, numbers: Sequence[Phrase]) -> list[Phrase]:
    """Return when a person is at the desk, and whom to call where it cannot wait.

    Nothing is said of a desk without hours. Numbers follow while nobody is there, and in red
    cases always.
    """
    desk = office.plan.desk(case.desk_id)
    now = office.clock()
    back = None if desk is None else hours.back_at(desk.hours, now)
    said: list[Phrase] = []
    if desk is not None and back is not None:
        said = [_back(back, desk.hours.zone, now)]
    if numbers and (back != now or case.risk is Risk.RED):
        said += [Phrase(id="case.until_then"), *numbers]
    return said


def _back(back: datetime, zone: str, now: datetime) -> Phrase:
    if back == now:
        return Phrase(id="case.back_now")
    local = back.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)
    return Phrase(id="case.back_at", values={"when": Moment(value=local)})


def about_case(office: Office, case: Case, message: str, *names: str) -> Phrase:
    """Return a sentence about a case with those of its values that it names."""
    known = values_of(office, case)
    return Phrase(id=message, values={name: known[name] for name in names})
