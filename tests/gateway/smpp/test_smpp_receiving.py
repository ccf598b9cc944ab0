"""What people write: kept before it is acknowledged, joined, and told apart from repeats."""

from __future__ import annotations

import pytest

from safar.gateway.messages import InboundMessage
from safar.store.errors import StoreUnavailableError
from tests.gateway.smpp.smpp_office import until
from tests.peers.smsc import OUR_NUMBER, PERSON, TEMPORARY

LONG = "विदेश जानुअघि एजेन्सीले कति शुल्क लिन पाउँछ भन्ने कुरा म जान्न चाहन्छु, कृपया भन्नुहोस्।"
HALVES = "They have my passport 🙏🏽"


def _udh(reference: int, total: int, place: int) -> str:
    return f"050003{reference:02x}{total:02x}{place:02x}"


def _wide(reference: int, total: int, place: int) -> str:
    return f"060804{reference:04x}{total:02x}{place:02x}"


@pytest.mark.parametrize(
    ("octets", "coding", "body"),
    [
        ("48656c6c6f", 0, "Hello"),
        ("1b651b3c001b3e0b", 0, "€[@]Ø"),
        ("7f1b", 0, "à"),
        ("80ff41", 0, "\ufffd\ufffdA"),
        ("636166e9", 1, "café"),
        ("636166e9", 3, "café"),
        ("0928092e0938094d09240947", 8, "नमस्ते"),
        ("d83dde4f", 8, "🙏"),
        ("d83d0041", 8, "\ufffdA"),
        ("092809", 8, "न"),
        ("0928", 0x18, "न"),
        ("4f4b", 0xF1, "OK"),
        ("4f4b", 0x10, "OK"),
        ("00ff", 4, ""),
        ("4f4b", 4, "OK"),
        ("bfe0d8d2d5e2", 6, "Привет"),
        ("", 0, ""),
    ],
)
def test_an_alphabet(office, carrier, octets, coding, body) -> None:
    office.open()
    carrier.deliver(short_message=octets, data_coding=coding)
    (message,) = office.got(1)
    assert message.body == body
    assert (message.provider, message.channel) == ("smpp", "sms")
    assert (message.sender, message.recipient) == (PERSON, OUR_NUMBER)


def test_a_carrier_whose_alphabet_is_latin1(office, carrier) -> None:
    office.open(default_alphabet="latin1")
    carrier.deliver(short_message="636166e940", data_coding=0)
    assert office.got(1)[0].body == "café@"


@pytest.mark.parametrize("command", ["deliver_sm", "data_sm"])
def test_a_long_text_in_one_piece(office, carrier, command) -> None:
    office.open()
    payload = (LONG * 20).encode("utf-16-be").hex()
    carrier.deliver(command=command, message_payload=payload, data_coding=8)
    assert office.got(1)[0].body == LONG * 20


@pytest.mark.parametrize(
    ("sender", "ton", "kept"),
    [
        ("9779841234567", 1, PERSON),
        ("9779841234567", 0, PERSON),
        ("9841234567", 2, PERSON),
        ("9841234567", 0, PERSON),
        ("639171234567", 0, "+639171234567"),
        ("+9779841234567", 0, PERSON),
        ("1141", 3, "1141"),
        ("NTC", 5, "NTC"),
        ("9779841234567", 5, "name 9779841234567"),
        ("+9779841234567", 5, "name +9779841234567"),
        ("", 0, "unknown"),
    ],
)
def test_a_sender(office, carrier, sender, ton, kept) -> None:
    office.open(country="NP")
    carrier.deliver("hello", source_addr=sender, source_addr_ton=ton)
    assert office.got(1)[0].sender == kept


def test_an_answer_goes_out_from_the_address_that_was_written_to(office, carrier) -> None:
    office.open(addresses=("31005", OUR_NUMBER))
    carrier.deliver("hello")
    assert office.got(1)[0].recipient == OUR_NUMBER


@pytest.mark.parametrize("header", [_udh, _wide], ids=["8-bit", "16-bit"])
@pytest.mark.parametrize("order", [(1, 2), (2, 1), (2, 2, 1)], ids=str)
def test_parts_are_joined_in_any_order_and_number(office, carrier, header, order) -> None:
    office.open()
    pieces = {1: LONG[:60], 2: LONG[60:]}
    for place in order:
        carrier.deliver(pieces[place], udh=header(200, 2, place), data_coding=8)
    assert [message.body for message in office.got(1)] == [LONG]


def test_parts_that_optional_parameters_number(office, carrier) -> None:
    office.open()
    for place, text in ((2, "two"), (1, "one ")):
        carrier.deliver(text, sar_msg_ref_num=300, sar_total_segments=2, sar_segment_seqnum=place)
    assert office.got(1)[0].body == "one two"


def test_a_character_cut_in_two_is_whole_again(office, carrier) -> None:
    office.open()
    octets = HALVES.encode("utf-16-be")
    for place, piece in ((1, octets[:-6]), (2, octets[-6:])):
        whole = _udh(9, 2, place) + piece.hex()
        carrier.deliver(short_message=whole, esm_class=0x40, data_coding=8)
    assert office.got(1)[0].body == HALVES


def test_parts_wait_for_the_missing_one_and_then_go_without_it(office, carrier, clock) -> None:
    office.open()
    for place, text in ((1, "help me "), (3, " they locked me in")):
        carrier.deliver(text, udh=_udh(5, 3, place))
    carrier.deliver("a whole one")
    office.got(1)
    assert office.bodies() == ["a whole one"]
    clock.pass_(15 * 60)
    office.got(2)
    assert office.bodies()[1] == "help me […] they locked me in"
    assert office.counted("smpp.incomplete") == 1


