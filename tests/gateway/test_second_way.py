"""What follows when a message fails: another way, once more, or nothing; and never a circle."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safar.gateway import outbox
from safar.gateway.messages import OutgoingText
from safar.gateway.providers.base import (
    ChannelPausedError,
    ContentError,
    ExpiredError,
    FailureKind,
    OptedOutError,
    PermanentSendError,
    RecipientError,
    TransientSendError,
    WindowClosedError,
)
from safar.messaging.segments import measure
from tests.whole_way import ANA, CRY, FORGET, LONG, Way

QUESTION = "what may they charge?"
OTHER_WAY = {"no such address": RecipientError("63003"), "window": WindowClosedError("63016")}
REPORTED = {"no such address": FailureKind.RECIPIENT, "window": FailureKind.WINDOW}


def known_by_sms(way: Way) -> None:
    way.ask("hello", "sms")
    way.ask("hello", "whatsapp")


@pytest.mark.parametrize("how", ["refused", "reported"])
@pytest.mark.parametrize("why", OTHER_WAY)
@pytest.mark.parametrize("text", [QUESTION, CRY, LONG], ids=["answer", "danger", "long"])
@pytest.mark.both_databases
def test_what_whatsapp_cannot_bring_goes_by_sms_once_and_in_its_form(
    way: Way, text: str, why: str, how: str
) -> None:
    known_by_sms(way)
    before = len(way.sent())
    way.write(text, "whatsapp")
    way.work()
    failing = [row.id for row in way.outbox() if row.state == "ready"]
    if how == "refused":
        way.twilio.errors_on, way.twilio.always = "whatsapp", OTHER_WAY[why]
        way.send()
        sent = way.sent()[before:]
    else:
        way.send()
        for number in failing * 2:
            way.report(number, "undelivered", REPORTED[why], "63003")
        way.send()
        sent = way.sent()[before + len(failing) :]
    assert [message.channel for message in sent] == ["sms"]
    assert sent[0].to == ANA
    assert sent[0].choices == ()
    second = way.outbox()[-1]
    size = measure(sent[0].body)
    assert (second.segments, second.encoding) == (
        size.segments,
        "gsm7" if size.encoding == "GSM-7" else "ucs2",
    )
    assert size.segments <= 3
    assert second.replaces_id == failing[0]
    assert second.kind == ("danger" if text == CRY else "answer")


@pytest.mark.both_databases
def test_who_never_wrote_by_sms_gets_none(way: Way) -> None:
    way.write(QUESTION, "whatsapp")
    way.work()
    way.twilio.errors = [RecipientError("63003")]
    way.send()
    assert (way.bodies(), way.states()) == ([], ["failed"])


@pytest.mark.both_databases
def test_who_stopped_sms_gets_none_by_sms(way: Way) -> None:
    known_by_sms(way)
    way.ask("STOP", "sms")
    before = len(way.sent())
    way.write(QUESTION, "whatsapp")
    way.work()
    way.twilio.errors = [RecipientError("63003")]
    way.send()
    assert way.sent()[before:] == []


@pytest.mark.parametrize(
    "error", [ContentError("63027"), OptedOutError("21610"), PermanentSendError("1")], ids=repr
)
def test_what_is_our_own_fault_or_their_wish_goes_no_other_way(way: Way, error) -> None:
    known_by_sms(way)
    before = len(way.sent())
    way.write(QUESTION, "whatsapp")
    way.work()
    way.twilio.errors = [error]
    way.send()
    way.clock.pass_(7200)
    assert way.answer() == []
    assert way.sent()[before:] == []


@pytest.mark.both_databases
def test_numbers_in_an_sms_that_stands_for_whatsapp_mean_what_it_shows(way: Way) -> None:
    """Not what an older menu in the talk by SMS showed."""
    way.ask("menu", "sms")
    way.write("hello", "whatsapp")
    way.work()
    way.twilio.errors = [RecipientError("63003")]
    way.send()
    way.ask("1", "sms")
    assert way.script.asked[-1] == "1"
    way.write("menu", "whatsapp")
    way.work()
    way.twilio.errors = [RecipientError("63003")]
    way.send()
    way.ask("1", "sms")
    assert way.script.asked[-1] == "/ask_wages"


def test_a_text_without_an_sms_form_is_counted_as_the_sms_it_is(way: Way) -> None:
    known_by_sms(way)
    conversation = way.outbox()[-1].conversation_id
    text = "An officer writes at length. " * 12
    with way.database.write() as tx:
        outbox.put(
            tx,
            way.keyring,
            idempotency_key="officer:1",
            conversation_id=conversation,
            text=OutgoingText(text=text, kind="officer"),
            now=way.clock(),
        )
    way.twilio.errors = [RecipientError("63003")]
    way.send()
    assert way.sent()[-1].body == text
    assert way.outbox()[-1].segments == measure(text).segments > 1


@pytest.mark.parametrize("line", ["sms", "modem", "whatsapp"])
@pytest.mark.both_databases
def test_a_telephone_that_was_off_is_tried_once_more_after_an_hour(way: Way, line: str) -> None:
    way.write(QUESTION, line)
    way.work()
    way.send()
    assert way.report(1, "undelivered", FailureKind.TRANSIENT, "30003")
    assert not way.report(1, "undelivered", FailureKind.TRANSIENT, "30003")
    way.clock.pass_(3599)
    assert way.send() == 0
    way.clock.pass_(1)
    way.send()
    assert way.bodies() == [way.words("utter_greet")] * 2
    assert way.report(2, "undelivered", FailureKind.TRANSIENT, "30003")
    way.clock.pass_(7200)
    way.answer()
    assert len(way.bodies()) == 2


def test_an_answer_that_is_too_old_in_an_hour_is_not_tried_again(way: Way) -> None:
    way.write(QUESTION)
    way.work()
    way.send()
    way.clock.pass_(way.settings.fresh_hours * 3600 - 3600)
    way.report(1, "undelivered", FailureKind.TRANSIENT, "30003")
    way.clock.pass_(4000)
    way.answer()
    assert len(way.bodies()) == 1


@pytest.mark.parametrize("how", ["refused", "reported"])
@pytest.mark.both_databases
def test_danger_that_the_carrier_let_expire_is_tried_once_more(way: Way, how: str) -> None:
    way.write(CRY)
    way.work()
    if how == "refused":
        way.twilio.errors = [ExpiredError("30036")]
    way.send()
    if how == "reported":
        way.report(1, "undelivered", FailureKind.EXPIRED, "30036")
    before = len(way.bodies())
    way.clock.pass_(3600)
    way.send()
    assert len(way.bodies()) == before + 1


@pytest.mark.parametrize(
    "failure", [FailureKind.RECIPIENT, FailureKind.TRANSIENT, FailureKind.OPT_OUT, None], ids=str
)
@pytest.mark.both_databases
def test_a_report_about_somebody_who_was_forgotten_changes_nothing(way: Way, failure) -> None:
    known_by_sms(way)
    way.ask(FORGET, "whatsapp")
    way.clock.pass_(60)
    assert way.errands["erase"].run() == 1
    for row in way.outbox():
        way.report(row.id, "undelivered", failure, "1")
    assert way.rows("SELECT count(*) FROM suppressions") == [(0,)]
    assert all(row.provider_message_id is None for row in way.outbox())
    way.clock.pass_(7200)
    assert way.answer() == []


ERRORS = [
    None,
    TransientSendError("503"),
    ChannelPausedError("20003"),
    RecipientError("63003"),
    WindowClosedError("63016"),
    ContentError("1"),
    OptedOutError("21610"),
    ExpiredError("30036"),
]
STEP = st.tuples(st.sampled_from(ERRORS), st.sampled_from([None, *FailureKind]))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(STEP, min_size=1, max_size=30),
    st.sampled_from(["sms", "whatsapp"]),
    st.sampled_from([QUESTION, CRY]),
)
def test_whatever_fails_one_message_is_never_sent_without_end(make_way, steps, line, text) -> None:
    way = make_way()
    way.write("hello", "sms")
    way.write("hello", "whatsapp")
    way.answer()
    before = way.twilio.calls
    received = way.write(text, line)
    for error, failure in steps * 3:
        way.work()
        # What is refused for now is tried up to 20 times by design; it ends by itself.
        way.twilio.always = None if isinstance(error, TransientSendError) else error
        way.send()
        for row in way.outbox():
            ours = row.inbox_id == received.inbox_id and row.state == "accepted"
            if ours and failure is not None:
                way.report(row.id, "undelivered", failure, "1")
        way.clock.now += timedelta(hours=1)
    assert way.twilio.calls - before <= 8


@pytest.mark.parametrize("how", ["refused", "reported"])
def test_an_answer_that_expires_on_every_try_is_not_made_for_ever(way: Way, how: str) -> None:
    way.write(QUESTION)
    for _ in range(30):
        way.work()
        way.twilio.always = ExpiredError("30036") if how == "refused" else None
        way.send()
        for row in way.outbox():
            if row.state == "accepted":
                way.report(row.id, "undelivered", FailureKind.EXPIRED, "30036")
        way.clock.pass_(3600)
    assert 1 < way.twilio.calls <= 4
