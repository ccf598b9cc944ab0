"""Promises that are easily broken without anybody noticing, each from the front door."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from safar.gateway import inbox
from safar.gateway.breaker import Backoff
from safar.gateway.providers.base import GuardedError, RouteBlockedError
from safar.phrasing.values import Day, Phrase
from safar.store import counters, switches
from tests.peers.twilio_webhooks import new_sid
from tests.whole_way import ANA, BEN, CRY, Way


def stop_sending(way: Way) -> None:
    with way.database.write() as tx:
        switches.turn_on(tx, switches.SENDING_STOPPED, "bill is rising", way.clock())


def resume(way: Way) -> None:
    with way.database.write() as tx:
        switches.turn_off(tx, switches.SENDING_STOPPED)


def test_an_operator_stops_all_sending_and_lets_it_go_on(way: Way) -> None:
    stop_sending(way)
    way.write("hello")
    way.write(CRY, "modem", sender=BEN)
    assert way.answer() == []
    assert (way.twilio.calls, way.modem.calls) == (0, 0)
    assert way.states() == ["ready", "ready"]
    resume(way)
    assert way.send() == 2


def test_an_answer_that_comes_late_says_first_of_which_day_the_question_was(way: Way) -> None:
    stop_sending(way)
    way.write("what may they charge?")
    way.answer()
    way.clock.pass_(way.settings.fresh_hours * 3600 + 60)
    resume(way)
    way.send()
    (late,) = way.answer()
    day = Phrase(id="late.answer", values={"when": Day(value="2026-11-23")})
    first = way.resources.catalogue.phrase(day, "en")
    assert late.startswith(first)
    assert "23" in first
    assert way.words("utter_greet") in late


def windows(way: Way) -> list[bool | None]:
    return [message.window_open for message in way.twilio.sent]


@pytest.mark.parametrize(
    ("hours", "open_"),
    [(0, True), (23.9, True), (24 - 4 / 60, False), (24, False), (48, False)],
    ids=["at once", "within the day", "in its last five minutes", "at its end", "later"],
)
def test_whatsapp_takes_free_texts_for_a_day_after_the_persons_last_message(
    way: Way, hours: float, open_: bool
) -> None:
    way.write(CRY, "whatsapp")
    way.work()
    way.clock.pass_(hours * 3600)
    way.send()
    assert windows(way) == [open_]


def test_every_message_of_the_person_opens_the_day_anew_and_nobody_elses_does(way: Way) -> None:
    way.ask("hello", "whatsapp")
    way.clock.pass_(20 * 3600)
    way.ask("hello", "whatsapp", sender=BEN)
    way.clock.pass_(5 * 3600)
    way.write(CRY, "whatsapp", sender=BEN)
    way.write(CRY, "whatsapp")
    way.work()
    way.clock.pass_(20 * 3600)
    way.send()
    assert windows(way) == [True] * 4
    way.write(CRY, "whatsapp", sender=BEN)
    way.work()
    with way.database.write() as tx:
        tx.exec_driver_sql("UPDATE outbox SET state = 'ready' WHERE state = 'accepted'")
    way.clock.pass_(5 * 3600)
    way.send()
    # ANA's is 25 hours old by now, BEN's five.
    by_person = {m.to: m.window_open for m in way.twilio.sent[4:]}
    assert by_person == {f"whatsapp:{ANA}": False, f"whatsapp:{BEN}": True}


def test_a_message_to_one_number_of_ours_opens_no_day_for_another(way: Way) -> None:
    first, second = "whatsapp:+15005550006", "whatsapp:+15005550009"
    way.ask("hello", "whatsapp", To=second)
    way.clock.pass_(30 * 3600)
    way.ask("hello", "whatsapp", To=first, MessageSid=new_sid())
    with way.database.write() as tx:
        tx.exec_driver_sql("UPDATE conversations SET our_address = ?", (second,))
        tx.exec_driver_sql("UPDATE outbox SET state = 'ready' WHERE id = 2")
    way.send()
    assert windows(way) == [True, True, False]


def test_waits_double_and_differ_so_that_not_all_come_back_at_once() -> None:
    backoff = Backoff(timedelta(seconds=10), timedelta(minutes=5), random.Random(1))
    for attempt, most in ((1, 10), (2, 20), (4, 80), (9, 300), (10_000, 300)):
        waits = [backoff.after(attempt).total_seconds() for _ in range(300)]
        assert most / 2 <= min(waits) < most * 0.55
        assert most * 0.95 < max(waits) <= most
        assert len(set(waits)) > 250


def test_a_country_that_is_not_allowed_is_tried_again_each_hour_and_holds_up_nobody(
    way: Way,
) -> None:
    blocked, send = RouteBlockedError("21408"), way.twilio.send

    def refuse(message):
        if message.to == ANA:
            way.twilio.calls += 1
            raise blocked
        return send(message)

    way.twilio.send = refuse
    way.write("hello")
    for number in range(5):
        way.answer()
        assert len(way.ask(f"hello {number}", sender=BEN)) == 1
        way.clock.pass_(3601)
    row = way.outbox()[0]
    assert (row.state, row.error_code) == ("failed", "21408")
    with way.database.read() as tx:
        assert counters.value(tx, "outbox.failure.blocked.21408", way.clock()) >= 4
    assert all(h.state == "closed" for h in way.dispatcher.health().values())


def test_a_country_that_is_allowed_in_time_gets_its_answer(way: Way) -> None:
    way.twilio.errors = [RouteBlockedError("21408")]
    way.write("hello")
    way.answer()
    way.clock.pass_(3601)
    way.send()
    assert way.bodies() == [way.words("utter_greet")]


def test_a_guard_against_fraud_ends_the_text_and_is_counted(way: Way) -> None:
    way.twilio.errors = [GuardedError("30453")]
    way.ask("hello")
    way.clock.pass_(7200)
    assert way.send() == 0
    with way.database.read() as tx:
        assert counters.value(tx, "outbox.failure.guarded.30453", way.clock()) == 1


def test_all_values_of_a_repeated_field_are_kept(way: Way) -> None:
    way.write("hello", Odd=["one", "two"])  # type: ignore[arg-type]
    (message,) = inbox.claim(way.database, way.keyring, "w", way.clock(), timedelta(seconds=30))
    assert message.raw["Odd"] == "one\ntwo"


def test_a_button_without_a_text_says_its_words(way: Way) -> None:
    way.write("", "whatsapp", ButtonText="What may they charge?", ButtonPayload="/ask_fees")
    (message,) = inbox.claim(way.database, way.keyring, "w", way.clock(), timedelta(seconds=30))
    assert message.body == "What may they charge?"