def test_two_people_with_one_number_are_not_mixed(office, carrier) -> None:
    office.open()
    ben = "+639171234567"
    for text, sender, place in (
        ("ana 1 ", PERSON, 1),
        ("ben 2", ben, 2),
        ("ana 2", PERSON, 2),
        ("ben 1 ", ben, 1),
    ):
        carrier.deliver(text, sender=sender, udh=_udh(3, 2, place))
    office.got(2)
    assert sorted(office.bodies()) == ["ana 1 ana 2", "ben 1 ben 2"]


@pytest.mark.parametrize("header", ["", _udh(7, 2, 1)], ids=["whole", "part"])
def test_a_message_whose_receipt_was_lost_is_kept_once(office, carrier, header) -> None:
    office.open()
    carrier.lose_acks(1)
    carrier.deliver("help", udh=header)
    until(lambda: carrier.deliveries()[0]["tries"] == 2)
    office.all_brought()
    if header:
        carrier.deliver(" me", udh=_udh(7, 2, 2))
    office.got(1)
    assert office.bodies() == ["help me" if header else "help"]
    assert office.counted("smpp.part_repeated") == 1


def test_a_repeat_is_known_after_a_start_of_ours_too(office, carrier) -> None:
    office.open()
    carrier.lose_acks(1)
    carrier.refuse_bind(0x05)  # Nobody is let in again until we have started anew.
    carrier.deliver("help")
    until(lambda: office.messages and not carrier.is_bound())
    office.close()
    carrier.refuse_bind(None)
    office.open()
    office.all_brought()
    assert (office.bodies(), carrier.deliveries()[0]["tries"]) == (["help"], 2)
    assert office.counted("smpp.part_repeated") == 1


def test_the_same_words_later_are_another_message(office, carrier) -> None:
    office.open()
    for number in (1, 2, 3):
        carrier.deliver("1")
        office.got(number)
        office.confirmed()
    assert office.bodies() == ["1", "1", "1"]


def test_after_a_lost_receipt_the_same_words_are_another_message_too(office, carrier) -> None:
    office.open()
    carrier.lose_acks(1)
    carrier.deliver("1")
    until(lambda: carrier.deliveries()[0]["tries"] == 2)
    office.all_brought()
    office.confirmed()
    carrier.deliver("1")
    office.got(2)


def test_a_receipt_that_did_arrive_before_the_end_is_no_repeat_for_long(
    office, carrier, clock
) -> None:
    office.open(enquire_seconds=60)
    carrier.mute()
    carrier.deliver("1")
    office.got(1)
    clock.pass_(1)
    carrier.cut()
    carrier.mute(False)
    until(lambda: carrier.binds() == 2)
    office.bound()
    clock.pass_(16 * 60)
    office.confirmed()
    carrier.deliver("1")
    office.got(2)


def test_an_id_of_the_smsc_tells_repeats_apart_for_good(office, carrier) -> None:
    office.open()
    for message_id in ("m1", "m1", "m2"):
        carrier.deliver("1", receipted_message_id=message_id)
        office.all_brought()
    assert office.bodies() == ["1", "1"]


def test_nothing_is_acknowledged_that_is_not_kept(office, carrier) -> None:
    office.open()
    with office.database.write():
        carrier.deliver("help")
        until(lambda: TEMPORARY in carrier.deliveries()[0]["statuses"])
        assert office.messages == []
    office.got(1)
    assert office.bodies() == ["help"]
    (brought,) = carrier.deliveries()
    assert (brought["statuses"][-1], brought["tries"] > 1) == (0, True)
    assert len(office.rows("inbox")) == 1


def test_the_inbox_alone_cannot_be_written(office, carrier) -> None:
    failing = [True]

    def fail() -> None:
        if failing[0]:
            raise StoreUnavailableError("full", "The disk is full.")

    office.before_receive = fail
    office.open()
    carrier.deliver("help")
    until(lambda: carrier.deliveries()[0]["tries"] >= 2)
    failing[0] = False
    office.got(1)
    assert (office.bodies(), carrier.deliveries()[0]["done"]) == (["help"], True)


def test_a_mistake_with_one_message_does_not_hold_up_others(office, carrier, clock) -> None:
    broken = [True]

    def stumble() -> None:
        if broken[0]:
            broken[0] = False
            raise ZeroDivisionError

    office.before_receive = stumble
    office.open()
    carrier.deliver("first")
    carrier.deliver("second")
    until(lambda: office.bodies() == ["second"])
    clock.pass_(61)
    office.got(2)
    assert len(office.rows("inbox")) == 2


def test_signs_of_life_go_on_while_the_store_is_locked(office, carrier) -> None:
    office.open()
    with office.database.write():
        carrier.deliver("help")
        before = len(carrier.heard("enquire_link"))
        until(lambda: len(carrier.heard("enquire_link")) >= before + 3)
    office.got(1)
    assert carrier.binds() == 1


def test_a_flood_is_left_with_the_smsc_and_nothing_is_lost(office, carrier) -> None:
    office.open()
    texts = [f"text {number}" for number in range(250)]
    carrier.deliver(*texts)
    office.got(250)
    assert sorted(office.bodies()) == sorted(texts)


def test_what_came_can_be_answered(office, carrier, keyring) -> None:
    office.open()
    carrier.deliver("hello", source_addr_ton=0)
    (message,) = office.got(1)
    assert isinstance(message, InboundMessage)
    (row,) = office.queue("an answer", sender=message.sender)
    office.becomes(row, "accepted")
    assert carrier.accepted()[0]["destination_addr"] == PERSON[1:]
