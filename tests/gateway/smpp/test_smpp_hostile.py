"""Octets that make no sense, and what must not be said in the log."""

from __future__ import annotations

import logging
import random
import struct

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from safar.gateway.providers.smpp.delivered import read
from safar.gateway.providers.smpp.errors import MalformedError
from safar.gateway.providers.smpp.pdus import DATA, DELIVER, Frame, frame_of, message_id_of
from safar.gateway.providers.smpp.receipts import receipt_of
from tests.gateway.smpp.smpp_office import until
from tests.peers.smsc import PERSON

NACK, COMMAND_LENGTH, COMMAND_ID, PERMANENT = "generic_nack", 0x02, 0x03, 0x65


def _pdu(command: int, body: bytes = b"", sequence: int = 9, status: int = 0) -> bytes:
    return struct.pack(">LLLL", 16 + len(body), command, status, sequence) + body


def _still_works(office, carrier, number: int = 1) -> None:
    carrier.deliver("still there?")
    office.got(number)
    assert office.bodies()[-1] == "still there?"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "empty"),
        (b"\0\1\1" + b"9" * 300, "endless-string"),
        (b"\0\1\1977\0\1\1977\0\0\0\0\0\0\1\0\0\0\xffshort", "wrong-length"),
        (bytes(range(256)), "noise"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_malformed_message_is_refused_for_good(office, carrier, body, what) -> None:
    office.open()
    carrier.raw(_pdu(DELIVER, body))
    until(lambda: PERMANENT in carrier.heard("deliver_sm_resp"), what)
    assert office.counted("smpp.malformed") == 1
    assert carrier.binds() == 1
    _still_works(office, carrier)


def test_optional_parameters_that_make_no_sense_cost_nobody_their_message(office, carrier) -> None:
    office.open()
    mandatory = b"\0\1\1977984\0\1\1977\0\0\0\0\0\0\1\0\0\0\5hello"
    odd = (
        b"\x14\x00\x00\x03abc"  # a carrier's own
        b"\x02\x0c\x00\x05abcde"  # a number of five octets
        b"\x00\x05\x00\x01\x01"  # one that does not belong here
        b"\x00\x1e\x00\x00"  # one without anything
        b"\x04\x24\xff\xffcut"  # longer than what is left
    )
    carrier.raw(_pdu(DELIVER, mandatory + odd))
    assert office.got(1)[0].body == "hello"


@pytest.mark.parametrize("command", [0x00000007, 0x00000021, 0x0BADF00D], ids=hex)
def test_an_unknown_request_is_refused(office, carrier, command) -> None:
    office.open()
    carrier.raw(_pdu(command, b"anything"))
    until(lambda: COMMAND_ID in carrier.heard(NACK))
    _still_works(office, carrier)


@pytest.mark.parametrize(
    "octets",
    [
        _pdu(0x80000004, b"an answer to nothing\0", sequence=4711),
        _pdu(0x80000000, sequence=0, status=3),
        _pdu(0x8BADF00D),
        _pdu(0x00000102, b"noise"),
        _pdu(0x0000000B, b"noise"),
    ],
    ids=["answer-to-nothing", "nack-of-nothing", "unknown-answer", "alert", "outbind"],
)
def test_what_needs_no_answer_is_passed_over(office, carrier, octets) -> None:
    office.open()
    carrier.raw(octets)
    _still_works(office, carrier)
    assert carrier.binds() == 1


@pytest.mark.parametrize(
    "octets",
    [b"\0" * 16, b"\xff" * 16, b"GET / HTTP/1.1\r\n\r\n", struct.pack(">LLLL", 15, 5, 0, 1)],
    ids=["zeros", "ones", "http", "too-short"],
)
def test_where_no_pdu_ends_the_connection_is_made_anew(office, carrier, octets) -> None:
    office.open()
    carrier.raw(octets)
    until(lambda: carrier.binds() == 2)
    assert COMMAND_LENGTH in carrier.heard(NACK)
    office.bound()
    _still_works(office, carrier)


def test_half_a_pdu_that_never_ends(office, carrier) -> None:
    office.open()
    carrier.mute()
    carrier.raw(_pdu(DELIVER, b"x" * 100)[:50])
    until(lambda: carrier.binds() >= 2)
    carrier.mute(False)
    office.bound()
    _still_works(office, carrier)


def test_a_pdu_that_comes_octet_by_octet(office, carrier) -> None:
    office.open()
    for octet in _pdu(DELIVER, b"\0\1\1977984\0\1\1977\0\0\0\0\0\0\1\0\0\0\5hello"):
        carrier.raw(bytes([octet]))
    assert office.got(1)[0].body == "hello"


def test_noise_of_all_kinds(office, carrier) -> None:
    office.open()
    rng = random.Random(7)
    for _ in range(200):
        command = rng.choice([DELIVER, DATA, 0x80000004, 0x80000015, 0x15])
        carrier.raw(_pdu(command, rng.randbytes(rng.randrange(80)), rng.randrange(2**31)))
    carrier.deliver("still there?")
    until(lambda: "still there?" in office.bodies())
    assert carrier.binds() == 1


@given(command=st.sampled_from([DELIVER, DATA]), body=st.binary(max_size=300))
def test_reading_fails_in_one_way_only(command: int, body: bytes) -> None:
    try:
        said = read(Frame(command, 0, 1, bytes(16) + body))
    except MalformedError:
        return
    receipt_of(said)
    assert said.concatenation is None or 1 <= said.concatenation.part <= said.concatenation.parts


@given(body=st.binary(max_size=100))
def test_so_does_reading_an_answer(body: bytes) -> None:
    try:
        message_id_of(frame_of(_pdu(0x80000004, body)))
    except MalformedError:
        return


def test_nothing_that_people_write_is_logged(office, carrier, caplog, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logs:
        office.open()
        carrier.deliver("they took my passport", message_state=2, dest_addr_subunit=1)
        carrier.raw(_pdu(DELIVER, b"\0\1\1" + b"9779841234567" * 30))
        office.got(1)
        (row,) = office.queue("Call 1141 now " * 20)
        carrier.refuse(0x58)
        until(lambda: office.error_code(row) == "smpp_0058")
        carrier.receipt("zz", "ODD")
        office.all_brought()
        office.close()
    said = repr(logs) + caplog.text + "".join(capfd.readouterr())
    assert "smpp.bound" in said
    for secret in ("passport", PERSON[1:], "9841234567", "1141", "secret12", "Call"):
        assert secret not in said
