"""10,000 random interleavings of worker, bot, officer and timers.

Never a message of the bot while a person holds the conversation, never a text of a worker that
neither bot nor person gets, never one that is answered twice.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from case_house import House
from case_interleavings import World

from safar.store import audit
from safar.store.crypto import KeyRing
from safar.store.database import open_database

PHONES = 50
ROUNDS = 25
SEEDS = range(int(os.environ.get("SAFAR_INTERLEAVINGS", "1250")) // (PHONES * ROUNDS))
"""By default an eighth; `make interleavings` plays all 10,000."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there


@pytest.fixture
def quiet() -> Iterator[None]:
    """Tens of thousands of lines would be logged."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


@pytest.fixture
def swift_url(tmp_path: Path) -> Iterator[str]:
    """A store in memory where there is room for one, since each step waits for the disk."""
    place = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else tmp_path))
    yield f"sqlite:///{place}/safar.db"
    shutil.rmtree(place)


def play(url: str, seed: int, phones: int, rounds: int) -> World:
    """Play rounds, each an interleaving of its own for every telephone."""
    house = House(open_database(url), KeyRing([KeyRing.generate()], KeyRing.generate()))
    house.hire()
    world = World(house, random.Random(seed), phones)
    for _ in range(rounds):
        world.play()
    with house.database.read() as tx:
        assert audit.verify(tx, house.keyring).faults == ()
    house.database.close()
    return world


@pytest.mark.usefixtures("quiet")
# Some seconds of work each; a busy machine may take many times as long.
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", SEEDS)
def test_any_interleaving_of_worker_bot_officer_and_timers(swift_url: str, seed: int) -> None:
    world = play(swift_url, seed, PHONES, ROUNDS)
    assert sum(world.traces.values()) == PHONES * ROUNDS
    # Or the dice always fell the same way, and this proves little.
    assert len(world.traces) > PHONES * ROUNDS / 4
    happened = {what for trace in world.traces for what in trace}
    assert happened == {
        "write", "claim", "close", "too late", "lend", "send", "be silent", "sent", "busy",
        "take", "reply", "hand back", "die", "found", "not found", "forget",
    }  # fmt: skip
    assert set(world.seen) == {"bot", "person", "both", "passed on"}
    assert min(world.seen.values()) > 2


@pytest.mark.usefixtures("quiet")
@pytest.mark.both_databases
def test_the_same_on_both_databases(database_url: str) -> None:
    world = play(database_url, 99, 20, 6)
    assert world.seen["bot"]
    assert world.seen["person"]
