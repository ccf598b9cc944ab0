"""Waiting ends with the commit of somebody else, with being told to stop, or after its time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from safar.store.changes import STEP, ChangeWatch
from safar.store.database import Database, open_database


@pytest.fixture
def store(tmp_path: Path) -> Database:
    return open_database(f"sqlite:///{tmp_path / 'safar.db'}")


@pytest.fixture
def commit(tmp_path: Path) -> Callable[[], None]:
    """Write from a connection of another process's kind: its own engine."""
    other = open_database(f"sqlite:///{tmp_path / 'safar.db'}")

    def write() -> None:
        with other.write() as tx:
            tx.execute(text("CREATE TABLE IF NOT EXISTS bell (rung INTEGER)"))
            tx.execute(text("INSERT INTO bell VALUES (1)"))

    return write


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


def test_a_commit_ends_the_wait(store: Database, commit: Callable[[], None]) -> None:
    pause = Pause(at=3, then=commit)
    ChangeWatch(store).wait(0.2, pause)
    assert pause.calls == 3


def test_a_commit_between_mark_and_wait_is_not_missed(
    store: Database, commit: Callable[[], None]
) -> None:
    watch, pause = ChangeWatch(store), Pause()
    watch.mark()
    commit()
    watch.wait(0.2, pause)
    assert pause.calls == 0


def test_what_was_known_at_the_mark_is_no_change(
    store: Database, commit: Callable[[], None]
) -> None:
    watch = ChangeWatch(store)
    commit()
    assert watch.changed()
    watch.mark()
    assert not watch.changed()


def test_a_look_does_not_count_as_a_change(store: Database) -> None:
    watch = ChangeWatch(store)
    with store.read() as tx:
        tx.execute(text("SELECT 1"))
    assert not watch.changed()


def test_being_told_to_stop_ends_the_wait(store: Database) -> None:
    pause = Pause(at=2, then=lambda: True)
    ChangeWatch(store).wait(0.2, pause)
    assert pause.calls == 2


def test_a_file_that_is_gone_is_waited_out(store: Database, tmp_path: Path) -> None:
    watch, pause = ChangeWatch(store), Pause()
    watch.close()
    store.close()
    for file in tmp_path.glob("safar.db*"):
        file.unlink()
    tmp_path.joinpath("safar.db").mkdir()
    watch.wait(0.05, pause)
    assert pause.calls <= 5
