"""Each channel of a provider goes by itself: one that is out of order holds up no other."""

from __future__ import annotations

import pytest

from safar.gateway import outbox
from safar.gateway.messages import OutgoingText
from safar.gateway.providers.base import (
    ChannelPausedError,
    FailureKind,
    NoConnectionError,
    OutboundMessage,
    SendResult,
)
from tests.whole_way import ANA, BEN, CRY, LONG, Way

BROKEN_WHATSAPP = ChannelPausedError("63007")


def break_whatsapp(way: Way, error: Exception = BROKEN_WHATSAPP) -> None:
    way.twilio.errors_on, way.twilio.always = "whatsapp", error


def breakers(way: Way) -> dict[tuple[str, str], str]:
    return {tuple(lane): health.state for lane, health in way.dispatcher.health().items()}


def test_a_whatsapp_sender_out_of_order_does_not_silence_sms(way: Way) -> None:
    break_whatsapp(way)
    way.write("hello", "whatsapp", sender=BEN)
    way.write("hello", "sms", sender=ANA)
    way.answer()
    assert [message.channel for message in way.sent()] == ["sms"]
    for number in range(20):
        way.clock.pass_(200)
        assert len(way.ask(f"and this? {number}", "sms")) == 1
    assert breakers(way)["twilio", "sms"] == "closed"
    assert breakers(way)["twilio", "whatsapp"] != "closed"
    found = way.rows("SELECT channel, state, error_code FROM provider_health ORDER BY channel")
    assert ("whatsapp", "open", "63007") in found
    assert all(state == "closed" for channel, state, _ in found if channel == "sms")


def test_what_waits_for_whatsapp_goes_when_it_works_again(way: Way) -> None:
    break_whatsapp(way)
    way.write("hello", "whatsapp", sender=BEN)
    way.answer()
    way.twilio.always = None
    way.clock.pass_(301)
    way.send()
    assert way.bodies() == [way.words("utter_greet")]


def test_the_try_after_a_pause_is_not_always_spent_on_the_text_that_can_never_go(way: Way) -> None:
    """Two WhatsApp numbers, one of them blocked: the other one's texts go all the same."""
    send = way.twilio.send

    def refuse(message: OutboundMessage) -> SendResult:
        if message.from_ == "whatsapp:+1999":
            raise BROKEN_WHATSAPP
        return send(message)

    way.twilio.send = refuse  # type: ignore[method-assign]
    way.write("hello", "whatsapp", sender=BEN, To="whatsapp:+1999")
    way.answer()
    way.clock.pass_(60)
    way.write("hello", "whatsapp", sender="+254700000001")
    way.work()
    for _ in range(3):
        way.clock.pass_(301)
        way.send()
    assert [message.to for message in way.sent()] == ["whatsapp:+254700000001"]


def test_an_account_out_of_order_pauses_each_of_its_channels_by_its_own_next_text(way: Way) -> None:
    way.twilio.always = ChannelPausedError("20003")
    way.write("hello", "whatsapp", sender=BEN)
    way.write("hello", "sms", sender=ANA)
    way.answer()
    assert breakers(way)["twilio", "sms"] == breakers(way)["twilio", "whatsapp"] == "open"
    assert way.twilio.calls == 2
    way.twilio.always = None
    way.clock.pass_(301)
    way.send()
    assert len(way.sent()) == 2


def known_by_both(way: Way) -> int:
    way.ask("hello", "sms")
    way.ask("hello", "whatsapp")
    break_whatsapp(way)
    return len(way.sent())


def test_danger_does_not_wait_for_a_whatsapp_that_is_out_of_order(way: Way) -> None:
    before = known_by_both(way)
    way.write(CRY, "whatsapp")
    way.answer()
    (sent,) = way.sent()[before:]
    assert (sent.channel, sent.to) == ("sms", ANA)
    assert sent.body.startswith(way.words("reply.neutral"))


