"""What goes out: cut by us, one part at a time, every part written down."""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta

import pytest

from safar.gateway.providers.base import (
    ChannelPausedError,
    RecipientError,
    SendError,
    TransientSendError,
    UnknownOutcomeError,
)
from safar.messaging import gsm7
from safar.messaging.segments import measure, split
from tests.clock import NOW
from tests.gateway.modem.modem_office import until

NEPALI = "तपाईंको राहदानी रोजगारदाताले राख्न पाउँदैन। दूतावासलाई फोन गर्नुहोस्। " * 4
ENGLISH = "An employer may not keep your passport {Art. 8} and must give it back at once. " * 4
ALL_GSM7 = "".join(sorted(gsm7.BASIC)) + "".join(sorted(gsm7.EXTENSION))


def states(office) -> list[str]:
    return [row["status"] for row in sorted(office.rows("sent_parts"), key=lambda r: r["part"])]


@pytest.mark.parametrize(
    ("text", "coding"),
    [
        ("Call 1141. It is free.", "gsm7"),
        ("50€ [yes] {no} ~ é Ω", "gsm7"),
        ("धन्यवाद 🙏🏽", "ucs2"),
        ("x" * 160, "gsm7"),
        ("क" * 70, "ucs2"),
    ],
    ids=["plain", "extension", "emoji", "full-gsm7", "full-ucs2"],
)
def test_one_part_goes_out_as_it_is(office, phone, text, coding) -> None:
    office.open(phone)
    result = office.provider.send(office.message(text))
    (sent,) = phone.sent()
    assert (sent.text, sent.coding, sent.udh) == (text, coding, b"")
    assert (sent.number, sent.report) == ("+9779812345678", True)
    assert (result.provider_message_id, result.status) == ("modem-1", "sent")
    assert states(office) == ["sent"]


@pytest.mark.parametrize(
    "text",
    [NEPALI, ENGLISH, "€" * 200, "🙏" * 67, "a" * 152 + "{" + "b" * 152, ALL_GSM7 * 3],
    ids=["nepali", "english", "euros", "emoji", "escape-at-the-edge", "whole-alphabet"],
)
def test_parts_are_ours_and_fit(office, phone, text) -> None:
    office.open(phone)
    office.provider.send(office.message(text, outbox_id=0x1234))
    sent = phone.sent()
    assert [each.text for each in sent] == split(text)
    assert len(sent) > 1
    assert {each.coding for each in sent} == {
        "gsm7" if measure(text).encoding == "GSM-7" else "ucs2"
    }
    assert [each.udh for each in sent] == [
        bytes([5, 0, 3, 0x34, len(sent), place]) for place in range(1, len(sent) + 1)
    ]
    assert max(each.octets for each in sent) <= 140


def test_never_more_than_one_message_a_second(office, phone) -> None:
    office.open(phone)
    office.provider.send(office.message(NEPALI))
    parts = len(phone.sent())
    assert parts > 2
    assert len(office.slept) == parts - 1
    assert all(0.5 < seconds <= 1 for seconds in office.slept)


@pytest.mark.parametrize(
    ("expires_in", "minutes"),
    [
        (None, 1440),
        (timedelta(hours=2), 120),
        (timedelta(seconds=5), 10),
        (timedelta(days=9), 1440),
    ],
    ids=["default", "two-hours", "nearly-over", "far"],
)
def test_the_network_gives_up_when_nobody_wants_it_any_more(
    office, phone, expires_in, minutes
) -> None:
    office.open(phone)
    expires_at = None if expires_in is None else NOW + expires_in
    office.provider.send(office.message("hello", expires_at=expires_at))
    assert phone.sent()[0].validity_minutes == minutes


@pytest.mark.parametrize(
    "to",
    [
        "*100#",
        "1414",
        "NTC",
        "",
        "+",
        "*#06#",
        "+97798123",
        "+1900555",
        "+19005551234",
        "tel:+9779812345678",
    ]
    + ["+9779812345678;ext=1", "+९७७९८१२३४५६७८", "+97798123456789012"],
)
def test_codes_names_and_dear_numbers_are_never_written_to(office, phone, to) -> None:
    office.open(phone)
    with pytest.raises(RecipientError):
        office.provider.send(office.message("hello", to=to))
    assert phone.sent() == []
    assert office.rows("sent_parts") == []


@pytest.mark.parametrize(
    ("fault", "error", "in_doubt"),
    [
        ("refused", TransientSendError, False),
        ("full", TransientSendError, False),
        ("nosim", ChannelPausedError, False),
        ("emptysmsc", ChannelPausedError, False),
        ("timeout", UnknownOutcomeError, True),
        ("timeout-sent", UnknownOutcomeError, True),
        ("devicewriteerror", UnknownOutcomeError, True),
        ("kill", UnknownOutcomeError, True),
        ("kill-sent", UnknownOutcomeError, True),
        ("hang", UnknownOutcomeError, True),
    ],
)
def test_errors_say_whether_it_may_have_been_sent(office, phone, fault, error, in_doubt) -> None:
    office.open(phone)
    phone.tell("send", [fault])
    with pytest.raises(SendError) as caught:
        office.provider.send(office.message("hello"))
    assert type(caught.value) is error
    assert states(office) == (["sending"] if in_doubt else [])


def test_without_a_modem_nothing_is_sent_and_nothing_is_counted_as_tried(office, phone) -> None:
    office.open(phone, listen=False)
    with pytest.raises(ChannelPausedError):
        office.provider.send(office.message("hello"))
    assert office.rows("sent_parts") == []


