"""A store that was put back, at work again: nobody gets a text twice, and no cry is missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from safar.gateway.providers.base import Capabilities
from safar.store import backup, wishes
from safar.store.restore import Order, Restored, restore
from tests.filled_store import Filled
from tests.whole_way import ANA, BEN, CRY, FORGET, Way

pytestmark = pytest.mark.both_databases

STORY = "my employer Rahman keeps my passport"
SMS = frozenset({"sms", "whatsapp"})


@pytest.fixture
def copies(tmp_path: Path) -> Callable[[Way], Callable[..., Restored]]:
    """Make a backup now; what comes back puts it back later."""

    def make(way: Way) -> Callable[..., Restored]:
        target = tmp_path / "copy"
        backup.make(way.database, way.keyring, target, way.clock())

        def put(**values: object) -> Restored:
            order = Order(kept_for=timedelta(days=400), replace=True, **values)  # type: ignore[arg-type]
            return restore(way.database, way.keyring, target, order, way.clock(), tmp_path / "work")

        return put

    return make


def settle(way: Way) -> None:
    """Let everything happen that is due in the next hours."""
    for _ in range(30):
        way.clock.pass_(1200)
        way.answer()


LISTS = {
    "its list": Capabilities(SMS, can_find=True, has_list=True),
    "what it remembers": Capabilities(SMS, can_find=True),
    "nothing": Capabilities(SMS),
}


@pytest.mark.parametrize("asked", LISTS)
def test_what_was_sent_after_the_backup_is_not_sent_again(way: Way, copies, asked: str) -> None:
    """Whatever a provider can be asked: its list, what it remembers, or nothing."""
    way.twilio.capabilities = LISTS[asked]
    way.write(STORY)
    way.work()
    put_back = copies(way)
    way.send()
    way.clock.pass_(3600)
    before = [message.body for message in way.sent()]
    assert len(before) == 1
    put_back()
    settle(way)
    assert [message.body for message in way.sent()] == before


def test_what_a_provider_surely_has_not_is_sent_after_all(way: Way, copies) -> None:
    way.twilio.capabilities = LISTS["its list"]
    way.write(STORY)
    way.work()
    put_back = copies(way)
    way.clock.pass_(60)
    put_back()
    settle(way)
    assert len(way.sent()) == 1


def test_a_question_answered_after_the_backup_is_not_answered_again(way: Way, copies) -> None:
    way.write(STORY)
    put_back = copies(way)
    assert len(way.answer()) == 1
    way.clock.pass_(3600)
    put_back()
    settle(way)
    assert len(way.sent()) == 1


def test_a_cry_for_help_is_read_again(way: Way, copies) -> None:
    """Twice is better than never, where nobody knows."""
    way.write(CRY)
    put_back = copies(way)
    first = way.answer()
    assert first
    way.clock.pass_(3600)
    put_back()
    settle(way)
    assert way.script.asked.count(CRY) == 2
    assert way.bodies() == [*first, *first]


def test_an_old_answer_is_not_sent_as_if_it_were_new(way: Way, copies) -> None:
    """Nobody has it, and it is two days old: it is decided anew, or given up."""
    way.twilio.capabilities = LISTS["its list"]
    (old,) = way.ask(STORY)
    way.write("and what of my wages")
    way.work()
    put_back = copies(way)
    way.clock.pass_(48 * 3600)
    put_back()
    settle(way)
    later = [message.body for message in way.sent()][1:]
    assert all(text != old for text in later)
    assert len(later) <= 1


def test_moved_while_nothing_ran_all_goes_on(way: Way, copies) -> None:
    way.write(STORY)
    way.write(STORY, sender=BEN)
    way.work()
    way.write("and my wages", sender=BEN)
    put_back = copies(way)
    way.clock.pass_(60)
    put_back(unused_since=True)
    assert len(way.answer()) == 3


def test_who_was_forgotten_after_the_backup_is_a_stranger(way: Way, copies) -> None:
    ana = way.write(STORY).conversation_id
    ben = way.write("hello", sender=BEN).conversation_id
    way.answer()
    put_back = copies(way)
    way.ask(FORGET)
    way.clock.pass_(60)
    assert way.errands["erase"].run() == 1
    way.clock.pass_(3600)
    assert put_back().wishes["forgotten"] == 1
    settle(way)
    assert not [text for text in Filled(way.database, way.keyring).texts() if "Rahman" in text]
    assert way.write("hello again", sender=ANA).conversation_id != ana
    assert way.write("hello again", sender=BEN).conversation_id == ben


def test_the_errand_keeps_the_file_of_wishes(way: Way) -> None:
    way.ask(STORY)
    assert way.errands["wishes"].run() == 1
    assert way.errands["wishes"].run() == 0
    way.ask(FORGET)
    way.clock.pass_(60)
    way.errands["erase"].run()
    assert way.errands["wishes"].run() == 1
    path = way.settings.home / wishes.FILE_NAME
    assert len(wishes.read_file(path, way.keyring).wishes.forgotten) == 1


def test_the_errand_lets_old_texts_go(way: Way) -> None:
    way.ask(STORY)
    assert way.errands["purge"].run() == 0
    assert [text for text in Filled(way.database, way.keyring).texts() if "Rahman" in text]
    way.clock.pass_(200 * 24 * 3600)
    assert way.errands["purge"].run() >= 3
    assert not [text for text in Filled(way.database, way.keyring).texts() if "Rahman" in text]
    way.errands["erase"].run()
    # Who writes again is still known, and answered.
    assert len(way.ask("hello")) == 1
