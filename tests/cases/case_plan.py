"""Desks for tests: a mission, an NGO behind it, and the default desk at the end of the way."""

from __future__ import annotations

from typing import Any

from safar.cases.plan import Plan

ALWAYS = {
    "zone": "UTC",
    "open": [
        {
            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            "from": "00:00",
            "to": "24:00",
        }
    ],
}
OFFICE = {
    "zone": "Asia/Qatar",
    "open": [{"days": ["sun", "mon", "tue", "wed", "thu"], "from": "08:00", "to": "15:00"}],
}

DESKS: list[dict[str, Any]] = [
    {
        "id": "doha",
        "name": "Nepal in Doha",
        "kind": "mission",
        "origins": ["NP"],
        "destinations": ["QA"],
        "hours": OFFICE,
        "next": "ngo",
    },
    {
        "id": "ngo",
        "name": "An NGO",
        "kind": "ngo",
        "destinations": ["QA"],
        "kinds": ["missing_relative"],
        "hours": ALWAYS,
    },
    {"id": "rest", "name": "Everybody else", "kind": "default", "hours": OFFICE},
]
RISK = {
    "kinds": {"report_abuse": "red", "ask_wages": "amber"},
    "answers": {"hurt": "red", "alone": "amber"},
}


def plan_of(desks: list[dict[str, Any]] = DESKS, **parts: Any) -> Plan:
    return Plan.model_validate({"desks": desks, "risk": RISK, **parts})


TIMERS = {
    "red": {"acknowledge": 15, "again": 15, "reply": 30, "climbs": True, "office_hours": False},
    "amber": {"acknowledge": 240, "again": 240, "reply": 60},
}

PLAN = plan_of(timers=TIMERS)
