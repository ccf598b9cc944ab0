"""What comes into a modem: read, stored, only then deleted, joined, handed on once."""

from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest
import structlog

from safar.gateway.providers.modem.incoming import Incoming
from safar.store.errors import StoreUnavailableError
from tests.clock import NOW
from tests.gateway.modem.modem_office import until
from tests.peers.gammu_phone import PHONE_INBOX, SIM_OUTBOX, concatenation

LONG = "विदेश जानुअघि एजेन्सीले कति शुल्क लिन पाउँछ भन्ने कुरा म जान्न चाहन्छु, कृपया भन्नुहोस्।"


@pytest.mark.parametrize(
    ("text", "sender", "coding"),
    [
        ("How much can an agency charge? 50€ [yes]", "+9779812345678", "Default"),
        ("मलाई मद्दत चाहियो 🙏🏽", "+9779812345678", "Unicode"),
        ("Balance Rs 10", "NTC", "Default"),
        ("menu", "1414", "Default"),
        ("", "+9779812345678", "Default"),
    ],
    ids=["gsm7", "devanagari-emoji", "alphanumeric-sender", "short-code", "empty"],
)
def test_a_message_is_handed_on_and_deleted(office, phone, text, sender, coding) -> None:
    phone.receive(text, sender, coding=coding, at=NOW - timedelta(minutes=5))
    office.open(phone)
    (message,) = office.got(1)
    assert (message.body, message.sender, message.channel) == (text, sender, "sms")
    assert (message.provider, message.sender_kind) == ("modem", "phone")
    assert message.recipient == "modem:999999999999999"
    assert message.sent_at == NOW - timedelta(minutes=5)
    until(lambda: not phone.held())


@pytest.mark.parametrize("slow", [False, True], ids=["quick-stick", "slow-stick"])
def test_messages_come_in_the_order_in_which_they_were_sent(office, phone, slow) -> None:
    phone.tell("slow-read", slow)
    for minutes, text in ((3, "second"), (5, "first"), (1, "third")):
        phone.receive(text, at=NOW - timedelta(minutes=minutes))
    office.open(phone)
    office.got(3)
    assert office.bodies() == ["first", "second", "third"]


def test_a_stick_that_never_ends_reading_holds_no_message_back(office, phone, monkeypatch) -> None:
    monkeypatch.setattr("safar.gateway.providers.modem.desk._READING", 0.5)
    phone.tell("slow-read", True)
    for text in ("one", "two", "three"):
        phone.receive(text)
    office.open(phone)
    office.got(1)
    assert office.modem.reading_for is not None
    office.got(3)


def test_the_phone_memory_is_emptied_as_well_and_what_we_sent_stays(office, phone) -> None:
    phone.receive("in the phone", folder=PHONE_INBOX)
    own = phone.receive("sent by somebody", folder=SIM_OUTBOX)
    office.open(phone)
    office.got(1)
    until(lambda: not phone.held())
    assert office.bodies() == ["in the phone"]
    assert own.exists()


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("order", [(1, 2), (2, 1), (2, 2, 1)], ids=str)
def test_parts_are_joined_in_any_order_and_number(office, phone, bits, order) -> None:
    pieces = {1: LONG[:67], 2: LONG[67:]}
    for part in order:
        phone.receive(pieces[part], udh=concatenation(200, 2, part, bits))
    office.open(phone)
    office.got(1)
    until(lambda: not phone.held())
    assert office.bodies() == [LONG]


def test_a_part_that_comes_twice_from_the_network_is_one(office, phone, clock) -> None:
    phone.receive("one ", udh=concatenation(7, 2, 1), at=NOW - timedelta(minutes=4))
    phone.receive("one ", udh=concatenation(7, 2, 1), at=NOW - timedelta(minutes=3))
    phone.receive("two", udh=concatenation(7, 2, 2), at=NOW - timedelta(minutes=3))
    office.open(phone)
    office.got(1)
    until(lambda: not phone.held())
    clock.pass_(3600)
    office.provider._tick()
    assert office.bodies() == ["one two"]


