"""The whole way through the dispatcher, while the peer fails in every way: nothing is lost."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from safar.gateway.dispatcher import Dispatcher
from tests.gateway.contract.ledger import Ledger
from tests.gateway.contract.rig import ANA, BEN, Rig, lines

only_peered = pytest.mark.parametrize("rig", lines(peered=True), indirect=True, ids="-".join)

HAPPENS: dict[str, Callable[[Rig], None]] = {
    "nothing": lambda rig: None,
    "throttled": lambda rig: rig.throttle(),
    "nobody there": lambda rig: rig.go_away(),
    "refuses everything": lambda rig: rig.refuse_everything(),
    "answer lost": lambda rig: rig.lose_answer(),
    "says nothing": lambda rig: rig.hang(),
}
IN_DOUBT = ("answer lost", "says nothing")
ROUNDS = 80
"""In so many everything must have come to an end: some forty hours."""

COURSES = {
    # What happens round by round, before all is well.
    "refused for now": ["throttled", "nobody there", "refuses everything", "throttled"],
    "answer lost": ["answer lost"],
    "says nothing": ["says nothing"],
    "all of it": ["throttled", "answer lost", "refuses everything", "nobody there"],
    "silent twice": ["says nothing", "says nothing"],
}
each_course = pytest.mark.parametrize("course", COURSES)


def dispatch(rig: Rig, ledger: Ledger, course: list[str]) -> None:
    """Let the dispatcher work until nothing is open, each round with what happens in it."""
    dispatcher = Dispatcher(
        ledger.database,
        ledger.keyring,
        [rig.provider],
        owner="dispatcher",
        clock=ledger.clock,
        rng=random.Random(1),
    )
    to_come = list(course)
    for _ in range(ROUNDS):
        happens = to_come.pop(0) if to_come else "nothing"
        HAPPENS[happens](rig)
        dispatcher.run_once()
        if happens != "nothing":
            rig.mend()
        if not ledger.open_rows():
            return
        # Longer than any pause of a provider.
        ledger.clock.pass_(1800)
    raise AssertionError("Something is open still.")


def goes_well(rig: Rig, course: list[str]) -> bool:
    """Whether a text must arrive: one that nobody can ask about is sent twice at most."""
    return rig.provider.capabilities.has_list or sum(each in IN_DOUBT for each in course) <= 1


@only_peered
@each_course
def test_what_may_save_a_life_arrives(rig: Rig, ledger: Ledger, course: str) -> None:
    happens = COURSES[course]
    assert rig.arrive("help", ANA)
    row = ledger.queue("१०० मा फोन गर्नुहोस्", urgent=True)

    dispatch(rig, ledger, happens)

    taken = rig.accepted()
    assert set(taken) <= {(ledger.who(0), "१०० मा फोन गर्नुहोस्")}
    assert len(taken) <= (2 if set(happens) & set(IN_DOUBT) else 1)
    assert taken or not goes_well(rig, happens)
    # What is taken is known to be, or it is written down that nobody knows.
    known = ledger.row(row)
    assert known["state"] in {"accepted", "sent", "delivered"} or (
        not goes_well(rig, happens) and known["error_code"] == "outcome_unknown"
    )


@only_peered
@pytest.mark.parametrize("course", ["refused for now", "answer lost", "all of it"])
def test_any_other_text_is_sent_no_more_often_than_its_way_allows(
    rig: Rig, ledger: Ledger, course: str
) -> None:
    assert rig.arrive("hello", ANA)
    ledger.queue("तपाईंको तलब")

    dispatch(rig, ledger, COURSES[course])

    taken = rig.accepted()
    assert set(taken) == {(ledger.who(0), "तपाईंको तलब")}
    assert len(taken) <= 1 + rig.resends


@only_peered
def test_several_people_and_texts_keep_their_order(rig: Rig, ledger: Ledger) -> None:
    assert all(rig.arrive("help", sender) for sender in (ANA, BEN))
    texts = ["१. मद्दत", "२. मद्दत", "३. मद्दत"]
    for text in texts:
        for who in (0, 1):
            ledger.queue(text, place=who)

    dispatch(rig, ledger, COURSES["refused for now"])

    for who in (0, 1):
        assert [body for to, body in rig.accepted() if to == ledger.who(who)] == texts
    assert len(rig.accepted()) == 2 * len(texts)
