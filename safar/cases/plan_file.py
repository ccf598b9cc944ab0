"""Reads content/desks.yaml, and says everything that is wrong with it as `content check` does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from safar.cases import plan as models
from safar.cases.content_file import read_file
from safar.cases.notices.words import languages
from safar.cases.plan import Desk, Plan
from safar.registry.errors import ContentError, Problem
from safar.registry.intents import INTENTS
from safar.registry.yamlfile import Document, Loc

FILE: Final = "desks.yaml"
_MAX_BYTES: Final = 1_000_000
_KNOWN_KEYS: Final = frozenset(
    name
    for model in vars(models).values()
    if isinstance(model, type) and issubclass(model, BaseModel)
    for name in model.model_fields
) | {"from", "to"}


def load_plan(content_dir: Path) -> Plan | None:
    """Return the desks and what goes with them; None where there is no such file.

    Raises:
        ContentError: with every fault of the file.
    """
    plan, problems = _read(content_dir)
    if problems:
        raise ContentError(problems)
    return plan


def check_plan(content_dir: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong with the file, in the order of its lines."""
    return tuple(sorted(_read(content_dir)[1]))


def _read(content_dir: Path) -> tuple[Plan | None, list[Problem]]:
    return read_file(content_dir / FILE, Plan, _MAX_BYTES, _KNOWN_KEYS, _faults)


def _faults(plan: Plan, document: Document) -> Iterator[Problem]:
    ids = [desk.id for desk in plan.desks]
    default = [place for place, desk in enumerate(plan.desks) if desk.kind == "default"]
    if not default:
        yield document.problem(
            ("desks",),
            "no desk takes what is nobody else's",
            "give one desk kind: default",
        )
    for place in default[1:]:
        yield document.problem(
            ("desks", place, "kind"),
            "a second desk of kind default",
            "keep one: cases would not know where to go",
        )
    for place, desk in enumerate(plan.desks):
        here: Loc = ("desks", place)
        if desk.id in ids[:place]:
            yield document.problem(
                (*here, "id"), f'the desk "{desk.id}" is there twice', "give it another id"
            )
        yield from _of_desk(plan, desk, document, here)
    for kind in plan.risk.kinds:
        if kind not in INTENTS:
            yield _unknown_kind(document, ("risk", "kinds", kind), kind)


def _of_desk(plan: Plan, desk: Desk, document: Document, here: Loc) -> Iterator[Problem]:
    if desk.kind == "default":
        for name in (*(name for name, _ in desk.conditions()), *(["next"] if desk.next else [])):
            yield document.problem(
                (*here, name),
                f"the default desk has {name}",
                "remove the line: it takes what no other desk takes, and is the end of every way",
            )
    elif desk.next is not None and plan.desk(desk.next) is None:
        yield document.problem(
            (*here, "next"),
            f'there is no desk "{desk.next}"',
            "write the id of another desk of this file",
        )
    elif desk.next is not None and desk.id in _way(plan, desk):
        yield document.problem(
            (*here, "next"),
            "a case would climb in a circle and come back to this desk",
            "let the last desk of the way have no next",
        )
    if desk.cities and not desk.destinations:
        yield document.problem(
            (*here, "cities"),
            "a city without its country",
            "add destinations with the country that the city is in",
        )
    if desk.language not in languages():
        yield document.problem(
            (*here, "language"),
            f'there are no notices in the language "{desk.language}"',
            f"write one of {', '.join(languages())}",
        )
    for number, kind in enumerate(desk.kinds):
        if kind not in INTENTS:
            yield _unknown_kind(document, (*here, "kinds", number), kind)


def _way(plan: Plan, desk: Desk) -> list[str]:
    """Return the ids of the desks that cases of a desk climb to, until one comes a second time."""
    way: list[str] = []
    at: Desk | None = desk
    while at is not None and at.next is not None and at.next not in way:
        way.append(at.next)
        at = plan.desk(at.next)
    return way


def _unknown_kind(document: Document, loc: Loc, kind: str) -> Problem:
    return document.problem(
        loc, f'"{kind}" is nothing that people ask', "write an intent such as ask_wages"
    )
