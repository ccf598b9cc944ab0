"""The worker takes what is due, in order, under its lease, and closes it in one transaction."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from safar.messaging.reply import Option, Reply
from safar.phrasing.values import Phrase

ANA, BEN = "+9779841234567", "+639171234567"
GREETING = [Reply(parts=[Phrase(id="utter_greet")])]


def run(worker: Any) -> int:
    return asyncio.run(worker.run_once())


def test_a_message_is_answered_once_and_remembered(desk, polite, clock) -> None:
    received = desk.receive("hello")
    assert run(desk.worker(polite)) == 1
    assert (desk.states(), desk.sent()) == (["done"], [desk.words("utter_greet")])
    memory = desk.memory(received.conversation_id)
    assert json.loads(memory.state or "")["slots"] == {"last_topic": "hello"}
    assert run(desk.worker(polite)) == 0
    clock.pass_(3600)
    assert run(desk.worker(polite)) == 0
    assert len(desk.sent()) == 1


def test_what_was_remembered_comes_back_with_the_next_message(desk, script) -> None:
    seen: list[dict[str, Any]] = []

    def note(text: str, slots: Any) -> list[Reply]:
        seen.append(dict(slots))
        return GREETING

    assistant = script(note)
    for text in ("one", "two"):
        desk.receive(text)
        run(desk.worker(assistant, owner=f"worker of {text}"))
    assert seen == [{}, {"last_topic": "one"}]


def test_a_chosen_option_reaches_the_assistant_as_our_own_command(desk, script) -> None:
    option = Option(id="ask_wages", title=Phrase(id="option.ask_wages"))
    assistant = script(lambda text, slots: [GREETING[0].model_copy(update={"options": [option]})])
    for text in ("hello", "१"):
        desk.receive(text)
        run(desk.worker(assistant))
    assert assistant.asked == ["hello", "/ask_wages"]


@pytest.mark.parametrize(("urgent", "priority"), [(True, 10), (False, 0)])
def test_an_urgent_answer_goes_before_all_others(desk, script, urgent, priority) -> None:
    desk.receive("hello")
    urgent_reply = GREETING[0].model_copy(update={"urgent": urgent})
    run(desk.worker(script(lambda text, slots: [urgent_reply])))
    assert desk.rows("SELECT priority FROM outbox") == [(priority,)]


@pytest.mark.parametrize(
    ("channel", "variant", "segments", "encoding"),
    [("sms", "en", 1, "gsm7"), ("sms", "ne", 2, "ucs2"), ("whatsapp", "en", 0, "gsm7")],
)
def test_the_cost_of_a_text_is_kept_beside_it(
    desk, script, channel, variant, segments, encoding
) -> None:
    assistant = script(lambda text, slots: GREETING)
    turn = assistant.turn

    async def in_variant(*args: Any) -> Any:
        result = await turn(*args)
        return type(result)(result.replies, result.slots, result.understanding, variant)

    assistant.turn = in_variant
    desk.receive("hello", channel=channel)
    run(desk.worker(assistant))
    assert desk.rows("SELECT segments, encoding FROM outbox") == [(segments, encoding)]


def test_a_conversation_is_answered_in_order_and_others_are_not_held_up(desk, polite) -> None:
    for body, sender in (("one", ANA), ("two", ANA), ("three", BEN)):
        desk.receive(body, sender=sender)
    worker = desk.worker(polite)
    assert run(worker) == 2
    assert polite.asked == ["one", "three"]
    assert desk.states() == ["done", "ready", "done"]
    assert run(worker) == 1
    assert polite.asked == ["one", "three", "two"]


def test_the_second_message_waits_while_the_first_is_put_off(desk, script, clock) -> None:
    def stumble(text: str, slots: Any) -> list[Reply]:
        if text == "one" and len(assistant.asked) == 1:
            raise RuntimeError
        return GREETING

    assistant = script(stumble)
    desk.receive("one")
    desk.receive("two")
    worker = desk.worker(assistant)
    assert [run(worker), run(worker)] == [0, 0]
    assert assistant.asked == ["one"]
    clock.pass_(2)
    assert [run(worker), run(worker)] == [1, 1]
    assert assistant.asked == ["one", "one", "two"]


def test_nobody_else_gets_a_message_in_hand(desk, script, clock) -> None:
    def look(text: str, slots: Any) -> list[Reply]:
        clock.pass_(29)
        assert desk.claim("other") == []
        return GREETING

    desk.receive("hello")
    assert run(desk.worker(script(look))) == 1


def test_the_lease_of_a_later_message_of_the_batch_is_renewed_when_its_turn_comes(
    desk, script, clock
) -> None:
    lent_to_others: list[str] = []

    def slowly(text: str, slots: Any) -> list[Reply]:
        clock.pass_(20)
        lent_to_others.extend(message.body for message in desk.claim("other"))
        return GREETING

    desk.receive("one", sender=ANA)
    desk.receive("two", sender=BEN)
    # The second begins after 20 s and ends after 40, with leases of 30.
    assert run(desk.worker(script(slowly))) == 2
    assert lent_to_others == []


def test_an_answer_is_dropped_when_the_lease_ran_out_meanwhile(desk, script, clock) -> None:
    taken: list[Any] = []

    def too_slowly(text: str, slots: Any) -> list[Reply]:
        clock.pass_(31)
        taken.extend(desk.claim("other"))
        return GREETING

    received = desk.receive("hello")
    assert run(desk.worker(script(too_slowly))) == 0
    assert [message.body for message in taken] == ["hello"]
    assert (desk.sent(), desk.states()) == ([], ["leased"])
    assert desk.memory(received.conversation_id).state is None


def test_a_message_of_the_batch_that_another_worker_took_is_left_to_it(desk, script, clock) -> None:
    def too_slowly(text: str, slots: Any) -> list[Reply]:
        clock.pass_(31)
        desk.claim("other")
        return GREETING

    assistant = script(too_slowly)
    desk.receive("one", sender=ANA)
    desk.receive("two", sender=BEN)
    assert run(desk.worker(assistant)) == 0
    assert assistant.asked == ["one"]


@pytest.mark.parametrize("broken", ["safar.gateway.outbox.put", "safar.store.conversations.save"])
def test_memory_and_answer_are_written_together_or_not_at_all(
    desk, polite, clock, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    received = desk.receive("hello")
    worker = desk.worker(polite)
    with monkeypatch.context() as patch:
        patch.setattr(broken, fail)
        assert run(worker) == 0
    assert (desk.sent(), desk.states()) == ([], ["ready"])
    assert desk.memory(received.conversation_id).state is None
    clock.pass_(2)
    assert run(worker) == 1
    assert (len(desk.sent()), desk.states()) == (1, ["done"])
    assert desk.memory(received.conversation_id).state is not None
