"""Waiting ends with the commit of somebody else, with being told to stop, or after its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text, update

from safar.store import counters
from safar.store.changes import STEP, ChangeWatch
from safar.store.database import Database, open_database
from safar.store.tables import outbox
from tests.clock import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def other(database_url: str) -> Iterator[Database]:
    """Another process's kind of store: its own engine."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def commit(other: Database) -> Callable[[], None]:
    def write() -> None:
        with other.write() as tx:
            counters.add(tx, "bell", NOW)

    return write


def arrives(watch: ChangeWatch) -> bool:
    """Whether a change is seen: a server tells it some moments after the commit."""
    watch.wait(10, time.sleep)
    return watch.changed()


class Pause:
    """Counts its calls; at one of them something happens."""

    def __init__(self, at: int = 0, then: Callable[[], object] = lambda: None) -> None:
        self.calls, self.at, self.then = 0, at, then

    def __call__(self, seconds: float) -> object:
        assert seconds == STEP
        self.calls += 1
        return self.then() if self.calls == self.at else False


def test_nothing_happens_for_the_whole_time(store: Database) -> None:
    pause = Pause()
    ChangeWatch(store).wait(0.2, pause)
    assert pause.calls == 20


def test_a_commit_ends_the_wait(dialect: str, store: Database, commit: Callable[[], None]) -> None:
    pause = Pause(at=3, then=commit)
    watch = ChangeWatch(store)
    watch.wait(0.2, pause)
    assert pause.calls == 3 or dialect == "postgresql"
    assert arrives(watch)


def test_a_commit_between_mark_and_wait_is_not_missed(
    dialect: str, store: Database, commit: Callable[[], None]
) -> None:
    watch, pause = ChangeWatch(store), Pause()
    watch.mark()
    commit()
    watch.wait(0.2, pause)
    assert pause.calls == 0 or dialect == "postgresql"
    assert arrives(watch)


def test_what_was_known_at_the_mark_is_no_change(
    store: Database, commit: Callable[[], None]
) -> None:
    watch = ChangeWatch(store)
    commit()
    assert arrives(watch)
    watch.mark()
    assert not watch.changed()


def test_a_look_does_not_count_as_a_change(store: Database) -> None:
    watch = ChangeWatch(store)
    with store.read() as tx:
        tx.execute(text("SELECT 1"))
    assert not watch.changed()


def test_who_wrote_nothing_wakes_nobody(store: Database, other: Database) -> None:
    watch = ChangeWatch(store)
    with other.write() as tx:
        tx.execute(update(outbox).where(outbox.c.id == 1).values(state="dead"))
    assert not watch.changed()


def test_what_was_undone_wakes_nobody(store: Database, other: Database) -> None:
    watch = ChangeWatch(store)
    with pytest.raises(KeyError), other.write() as tx:
        counters.add(tx, "bell", NOW)
        raise KeyError
    assert not watch.changed()


def test_being_told_to_stop_ends_the_wait(store: Database) -> None:
    pause = Pause(at=2, then=lambda: True)
    ChangeWatch(store).wait(0.2, pause)
    assert pause.calls == 2


def test_a_connection_that_was_cut_is_opened_at_the_next_mark(
    dialect: str, store: Database, commit: Callable[[], None], request: pytest.FixtureRequest
) -> None:
    watch = ChangeWatch(store)
    if dialect == "postgresql":
        server = request.getfixturevalue("postgresql")
        server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^LISTEN'")
        assert arrives(watch), "who cannot know looks"
    watch.close()
    watch.mark()
    assert not watch.changed()
    commit()
    assert arrives(watch)
    watch.close()


@pytest.mark.sqlite_alone
def test_a_file_that_is_gone_is_waited_out(store: Database, tmp_path: Path) -> None:
    watch, pause = ChangeWatch(store), Pause()
    watch.close()
    store.close()
    for file in tmp_path.glob("safar.db*"):
        file.unlink()
    tmp_path.joinpath("safar.db").mkdir()
    watch.wait(0.05, pause)
    assert pause.calls <= 5