def test_a_number_used_again_makes_another_message(office, phone) -> None:
    early, late = NOW - timedelta(hours=5), NOW - timedelta(minutes=1)
    phone.receive("new 2", udh=concatenation(9, 2, 2), at=late)
    phone.receive("old 1 ", udh=concatenation(9, 2, 1), at=early)
    phone.receive("new 1 ", udh=concatenation(9, 2, 1), at=late)
    phone.receive("old 2", udh=concatenation(9, 2, 2), at=early)
    office.open(phone)
    office.got(2)
    assert office.bodies() == ["old 1 old 2", "new 1 new 2"]


def test_two_people_with_one_number_are_not_mixed(office, phone) -> None:
    phone.receive("ana 1 ", "+9779811111111", udh=concatenation(3, 2, 1))
    phone.receive("ben 2", "+9779822222222", udh=concatenation(3, 2, 2))
    phone.receive("ana 2", "+9779811111111", udh=concatenation(3, 2, 2))
    phone.receive("ben 1 ", "+9779822222222", udh=concatenation(3, 2, 1))
    office.open(phone)
    office.got(2)
    assert sorted(office.bodies()) == ["ana 1 ana 2", "ben 1 ben 2"]


def test_parts_wait_for_the_missing_one_and_then_go_without_it(office, phone, clock) -> None:
    phone.receive("help me ", udh=concatenation(5, 3, 1))
    phone.receive(" they locked me in", udh=concatenation(5, 3, 3))
    phone.receive("a whole one")
    office.open(phone)
    until(lambda: not phone.held())
    office.got(1)
    assert office.bodies() == ["a whole one"]
    clock.pass_(15 * 60)
    office.got(2)
    assert office.bodies()[1] == "help me […] they locked me in"
    assert office.counted("modem.incomplete") == 1


def test_a_part_that_comes_too_late_is_a_message_of_its_own(office, phone, clock) -> None:
    phone.receive("first", udh=concatenation(5, 2, 1))
    office.open(phone, orphan_minutes=1)
    until(lambda: not phone.held())
    clock.pass_(60)
    office.got(1)
    phone.receive("second", udh=concatenation(5, 2, 2))
    until(lambda: not phone.held())
    clock.pass_(60)
    office.got(2)
    assert office.bodies() == ["first […]", "[…] second"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("20991231T235959", NOW),
        ("19700101T000000", NOW - timedelta(days=365)),
    ],
    ids=["future", "past"],
)
def test_times_that_cannot_be_are_brought_near(office, phone, at, expected) -> None:
    phone.receive("hello", at=at)
    office.open(phone)
    assert office.got(1)[0].sent_at == expected


def test_a_message_without_a_time_comes_once(office, phone) -> None:
    phone.receive("hello", at="")
    office.open(phone)
    office.got(1)
    until(lambda: not phone.held())
    assert len(office.rows("received_parts")) == 1


def test_what_cannot_be_read_holds_up_nothing(office, phone) -> None:
    phone.receive("before")
    spoilt = phone.rubbish()
    phone.receive("bad month", at="20261399T999999")
    phone.receive("after")
    office.open(phone)
    office.got(2)
    assert office.bodies() == ["before", "after"]
    assert spoilt.exists()
    until(lambda: office.modem.view.error_code == "unreadable_sms")
    assert office.modem.usable


@pytest.mark.parametrize(
    ("data", "udh", "body"),
    [
        (b"plain words", b"", "plain words"),
        (b"\x00\x01\xff", b"", ""),
        (b"http://picture", bytes([6, 5, 4, 0x0B, 0x84, 0x23, 0xF0]), ""),
    ],
    ids=["text-as-data", "data", "for-a-program"],
)
def test_data_is_no_text(office, phone, data, udh, body) -> None:
    phone.receive(data, udh=udh)
    office.open(phone)
    assert office.got(1)[0].body == body


