"""Whatever goes wrong inside, the person gets an answer and the next message is not held up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from safar.assistant import turns
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase
from safar.store.crypto import KeyRing

SECRET = "manpower le qatar jana 2 lakh magyo"
ANA = "+9779841234567"
GREETING = [Reply(parts=[Phrase(id="utter_greet")])]


def _raise(text: str, slots: Any) -> list[Reply]:
    raise KeyError(text)


def _unknown_phrase(text: str, slots: Any) -> list[Reply]:
    return [Reply(parts=[Phrase(id="nobody.wrote.this")])]


def _too_much_to_remember(text: str, slots: Any) -> list[Reply]:
    return GREETING


def _run(worker: Any) -> int:
    return asyncio.run(worker.run_once())


@pytest.mark.parametrize(
    "step", [_raise, _unknown_phrase, _too_much_to_remember], ids=lambda step: step.__name__[1:]
)
def test_a_turn_that_always_fails_ends_in_the_fallback(
    desk, script, clock, step: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if step is _too_much_to_remember:
        huge = turns.After(["x"], "s" * 70_000, "en", [], [])

        async def too_much(*args: object, **kwargs: object) -> turns.After:
            return huge

        monkeypatch.setattr("safar.assistant.answering.take_turn", too_much)
    desk.receive(SECRET, sender=ANA)
    desk.receive("second", sender=ANA)
    worker = desk.worker(script(step))
    with capture_logs() as logs:
        for _ in range(3):
            assert desk.sent() == []
            _run(worker)
            clock.pass_(2)
    (fallback,) = desk.sent()
    assert fallback.startswith(desk.words("fallback.failed"))
    assert desk.states() == ["dead", "ready"]
    monkeypatch.undo()
    assert _run(desk.worker(script(lambda text, slots: GREETING))) == 1
    assert desk.sent()[1] == desk.words("utter_greet")
    written = repr(logs)
    assert [entry["event"] for entry in logs] == ["worker.turn_failed"] * 2
    assert "manpower" not in written
    assert ANA not in written


def test_a_turn_that_says_nothing_gets_the_fallback_at_once(desk, script) -> None:
    desk.receive("hello")
    assert _run(desk.worker(script(lambda text, slots: []))) == 1
    (fallback,) = desk.sent()
    assert fallback.startswith(desk.words("fallback.failed"))
    assert desk.states() == ["done"]


def test_the_fallback_is_in_the_language_of_the_talk_and_its_options_work(
    desk, script, clock
) -> None:
    def fail_on_words(text: str, slots: Any) -> list[Reply]:
        if text == "fail":
            raise RuntimeError
        return GREETING

    assistant = script(fail_on_words)
    received = desk.receive("fail")
    with desk.database.write() as tx:
        state = desk.keyring.encrypt('{"slots": {"variant": "ne", "origin": "NP"}}')
        tx.exec_driver_sql("UPDATE conversations SET state_encrypted = ?", (state,))
    worker = desk.worker(assistant)
    for _ in range(3):
        _run(worker)
        clock.pass_(2)
    assert desk.sent()[0].startswith(desk.words("fallback.failed", "ne"))
    assert '"origin":"NP"' in (desk.memory(received.conversation_id).state or "")
    desk.receive("1")
    _run(worker)
    assert assistant.asked[-1] == "/contact_hotline"


UNREADABLE = {
    "options are no list": ("options_encrypted", "{}x"),
    "options of another shape": ("options_encrypted", '[{"label": "wages"}]'),
    "options are null": ("options_encrypted", "null"),
    "state is no JSON": ("state_encrypted", "{"),
    "state without time zone": ("state_encrypted", '{"at": "2026-11-23T09:00:00", "slots": {}}'),
    "variant no longer served": ("state_encrypted", '{"slots": {"variant": "tlh"}}'),
    "slots of another shape": ("state_encrypted", '{"slots": {"destination": ["QA"]}}'),
    "pages are no texts": ("pages_encrypted", "[1]"),
}


@pytest.mark.parametrize(("column", "stored"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_broken_memory_costs_nobody_the_answer(desk, polite, column: str, stored: str) -> None:
    desk.receive("hello")
    with desk.database.write() as tx:
        sealed = desk.keyring.encrypt(stored)
        tx.exec_driver_sql(f"UPDATE conversations SET {column} = ?", (sealed,))
    assert _run(desk.worker(polite)) == 1
    assert (desk.sent(), desk.states()) == ([desk.words("utter_greet")], ["done"])


def test_a_memory_that_no_key_opens_is_forgotten_not_died_of(desk, polite) -> None:
    desk.receive("hello")
    with desk.database.write() as tx:
        lost = KeyRing([KeyRing.generate()], KeyRing.generate()).encrypt('{"slots": {}}')
        tx.exec_driver_sql("UPDATE conversations SET state_encrypted = ?", (lost,))
    with capture_logs() as logs:
        assert _run(desk.worker(polite)) == 1
    assert desk.sent() == [desk.words("utter_greet")]
    assert [entry["event"] for entry in logs] == ["worker.memory_unreadable"]


def test_a_locked_store_is_waited_for(desk, polite, database) -> None:
    desk.receive("hello")
    stop = threading.Event()

    async def scene(logs: list[Any]) -> None:
        with database.engine.connect() as other, other.begin():  # BEGIN IMMEDIATE
            working = asyncio.create_task(desk.worker(polite).run(stop))
            while len(logs) < 2:
                await asyncio.sleep(0.01)
            assert not working.done()
        while not desk.sent():
            await asyncio.sleep(0.01)
        stop.set()
        await working

    with capture_logs() as logs:
        asyncio.run(asyncio.wait_for(scene(logs), 60))
    assert {entry["event"] for entry in logs} == {"worker.store_unavailable"}
    assert desk.sent() == [desk.words("utter_greet")]
    assert polite.asked == ["hello"]


def test_a_store_locked_while_the_answer_is_written_loses_nothing(desk, script, clock) -> None:
    locks: list[Any] = []

    def lock(text: str, slots: Any) -> list[Reply]:
        if not locks:
            locks.append(desk.database.engine.connect())
            locks[0].begin()
        return GREETING

    worker = desk.worker(script(lock))
    desk.receive("hello")
    stop = threading.Event()

    async def scene(logs: list[Any]) -> None:
        working = asyncio.create_task(worker.run(stop))
        while not logs:
            await asyncio.sleep(0.01)
        locks[0].close()
        assert desk.sent() == []
        clock.pass_(31)
        while not desk.sent():
            await asyncio.sleep(0.01)
        stop.set()
        await working

    with capture_logs() as logs:
        asyncio.run(asyncio.wait_for(scene(logs), 60))
    assert (desk.sent(), desk.states()) == ([desk.words("utter_greet")], ["done"])
