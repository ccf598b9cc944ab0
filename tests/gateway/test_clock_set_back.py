"""A machine's clock is put right by hours, back or on: nobody waits for it, nothing goes twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from safar.gateway import inbox, outbox
from safar.gateway.messages import OutgoingText
from safar.gateway.providers.base import ChannelPausedError, TransientSendError, UnknownOutcomeError
from tests.clock import FakeClock
from tests.whole_way import BEN, CRY, Way

LEASE = timedelta(seconds=30)
JUMPS = pytest.mark.parametrize("hours", [-2, 2], ids=["set back", "set on"])


def jump(way: Way, hours: float) -> None:
    """Put our clock right; that of the provider was right all the time."""
    true = FakeClock()
    true.now = way.clock.now + timedelta(hours=hours)
    way.twilio.sent_at = [at + timedelta(hours=hours) for at in way.twilio.sent_at]
    way.twilio.clock = true
    way.clock.now += timedelta(hours=hours)


def pass_(way: Way, seconds: float) -> None:
    way.clock.pass_(seconds)
    way.twilio.clock.pass_(seconds)  # type: ignore[attr-defined]


def answered_soon(way: Way, seconds: int = 60) -> list[str]:
    for _ in range(seconds // 5):
        way.answer()
        pass_(way, 5)
    return way.bodies()


@JUMPS
def test_messages_that_waited_are_answered_at_once_and_in_order(way: Way, hours: float) -> None:
    for text in ("one", "tell me everything", "three"):
        way.write(text)
    jump(way, hours)
    way.answer()
    assert [row.state for row in way.inbox()] == ["done"] * 3
    assert [m.outbox_id for m in way.twilio.sent] == [row.id for row in way.outbox()]
    assert set(way.states()) == {"accepted"}


@JUMPS
def test_a_message_lent_to_a_worker_that_died_is_answered_soon(way: Way, hours: float) -> None:
    way.write("hello")
    inbox.claim(way.database, way.keyring, "dead worker", way.clock(), LEASE)
    jump(way, hours)
    assert answered_soon(way) == [way.words("utter_greet")]


def test_a_worker_that_lives_while_the_clock_is_set_back_answers_once(way: Way) -> None:
    way.write("hello")
    (message,) = inbox.claim(way.database, way.keyring, "living", way.clock(), LEASE)
    jump(way, -2)
    inbox.claim(way.database, way.keyring, "other", way.clock(), LEASE)
    way.clock.pass_(31)
    (again,) = inbox.claim(way.database, way.keyring, "other", way.clock(), LEASE)
    said = [OutgoingText(text="once")]
    finished = [
        inbox.finish(
            way.database,
            way.keyring,
            each,
            owner,
            way.clock(),
            conversation=None,
            outgoing=said,
        )
        for each, owner in ((message, "living"), (again, "other"))
    ]
    assert finished == [False, True]
    way.send()
    assert way.bodies() == ["once"]


@JUMPS
def test_a_text_that_was_to_be_tried_again_waits_no_longer_than_it_would_have(
    way: Way, hours: float
) -> None:
    way.twilio.errors = [TransientSendError("20429")]
    way.write("hello")
    way.answer()
    jump(way, hours)
    assert len(answered_soon(way, 10)) == 1


@JUMPS
def test_a_text_lent_to_a_dispatcher_that_died_goes_soon(way: Way, hours: float) -> None:
    way.write("hello")
    way.work()
    outbox.claim(way.database, way.keyring, "dead", way.clock(), LEASE, 1)
    jump(way, hours)
    assert len(answered_soon(way)) == 1


@JUMPS
@pytest.mark.parametrize("taken", [True, False], ids=["it had been taken", "it had not"])
def test_a_text_whose_dispatcher_died_in_the_call_is_looked_for_soon(
    way: Way, hours: float, taken: bool
) -> None:
    way.write("hello")
    way.work()
    (item,) = outbox.claim(way.database, way.keyring, "dead", way.clock(), LEASE, 1)
    outbox.mark_sending(way.database, item.id, "dead", way.clock(), LEASE)
    if taken:
        way.twilio.send(item.message)
    way.write("tell me everything")
    way.work()
    jump(way, hours)
    assert answered_soon(way)[0] == item.message.body
    assert [m.outbox_id for m in way.twilio.sent] == sorted({m.outbox_id for m in way.twilio.sent})
    assert set(way.states()) <= {"accepted", "sent"}


@JUMPS
@pytest.mark.parametrize("taken", [True, False], ids=["it had been taken", "it had not"])
def test_a_text_in_doubt_is_settled_soon_and_not_sent_twice(
    way: Way, hours: float, taken: bool
) -> None:
    lost = UnknownOutcomeError("answer_lost")
    if taken:
        way.twilio.loses_answers = [lost]
    else:
        way.twilio.errors = [lost]
    way.write("hello")
    way.work()
    way.send()
    way.write("tell me everything")
    way.work()
    jump(way, hours)
    answered_soon(way)
    assert [m.outbox_id for m in way.twilio.sent] == [row.id for row in way.outbox()]
    assert set(way.states()) <= {"accepted", "sent"}


@JUMPS
def test_a_pause_of_a_channel_is_over(way: Way, hours: float) -> None:
    way.twilio.errors = [ChannelPausedError("20003")]
    way.write("hello")
    way.answer()
    jump(way, hours)
    assert len(answered_soon(way, 10)) == 1


def test_messages_of_a_future_that_never_was_are_no_burst(make_way) -> None:
    way = make_way(sender_messages_burst=3, repeats=2, danger_answers_day=1)
    for number in range(3):
        way.ask(f"hello {number}")
    jump(way, -2)
    assert len(way.ask("hello 4")) == 1


def test_danger_told_in_a_future_that_never_was_does_not_silence_danger(way: Way) -> None:
    way.ask("hello", sender=BEN)
    way.ask("STOP", sender=BEN)
    assert len(way.ask(CRY, sender=BEN)) == 1
    jump(way, -2)
    assert len(way.ask(f"{CRY} again", sender=BEN)) == 1


def test_clocks_of_two_machines_that_differ_a_little_take_nothing_from_each_other(post) -> None:
    """Only hours mean that a clock was set back; a minute is how clocks are."""
    post.queue("x")
    post.receive("y")
    assert len(post.claim_inbox("early")) == 1
    assert len(post.claim_outbox("early")) == 1
    post.clock.pass_(-25)
    assert post.claim_inbox("late") == []
    assert post.claim_outbox("late") == []
