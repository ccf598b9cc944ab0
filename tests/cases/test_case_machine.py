"""In any order of what worker, bot, officers and timers do, what must never happen does not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from case_house import House
from case_machine import Machine
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import event, select

from safar.cases.states import Action
from safar.store.case_tables import case_events

pytestmark = pytest.mark.both_databases


def test_any_order_of_everything(house: House, dialect: str) -> None:
    run_state_machine_as_test(
        _machine(house, dialect),
        settings=settings(
            max_examples=15 if dialect == "sqlite" else 8,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_long_walks(house: House, dialect: str) -> None:
    """The same rules by dice, for longer than an example may last that can be made smaller."""
    machine = _machine(house, dialect)
    for seed in range(20 if dialect == "sqlite" else 6):
        _walk(machine(), Dice(random.Random(seed)))
    with house.database.read() as tx:
        done = set(tx.execute(select(case_events.c.action)).scalars())
    # To link cases changes neither; test_case_links.py does so.
    linking = {Action.LINK, Action.UNLINK}
    assert done == {each.value for each in set(Action) - linking}, "or the walks prove little"


def _walk(walk: Machine, dice: Dice) -> None:
    def line() -> int:
        return int(dice.choose([0, 1]))

    steps: dict[str, tuple[int, Callable[[], object]]] = {
        "may": (14, lambda: walk.what_may_be_done_is_done(line(), dice)),
        "any": (4, lambda: walk.anybody_tries_anything(line(), dice)),
        "offer": (3, lambda: walk.is_offered(line(), dice.choose([True, False]), "ask_wages")),
        "write": (6, lambda: walk.writes(line(), dice.choose(range(1000)))),
        "other": (1, lambda: walk.somebody_else_gets_the_telephone(line(), True)),
        "forget": (1, lambda: walk.wants_to_be_forgotten(line(), True)),
        "time": (2, lambda: walk.time_passes(dice.choose([1, 1, 15, 240, 1500]))),
    }
    names = [name for name, (times, _) in steps.items() for _ in range(times)]
    walk.begin_with_open_cases()
    for _ in range(80):
        steps[dice.choose(names)][1]()
        walk.a_conversation_has_one_open_case_and_one_who_answers()
    walk.no_text_is_lost_or_read_by_two()
    walk.the_timeline_is_a_way_through_the_states()
    walk.teardown()


def _machine(house: House, dialect: str) -> type[Machine]:
    if dialect == "sqlite":
        # No power fails here.
        event.listen(house.database.engine, "connect", _hurry)
        house.database.engine.dispose()
    return type("_Machine", (Machine,), {"house": house})


@dataclass
class Dice:
    """Draws by chance, from what hypothesis would draw from."""

    rng: random.Random

    def draw(self, strategy: Any) -> Any:
        return self.choose(strategy.elements)

    def choose(self, options: Any) -> Any:
        return self.rng.choice(list(options))


def _hurry(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
