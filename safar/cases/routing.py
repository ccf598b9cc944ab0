"""Which desk a case goes to: the one that is most narrowly for it, else the default desk."""

from __future__ import annotations

from typing import NamedTuple

from safar.cases.plan import Desk, Plan
from safar.registry.names import place_key

# Among desks that are narrowed by as many things, the place counts more than the topic: an officer
# in the city can go there.
_ORDER = ("cities", "kinds", "destinations", "origins")


class Corridor(NamedTuple):
    """What a case is routed by; what is not known is None."""

    origin: str | None
    destination: str | None
    city: str | None
    kind: str


def route(plan: Plan, corridor: Corridor) -> Desk:
    """Return the desk for a case.

    Of the desks whose every condition is met the one with most conditions wins; then that with the
    weightier ones (city, kind, destination, origin), then a mission before an NGO, then the one
    that stands first in the file. A condition about something not known is not met.
    """
    return ranked(plan, corridor)[0]


def ranked(plan: Plan, corridor: Corridor) -> list[Desk]:
    """Return the desks that fit a case, that which `route` chooses first, the default desk last."""
    fitting = [desk for desk in plan.desks if desk.kind != "default" and _fits(desk, corridor)]
    # Among equals the one that stands first in the file stays first.
    return [*sorted(fitting, key=_rank, reverse=True), plan.default_desk]


def _fits(desk: Desk, corridor: Corridor) -> bool:
    given = {
        "origins": corridor.origin,
        "destinations": corridor.destination,
        "cities": None if corridor.city is None else place_key(corridor.city),
        "kinds": corridor.kind,
    }
    for name, values in desk.conditions():
        known = {place_key(value) for value in values} if name == "cities" else set(values)
        if given[name] not in known:
            return False
    return True


def _rank(desk: Desk) -> tuple[int, tuple[bool, ...], bool]:
    names = {name for name, _ in desk.conditions()}
    return len(names), tuple(name in names for name in _ORDER), desk.kind == "mission"
