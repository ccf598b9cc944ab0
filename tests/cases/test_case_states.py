"""What may be done in each state, as a table; everything else is refused with a sentence."""

from __future__ import annotations

import pytest

from safar.cases.errors import CaseRefusedError
from safar.cases.states import ENDED, TRANSITIONS, Action, State, follows

ALLOWED = {
    "offered": "consent decline lapse",
    "declined": "",
    "open": "add note climb transfer acknowledge take link unlink withdraw",
    "reopened": "add note climb transfer acknowledge take link unlink withdraw",
    "acknowledged": "add note assign take transfer close link unlink remind withdraw",
    "with_person": "add note reply hand_back link unlink remind withdraw",
    "handed_back": "add note assign take transfer close link unlink remind withdraw",
    "closed": "note reopen link unlink withdraw",
    "withdrawn": "",
}


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
def test_what_is_allowed(state: State) -> None:
    assert {action.value for at, action in TRANSITIONS if at is state} == set(
        ALLOWED[state.value].split()
    )


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
def test_everything_else_is_refused_with_a_sentence(state: State) -> None:
    for action in Action:
        if action.value in ALLOWED[state.value].split():
            assert follows(state, action) in State
            continue
        with pytest.raises(CaseRefusedError) as caught:
            follows(state, action)
        assert caught.value.code == "not_now"
        assert str(caught.value).endswith(".")


def test_only_what_has_ended_leads_nowhere_or_to_a_new_beginning() -> None:
    lively = {at for at, action in TRANSITIONS if action is not Action.NOTE}
    assert {State.DECLINED, State.WITHDRAWN} == set(State) - lively
    assert {State.CLOSED, State.DECLINED, State.WITHDRAWN} == ENDED


def test_every_state_can_be_reached() -> None:
    reached, before = {State.OFFERED}, set()
    while reached != before:
        before = set(reached)
        reached |= {after for (at, _), after in TRANSITIONS.items() if at in reached}
    assert reached == set(State)
