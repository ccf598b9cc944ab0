"""Texts that go out over SMPP, through the dispatcher, to a real SMPP server."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.gateway.smpp.smpp_office import until
from tests.peers.smsc import OUR_NUMBER, PERSON, QUEUE_FULL, THROTTLED

LONG = "विदेश जानुअघि एजेन्सीले कति शुल्क लिन पाउँछ भन्ने कुरा म जान्न चाहन्छु, कृपया भन्नुहोस्।"
LONG_LATIN = "An agency may charge 10,000 rupees, no more. " * 5


@pytest.mark.parametrize(
    ("text", "coding"),
    [
        ("How much? 50€ [yes] {no} ~|\\^ @£¥ ñÑ", 0),
        ("नमस्ते", 8),
        ("Call 1141 🙏🏽", 8),
        ("x" * 160, 0),
    ],
    ids=["gsm7-and-extension", "devanagari", "emoji", "full-gsm7"],
)
def test_a_text_arrives_as_it_was(office, carrier, text, coding) -> None:
    office.open()
    (row,) = office.queue(text)
    office.becomes(row, "accepted")
    (sent,) = carrier.accepted()
    assert (sent["text"], sent["data_coding"], sent["esm_class"]) == (text, coding, 0)
    assert (sent["destination_addr"], sent["dest_addr_ton"]) == (PERSON[1:], 1)
    assert sent["registered_delivery"] == 1
    assert office.post.outbox_row(row)["provider_message_id"] == f"smpp-{row}"


@pytest.mark.parametrize("text", [LONG * 2, LONG_LATIN, "🙏🏽" * 40], ids=["ucs2", "gsm7", "emoji"])
def test_a_long_text_goes_in_parts_that_belong_together(office, carrier, text) -> None:
    office.open()
    (row,) = office.queue(text)
    office.becomes(row, "accepted")
    sent = carrier.accepted()
    total = len(sent)
    assert total > 1
    assert "".join(each["text"] for each in sent) == text
    headers = [each["udh"] for each in sent]
    assert headers == [[f"0003{row:02x}{total:02x}{place:02x}"] for place in range(1, total + 1)]
    assert {each["esm_class"] for each in sent} == {0x40}
    assert [part["reference"] for part in office.rows("sent_parts")] == [x["id"] for x in sent]


@pytest.mark.parametrize(
    ("text", "coding"), [("Fee: Rs 50", 0), ("50 €", 8), ("€" * 100, 8)], ids=["plain", "€", "long"]
)
def test_a_carrier_whose_alphabet_is_latin1(office, carrier, text, coding) -> None:
    office.open(default_alphabet="latin1")
    (row,) = office.queue(text)
    office.becomes(row, "accepted")
    assert "".join(carrier.texts()) == text
    assert {each["data_coding"] for each in carrier.accepted()} == {coding}


def test_a_carrier_tries_no_longer_than_anybody_wants_it(office, carrier, clock) -> None:
    office.open()
    office.queue("one", expires_at=clock() + timedelta(hours=2, minutes=1))
    office.queue("two", sender="+9779851111111")
    until(lambda: len(carrier.accepted()) == 2)
    hours = sorted(round(each["validity"] / 3_600_000) for each in carrier.accepted())
    assert hours == [2, 24]


@pytest.mark.parametrize(
    ("own", "ton", "npi"),
    [(OUR_NUMBER, 1, 1), ("31005", 3, 0), ("SAFAR", 5, 0)],
    ids=["number", "short-code", "name"],
)
def test_our_address_has_the_type_of_its_form(office, carrier, own, ton, npi) -> None:
    office.open(addresses=(own,))
    office.queue("hello")
    until(carrier.accepted)
    (sent,) = carrier.accepted()
    assert (sent["source_addr"], sent["source_addr_ton"]) == (own.lstrip("+"), ton)
    assert sent["source_addr_npi"] == npi


@pytest.mark.parametrize(
    ("status", "state", "code"),
    [
        (0x0B, "failed", "smpp_000b"),
        (0x50, "failed", "smpp_0050"),
        (0x01, "failed", "smpp_0001"),
        (0x66, "failed", "smpp_0066"),
        (0x58, "ready", "smpp_0058"),
        (0x14, "ready", "smpp_0014"),
        (0x08, "ready", "smpp_0008"),
        (0x45, "ready", "smpp_0045"),
        (0x4FF, "ready", "smpp_04ff"),
        (0x04, "ready", "smpp_0004"),
        (0x0A, "ready", "smpp_000a"),
    ],
    ids=str,
)
def test_a_refusal(office, carrier, status, state, code) -> None:
    office.open(run=False)
    (row,) = office.queue("hello")
    carrier.refuse(status)
    office.send_once()
    assert (office.state(row), office.error_code(row)) == (state, code)
    assert carrier.accepted() == []
    assert office.rows("sent_parts") == [], "it was surely not taken"


def test_a_refusal_that_names_the_message_may_be_none(office, carrier) -> None:
    office.open(run=False)
    (row,) = office.queue("hello")
    carrier.refuse(0x08, with_id=True)
    office.send_once()
    assert office.state(row) == "unknown"


@pytest.mark.parametrize(
    ("status", "seconds"), [(THROTTLED, 5), (QUEUE_FULL, 30)], ids=["throttled", "full"]
)
def test_a_carrier_that_has_enough_is_left_alone_for_a_while(
    office, carrier, clock, status, seconds
) -> None:
    office.open(run=False)
    (row,) = office.queue("hello")
    carrier.refuse(status)
    office.send_once()
    clock.pass_(seconds - 1)
    office.send_once()
    assert carrier.accepted() == []
    clock.pass_(2)
    office.send_once()
    assert (carrier.texts(), office.state(row)) == (["hello"], "accepted")


@pytest.mark.parametrize("to", ["NTC", "1141", "name 9779841234567"])
def test_nothing_goes_to_what_is_no_telephone(office, carrier, to) -> None:
    office.open(run=False)
    (row,) = office.queue("hello", sender=to)
    office.send_once()
    assert (office.state(row), carrier.accepted()) == ("failed", [])


def test_several_are_on_their_way_at_once(office, carrier) -> None:
    carrier.faults(*[{"kind": "late", "ms": 1500}] * 4)
    rows = [office.queue("hello", sender=f"+97798511111{n}")[0] for n in range(10, 14)]
    office.open(run=False, window=4, response_seconds=10)
    sending = threading.Thread(target=office.send_once)
    sending.start()
    until(lambda: len(carrier.accepted()) == 4)
    assert {office.state(row) for row in rows} == {"sending"}
    sending.join()
    assert {office.state(row) for row in rows} == {"accepted"}
