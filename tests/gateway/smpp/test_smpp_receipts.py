"""What delivery receipts do to texts that were sent."""

from __future__ import annotations

import pytest

from safar.gateway.providers.base import FailureKind
from safar.gateway.providers.smpp.sent import spellings
from tests.gateway.smpp.smpp_office import until
from tests.peers.smsc import PERSON, RECEIPT

TWO_PARTS = "One. " * 60


def _sent(office, text: str = "hello") -> int:
    (row,) = office.queue(text)
    office.becomes(row, "accepted")
    return row


@pytest.mark.parametrize(
    ("stat", "state", "kind"),
    [
        ("DELIVRD", "delivered", None),
        ("EXPIRED", "undelivered", FailureKind.EXPIRED),
        ("UNDELIV", "undelivered", FailureKind.RECIPIENT),
        ("REJECTD", "undelivered", FailureKind.CONTENT),
        ("DELETED", "undelivered", None),
        ("ENROUTE", "accepted", None),
        ("ACCEPTD", "accepted", None),
        ("UNKNOWN", "accepted", None),
        ("GARBAGE", "accepted", None),
    ],
)
def test_a_word(office, carrier, stat, state, kind) -> None:
    office.open()
    row = _sent(office)
    carrier.receipt("a0", stat, "0a1")
    office.all_brought()
    if state == "undelivered" and kind is FailureKind.EXPIRED:
        # The answer is made anew.
        assert office.error_code(row) == "redecided"
    else:
        assert office.state(row) == state
    if state == "undelivered":
        assert office.reports[-1].error_code == f"{stat.lower()}_0a1"
        assert office.reports[-1].failure is kind


@pytest.mark.parametrize(
    "written", ["a0", "A0", "160", "000000a0", "0000000160"], ids=lambda written: f"id-{written}"
)
def test_ids_come_back_in_other_clothes(office, carrier, written) -> None:
    office.open()
    row = _sent(office)
    carrier.receipt(written)
    office.becomes(row, "delivered")


def test_spellings_of_an_id_that_is_no_number() -> None:
    assert spellings("b1d3-77") == ["b1d3-77", "B1D3-77"]


@pytest.mark.parametrize("esm_class", [RECEIPT, 0], ids=["typed", "untyped"])
def test_optional_parameters_say_it(office, carrier, esm_class) -> None:
    office.open()
    row = _sent(office)
    parameters = {"receipted_message_id": "a0", "message_state": 2}
    carrier.deliver(esm_class=esm_class, short_message="", **parameters)
    office.becomes(row, "delivered")
    assert office.messages == []


def test_over_data_sm(office, carrier) -> None:
    office.open()
    row = _sent(office)
    parameters = {"receipted_message_id": "a0", "message_state": 2}
    carrier.deliver(command="data_sm", esm_class=RECEIPT, **parameters)
    office.becomes(row, "delivered")


def test_the_addresses_may_stand_the_wrong_way_round(office, carrier) -> None:
    office.open()
    row = _sent(office)
    carrier.receipt("a0", source_addr="9779800000000", destination_addr=PERSON[1:])
    office.becomes(row, "delivered")


@pytest.mark.parametrize("order", [("a0", "a1"), ("a1", "a0")], ids=str)
def test_delivered_is_a_text_when_all_its_parts_are(office, carrier, order) -> None:
    office.open()
    row = _sent(office, TWO_PARTS)
    carrier.receipt(order[0])
    office.all_brought()
    assert office.state(row) == "accepted"
    carrier.receipt(order[1])
    office.becomes(row, "delivered")


def test_undelivered_is_a_text_when_one_part_is(office, carrier) -> None:
    office.open()
    row = _sent(office, TWO_PARTS)
    carrier.receipt("a0")
    carrier.receipt("a1", "UNDELIV", "001")
    office.becomes(row, "undelivered")
    assert office.error_code(row) == "undeliv_001"


def test_repeats_and_what_comes_late_change_nothing(office, carrier) -> None:
    office.open()
    row = _sent(office)
    for stat in ("DELIVRD", "DELIVRD", "EXPIRED", "ENROUTE"):
        carrier.receipt("a0", stat)
    office.all_brought()
    assert office.state(row) == "delivered"


def test_one_for_somebody_else_is_counted_and_dropped(office, carrier) -> None:
    office.open()
    row = _sent(office)
    carrier.receipt("a0", source_addr="9779855555555")
    carrier.receipt("b7")
    office.all_brought()
    assert office.state(row) == "accepted"
    assert office.counted("smpp.receipt_unmatched") == 2


def test_one_that_overtakes_the_answer_it_is_about(office, carrier) -> None:
    office.open(response_seconds=5)
    carrier.faults({"kind": "late", "ms": 300})
    (row,) = office.queue("hello")
    until(carrier.accepted)
    carrier.receipt("a0")
    office.becomes(row, "delivered")


def test_a_person_cannot_write_one(office, carrier) -> None:
    office.open()
    row = _sent(office)
    text = "id:a0 sub:001 dlvrd:001 stat:DELIVRD err:000 text:"
    carrier.deliver(text)
    office.got(1)
    assert (office.bodies(), office.state(row)) == ([text], "accepted")


def test_one_is_brought_again_while_the_store_is_locked(office, carrier) -> None:
    office.open()
    row = _sent(office)
    with office.database.write() as tx:
        tx.exec_driver_sql("UPDATE sent_parts SET reference = 'a0'")
        carrier.receipt("a0")
        # Longer than a store is waited for.
        until(lambda: any(0x64 in each["statuses"] for each in carrier.deliveries()))
    office.becomes(row, "delivered")