@pytest.mark.parametrize("text", ["what may they charge?", LONG], ids=["short", "long"])
def test_an_answer_goes_by_sms_once_when_whatsapp_stays_out_of_order(way: Way, text: str) -> None:
    before = known_by_both(way)
    way.write(text, "whatsapp")
    way.answer()
    way.clock.pass_(14 * 60)
    way.send()
    assert way.sent()[before:] == []
    way.clock.pass_(60)
    way.send()
    assert [message.channel for message in way.sent()[before:]] == ["sms"]
    way.clock.pass_(3 * 3600)
    way.send()
    assert len(way.sent()) == before + 1
    assert not {"ready", "leased", "unknown"} & set(way.states())


def test_who_has_no_other_way_waits_and_costs_no_work_meanwhile(way: Way) -> None:
    way.ask("hello", "sms")
    way.ask("STOP", "sms")
    break_whatsapp(way)
    way.write("hello", "whatsapp")
    way.work()
    way.clock.pass_(3600)
    way.send()
    counted = way.rows("SELECT * FROM counters")
    row = way.outbox()[-1]
    assert (row.channel, row.state) == ("whatsapp", "ready")
    for _ in range(5):
        assert way.send() == 0
    assert way.rows("SELECT * FROM counters") == counted


def test_a_provider_that_cannot_be_reached_is_no_way_round_itself(way: Way) -> None:
    """Its SMS would not leave either, and would cost more once the network is back."""
    known_by_both(way)
    way.twilio.errors_on, way.twilio.always = None, NoConnectionError("no_connection")
    way.write(CRY, "whatsapp")
    way.work()
    for _ in range(10):
        way.send()
        way.clock.pass_(20)
    assert way.outbox()[-1].channel == "whatsapp"


def test_danger_goes_by_the_modem_where_the_network_is_away(way: Way) -> None:
    way.ask("hello", "modem")
    way.ask("hello", "whatsapp")
    break_whatsapp(way, NoConnectionError("no_connection"))
    before = len(way.modem.sent)
    way.write(CRY, "whatsapp")
    way.work()
    for _ in range(6):
        way.send()
        way.clock.pass_(10)
    assert len(way.modem.sent) == before + 1


@pytest.mark.parametrize("line", ["sms", "whatsapp"])
def test_a_report_that_nothing_can_be_sent_pauses_the_channel_and_loses_nothing(
    way: Way, line: str
) -> None:
    (first,) = way.ask("what may they charge?", line)
    calls = way.twilio.calls
    assert way.report(1, "undelivered", FailureKind.CHANNEL, "30002")
    way.write("hello?", line, sender=BEN)
    way.answer()
    assert way.twilio.calls == calls
    health = way.rows("SELECT channel, state, error_code FROM provider_health")
    assert (line, "open", "30002") in health
    way.clock.pass_(301)
    way.send()
    assert sorted(way.bodies()) == sorted([first, first, way.words("utter_greet")])


def test_a_report_of_one_channel_leaves_the_other_alone(way: Way) -> None:
    way.ask("hello", "whatsapp", sender=BEN)
    way.report(1, "undelivered", FailureKind.CHANNEL, "63020")
    assert len(way.ask("hello", "sms")) == 1


def test_a_report_that_nothing_can_be_sent_on_whatsapp_sends_the_text_by_sms(way: Way) -> None:
    way.ask("hello", "sms")
    way.ask("hello", "whatsapp")
    way.report(2, "undelivered", FailureKind.CHANNEL, "63020")
    way.send()
    assert [message.channel for message in way.sent()] == ["sms", "whatsapp", "sms"]


def test_a_report_of_long_ago_does_not_pause_a_dispatcher_that_is_just_started(
    way: Way, keyring
) -> None:
    way.ask("hello")
    way.report(1, "undelivered", FailureKind.CHANNEL, "30002")
    way.clock.pass_(3600)
    way.send()
    assert breakers(way)["twilio", "sms"] == "closed"


def test_a_text_taken_to_another_channel_is_queued_with_its_freshness(way: Way) -> None:
    known_by_both(way)
    conversation = way.outbox()[-1].conversation_id
    with way.database.write() as tx:
        until = way.clock.now.replace(hour=23)
        outbox.put(
            tx,
            way.keyring,
            idempotency_key="x",
            conversation_id=conversation,
            text=OutgoingText(text="words", kind="danger", expires_at=until),
            now=way.clock(),
        )
    way.send()
    assert way.outbox()[-1].expires_at == until