def test_headers_that_make_no_sense_are_left_out_of_account(office, phone) -> None:
    for udh in (concatenation(1, 0, 0), concatenation(1, 2, 9), bytes([3, 0, 200, 1])):
        phone.receive(udh.hex(), udh=udh)
    office.open(phone)
    office.got(3)
    until(lambda: not phone.held())


@pytest.mark.parametrize(
    ("country", "sender", "expected"),
    [
        ("NP", "9812345678", "+9779812345678"),
        ("NP", "+966501234567", "+966501234567"),
        ("NP", "1414", "1414"),
        ("", "9812345678", "9812345678"),
    ],
)
def test_national_numbers_are_completed(office, phone, country, sender, expected) -> None:
    phone.receive("hello", sender)
    office.open(phone, country=country)
    assert office.got(1)[0].sender == expected


def test_nothing_is_deleted_that_could_not_be_stored(office, phone, monkeypatch) -> None:
    keep, refused = Incoming.keep, []

    def full_at_first(self, device, part):
        if len(refused) < 3:
            refused.append(part)
            assert phone.held()
            raise StoreUnavailableError("full", "The disk is full.")
        return keep(self, device, part)

    monkeypatch.setattr(Incoming, "keep", full_at_first)
    phone.receive("hello")
    office.open(phone)
    office.got(1)
    until(lambda: not phone.held())
    assert len(refused) == 3


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_modem_process_loses_and_repeats_nothing(office, phone, monkeypatch, when) -> None:
    keep, killed = Incoming.keep, []

    def kill_once(self, device, part):
        if when == "after":
            keep(self, device, part)
        if len(killed) < 2:
            killed.append(office.modem.pid)
            os.kill(office.modem.pid, signal.SIGKILL)
        return keep(self, device, part)

    monkeypatch.setattr(Incoming, "keep", kill_once)
    texts = [f"message {number}" for number in range(4)]
    for number, text in enumerate(texts):
        phone.receive(text, at=NOW - timedelta(minutes=10 - number))
    office.open(phone, wait=False)
    office.got(4)
    until(lambda: not phone.held())
    assert sorted(office.bodies()) == texts
    assert office.modem.view.resets >= 1
    with office.database.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one() == 4


def test_a_stop_between_storing_and_handing_on_is_made_good(office, phone, clock) -> None:
    def break_down() -> None:
        raise RuntimeError("the power fails")

    office.before_receive = break_down
    phone.receive("one ", udh=concatenation(5, 2, 1))
    office.open(phone, orphan_minutes=1)
    until(lambda: not phone.held())
    clock.pass_(61)
    until(lambda: any("#" in row["reference"] for row in office.rows("received_parts")))
    office.close()
    # The missing part comes while nobody knows that the first was to go without it.
    office.before_receive = lambda: None
    phone.receive("two", udh=concatenation(5, 2, 2))
    office.open(phone, orphan_minutes=1)
    until(lambda: not phone.held())
    office.got(1)
    clock.pass_(61)
    office.got(2)
    assert office.bodies() == ["one […]", "[…] two"]


def test_no_text_and_no_number_stand_readable_anywhere(office, phone, tmp_path) -> None:
    text, number = "mero malik le passport rakhyo", "9812345678"
    with structlog.testing.capture_logs() as logs:
        phone.receive(text, f"+977{number}")
        phone.receive(f"{text} 1", f"+977{number}", udh=concatenation(5, 2, 1))
        phone.report(f"+977{number}", "Nonsense")
        office.open(phone)
        office.got(1)
        office.provider.send(office.message("your passport is yours", to=f"+977{number}"))
        until(lambda: not phone.held())
        office.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("safar.db*"))
    assert b"999999999999999" in stored
    for hidden in ("passport", number):
        assert hidden.encode() not in stored
        assert hidden not in repr(logs)
    # What was handed on lies in the inbox alone.
    handed_on = [row for row in office.rows("received_parts") if row["inbox_id"]]
    assert [row["text_encrypted"] for row in handed_on] == [""]