def test_a_modem_that_does_not_answer_is_found_before_anything_is_sent(office, phone) -> None:
    office.open(phone, status_seconds=600)
    phone.tell("mute", True)
    with pytest.raises(TransientSendError) as caught:
        office.provider.send(office.message("hello"))
    assert caught.value.code in {"no_answer", "modem_died"}
    assert phone.sent() == []


def test_outside_the_network_nothing_is_sent(office, phone) -> None:
    office.open(phone)
    phone.tell("network", "RequestingNetwork")
    until(lambda: office.modem.view.state == "searching")
    with pytest.raises(ChannelPausedError):
        office.provider.send(office.message("hello"))
    phone.tell("network", "RoamingNetwork")
    until(lambda: office.modem.usable)
    office.provider.send(office.message("hello"))
    assert len(phone.sent()) == 1


@pytest.mark.parametrize("fault", ["refused", "kill", "timeout"])
def test_another_try_sends_only_what_is_missing_under_the_same_number(office, phone, fault) -> None:
    office.open(phone)
    phone.tell("send", ["ok", fault])
    message = office.message(NEPALI)
    with pytest.raises(SendError):
        office.provider.send(message)
    assert [each.text for each in phone.sent()] == split(NEPALI)[:1]
    until(lambda: office.modem.usable)
    office.provider.send(message)
    sent = phone.sent()
    assert [each.text for each in sent] == split(NEPALI)
    assert len({each.udh[:5] for each in sent}) == 1
    assert set(states(office)) == {"sent"}


def test_a_kill_between_two_parts_loses_and_repeats_nothing(office, phone) -> None:
    office.open(phone)
    waits = []

    def kill_once(seconds: float) -> None:
        # The pause between two parts is a moment at which the modem is surely not sending.
        if not waits:
            os.kill(office.modem.pid, signal.SIGKILL)
            until(lambda: office.modem.pid is None)
        waits.append(seconds)

    office.provider._timing.sleep = kill_once
    message = office.message(NEPALI)
    with pytest.raises((TransientSendError, ChannelPausedError)):
        office.provider.send(message)
    assert states(office) == ["sent"]
    until(lambda: office.modem.usable)
    office.provider.send(message)
    assert [each.text for each in phone.sent()] == split(NEPALI)


def test_what_is_done_is_found_and_what_was_never_begun_is_not(office, phone) -> None:
    office.open(phone)
    message = office.message(NEPALI)
    assert office.provider.find(message, NOW) is None
    phone.tell("send", ["ok", "refused"])
    with pytest.raises(TransientSendError):
        office.provider.send(message)
    assert office.provider.find(message, NOW) is None
    office.provider.send(message)
    found = office.provider.find(message, NOW)
    assert found is not None
    assert found.provider_message_id == "modem-1"


@pytest.mark.parametrize(
    ("urgent", "settings", "again"),
    [
        (True, {}, True),
        (True, {"resend_in_doubt": False}, True),
        (False, {}, False),
        (False, {"doubt_seconds": 0}, True),
        (False, {"doubt_seconds": 0, "resend_in_doubt": False}, False),
    ],
    ids=[
        "may-save-a-life",
        "may-save-a-life-whatever-the-operator-wants",
        "answer-waits-for-a-report",
        "answer-has-waited-for-it",
        "answer-and-operator-wants-none-twice",
    ],
)
def test_what_is_in_doubt_is_sent_again_when_no_report_has_come(
    office, phone, urgent, settings, again
) -> None:
    office.open(phone, **settings)
    phone.tell("send", ["kill-sent"])
    message = office.message("hello", urgent=urgent)
    with pytest.raises(UnknownOutcomeError):
        office.provider.send(message)
    if again:
        assert office.provider.find(message, NOW) is None
    else:
        with pytest.raises(UnknownOutcomeError, match="in_doubt"):
            office.provider.find(message, NOW)


def test_a_message_on_its_way_is_neither_found_nor_sent_beside(office, phone) -> None:
    office.open(phone, send_seconds=3)
    phone.tell("send", ["hang"])
    message = office.message("hello", urgent=True)
    first = threading.Thread(target=lambda: pytest.raises(SendError, office.provider.send, message))
    first.start()
    until(lambda: states(office) == ["sending"])
    with pytest.raises(UnknownOutcomeError, match="still_sending"):
        office.provider.find(message, NOW)
    with pytest.raises(UnknownOutcomeError, match="still_sending"):
        office.provider.send(message)
    first.join()


def test_a_stop_lets_a_message_out_that_is_on_its_way(office, phone) -> None:
    office.open(phone, send_seconds=4)
    phone.tell("send", ["slow"])
    message, results = office.message("hello"), []
    sender = threading.Thread(target=lambda: results.append(office.provider.send(message)))
    sender.start()
    until(lambda: phone.told("send") == [])
    office.close()
    sender.join()
    assert [result.status for result in results] == ["sent"]
    assert states(office) == ["sent"]


def test_a_number_that_alone_is_refused_is_given_up(office, phone) -> None:
    office.open(phone)
    bad, good = office.message("hello", 1, "+9779800000001"), office.message("hello", 2)
    phone.tell("send", ["refused", "ok", "refused", "refused"])
    with pytest.raises(TransientSendError):
        office.provider.send(bad)
    office.provider.send(good)
    with pytest.raises(TransientSendError):
        office.provider.send(bad)
    with pytest.raises(RecipientError):
        office.provider.send(bad)


def test_a_stick_that_is_refused_everything_is_no_fault_of_the_people(office, phone) -> None:
    office.open(phone)
    phone.tell("send", ["refused"] * 6)
    errors = []
    for number in range(1, 7):
        with pytest.raises(SendError) as caught:
            office.provider.send(office.message("hello", number, f"+977980000000{number}"))
        errors.append(type(caught.value))
    assert errors == [TransientSendError, *[ChannelPausedError] * 5]
