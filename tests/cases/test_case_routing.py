"""Risk and routing as tables: from what is known to a colour and a desk."""

from __future__ import annotations

from typing import Any

import pytest
from case_plan import ALWAYS, PLAN, plan_of
from hypothesis import given
from hypothesis import strategies as st

from safar.cases.plan import Plan, RiskRules
from safar.cases.risk import assess
from safar.cases.routing import Corridor, route


def desk(desk_id: str, kind: str = "mission", **conditions: Any) -> dict[str, Any]:
    return {"id": desk_id, "name": desk_id * 3, "kind": kind, "hours": ALWAYS, **conditions}


MANY = plan_of(
    [
        desk("np", origins=["NP"]),
        desk("sa", "ngo", destinations=["SA"]),
        desk("np-sa", origins=["NP"], destinations=["SA"]),
        desk("np-sa-jeddah", origins=["NP"], destinations=["SA"], cities=["Jeddah"]),
        desk("sa-riyadh", "ngo", destinations=["SA"], cities=["Riyadh"]),
        desk("sa-abuse", "ngo", destinations=["SA"], kinds=["report_abuse"]),
        desk("kw-ngo", "ngo", destinations=["KW"]),
        desk("kw-mission", destinations=["KW"]),
        desk("kw-second", destinations=["KW"]),
        desk("rest", "default"),
    ]
)
ROUTES = {
    "nothing known": ((None, None, None, "ask_wages"), "rest"),
    "nobody is for this corridor": (("BD", "MY", None, "ask_wages"), "rest"),
    "origin alone": (("NP", "MY", None, "ask_wages"), "np"),
    "destination alone": (("BD", "SA", None, "ask_wages"), "sa"),
    "both beat one": (("NP", "SA", None, "ask_wages"), "np-sa"),
    "three beat two": (("NP", "SA", "Jeddah", "report_abuse"), "np-sa-jeddah"),
    "a city counts more than an origin": (("NP", "SA", "Riyadh", "ask_wages"), "sa-riyadh"),
    "a city counts more than a topic": (("BD", "SA", "Riyadh", "report_abuse"), "sa-riyadh"),
    "a topic counts more than an origin": (("NP", "SA", None, "report_abuse"), "sa-abuse"),
    "a city written otherwise": (("NP", "SA", " JEDDAH ", "ask_wages"), "np-sa-jeddah"),
    "another city": (("NP", "SA", "Dammam", "ask_wages"), "np-sa"),
    "a mission before an NGO, the first before the second": (
        ("NP", "KW", None, "greet"),
        "kw-mission",
    ),
}


@pytest.mark.parametrize("known", ROUTES)
def test_the_most_specific_desk_wins(known: str) -> None:
    corridor, expected = ROUTES[known]
    assert route(MANY, Corridor(*corridor)).id == expected


@given(
    st.sampled_from(["NP", "BD", None]),
    st.sampled_from(["SA", "KW", "QA", None]),
    st.sampled_from(["Riyadh", "Jeddah", "Doha", None]),
    st.sampled_from(["ask_wages", "report_abuse", "greet"]),
    st.permutations(range(len(MANY.desks))),
)
def test_the_order_in_the_file_matters_only_among_equals(
    origin: str | None, destination: str | None, city: str | None, kind: str, order: list[int]
) -> None:
    corridor = Corridor(origin, destination, city, kind)
    other = Plan(desks=tuple(MANY.desks[place] for place in order))
    found, again = route(MANY, corridor), route(other, corridor)
    assert found == again or {found.id, again.id} == {"kw-mission", "kw-second"}


RISKS = {
    "danger words": ({"danger": True, "kind": "greet"}, "red"),
    "a grave topic": ({"danger": False, "kind": "report_abuse"}, "red"),
    "a worrying topic": ({"danger": False, "kind": "ask_wages"}, "amber"),
    "any other topic": ({"danger": False, "kind": "ask_hours_rest"}, "green"),
    "an answer makes it graver": (
        {"danger": False, "kind": "ask_wages", "answers": ["alone", "hurt"]},
        "red",
    ),
    "an answer never makes it lighter": (
        {"danger": False, "kind": "report_abuse", "answers": ["alone"]},
        "red",
    ),
    "an answer that says nothing": (
        {"danger": False, "kind": "greet", "answers": ["no", "?"]},
        "green",
    ),
}


@pytest.mark.parametrize("what", RISKS)
def test_risk(what: str) -> None:
    known, expected = RISKS[what]
    assert assess(PLAN.risk, **known).value == expected


def test_what_danger_words_mean_is_data() -> None:
    rules = RiskRules.model_validate({"danger": "amber"})
    assert assess(rules, danger=True, kind="greet").value == "amber"
