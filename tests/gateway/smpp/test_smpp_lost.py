"""What becomes of a text when the answer to it is lost, as a whole and part by part."""

from __future__ import annotations

import pytest

from safar.gateway.providers.base import TransientSendError
from tests.gateway.smpp.smpp_office import until
from tests.peers.smsc import THROTTLED

TWO_PARTS = "One. " * 60
SETTLE, DOUBT = 16, 61


@pytest.mark.parametrize("fault", ["hang", "drop_after", "drop_before"])
def test_nobody_knows_whether_it_was_taken(office, carrier, fault) -> None:
    office.open(run=False)
    (row,) = office.queue("hello")
    carrier.faults(fault)
    office.send_once()
    assert (office.state(row), office.error_code(row)) == ("unknown", "answer_lost")


@pytest.mark.parametrize(("kind", "wait"), [("answer", DOUBT), ("danger", SETTLE)])
def test_it_is_sent_again_once_and_at_once_where_it_may_save_a_life(
    office, carrier, clock, kind, wait
) -> None:
    office.open(run=False)
    (row,) = office.queue("hello", kind=kind)
    carrier.faults("hang", "hang")
    office.send_once()
    clock.pass_(wait - 2)
    office.send_once()
    assert carrier.texts() == ["hello"]
    for _ in range(4):
        clock.pass_(wait)
        office.send_once()
        office.send_once()
    assert carrier.texts() == ["hello"] * 2
    assert (office.state(row), office.error_code(row)) == ("dead", "outcome_unknown")


def test_an_answer_that_comes_late_settles_it(office, carrier, clock) -> None:
    office.open(run=False)
    (row,) = office.queue("hello")
    carrier.faults({"kind": "late", "ms": 1300})
    office.send_once()
    assert office.state(row) == "unknown"
    until(lambda: office.rows("sent_parts")[0]["status"] == "sent")
    clock.pass_(SETTLE)
    office.send_once()
    assert (office.state(row), carrier.texts()) == ("accepted", ["hello"])


def test_a_receipt_settles_what_nobody_answered(office, carrier) -> None:
    office.open(run=False)
    (row,) = office.queue("hello")
    carrier.faults("hang")
    office.send_once()
    carrier.receipt("a0")
    office.becomes(row, "delivered")


def test_a_receipt_for_two_texts_in_doubt_settles_neither(office, carrier) -> None:
    office.open(run=False)
    carrier.faults("hang", "hang")
    for number in (1, 2):
        (row,) = office.queue(f"hello {number}")
        office.send_once()
        with office.database.write() as tx:
            # The second does not wait for the first here.
            tx.exec_driver_sql("UPDATE outbox SET unknown_at = '2026-01-01T00:00:00.000000+00:00'")
            tx.exec_driver_sql("UPDATE outbox SET not_before = '2027-01-01T00:00:00.000000+00:00'")
    carrier.receipt("ffff")
    office.all_brought()
    assert office.counted("smpp.receipt_unmatched") == 1
    assert "delivered" not in {office.state(row) for row in (1, 2)}


@pytest.mark.parametrize(
    ("second", "state"), [(THROTTLED, "ready"), (0x0B, "failed"), (0x66, "failed")], ids=str
)
def test_the_second_part_is_refused(office, carrier, clock, second, state) -> None:
    office.open(run=False)
    (row,) = office.queue(TWO_PARTS)
    carrier.faults("", {"kind": "refuse", "status": second})
    office.send_once()
    assert (office.state(row), len(carrier.accepted())) == (state, 1)
    clock.pass_(60)
    office.send_once()
    if state == "failed":
        assert len(carrier.accepted()) == 1
        return
    assert "".join(carrier.texts()) == TWO_PARTS, "the first part is not sent again"
    assert office.state(row) == "accepted"


@pytest.mark.parametrize("kind", ["answer", "danger"])
def test_the_first_of_two_parts_is_lost(office, carrier, clock, kind) -> None:
    office.open(run=False)
    (row,) = office.queue(TWO_PARTS, kind=kind)
    carrier.faults("hang")
    office.send_once()
    assert office.state(row) == "unknown"
    clock.pass_(SETTLE)
    office.send_once()
    office.send_once()
    first, again, second = carrier.accepted()
    assert (first["text"], first["udh"]) == (again["text"], again["udh"]), "a phone drops one"
    assert again["text"] + second["text"] == TWO_PARTS
    assert office.state(row) == "accepted"


@pytest.mark.parametrize("kind", ["answer", "danger"])
def test_the_last_of_two_parts_is_lost(office, carrier, clock, kind) -> None:
    office.open(run=False)
    (row,) = office.queue(TWO_PARTS, kind=kind)
    carrier.faults("", "hang")
    office.send_once()
    assert (office.state(row), len(carrier.accepted())) == ("unknown", 2)
    clock.pass_(SETTLE)
    office.send_once()
    office.send_once()
    # That one alone is sent again, and only where it may save a life.
    assert [each["udh"][0][-2:] for each in carrier.accepted()] == (
        ["01", "02", "02"] if kind == "danger" else ["01", "02"]
    )
    assert office.state(row) == ("accepted" if kind == "danger" else "unknown")


def test_the_connection_is_cut_between_two_parts(office, carrier, clock) -> None:
    office.open(run=False)
    (row,) = office.queue(TWO_PARTS)
    carrier.faults("drop_after")
    office.send_once()
    assert office.state(row) == "unknown"
    until(lambda: carrier.binds() == 2)
    office.bound()
    clock.pass_(SETTLE)
    office.send_once()
    office.send_once()
    assert office.state(row) == "accepted"
    assert carrier.accepted()[-2]["text"] + carrier.accepted()[-1]["text"] == TWO_PARTS


def test_taken_without_an_id(office, carrier) -> None:
    office.open(run=False)
    (row,) = office.queue("hello")
    carrier.faults("no_id")
    office.send_once()
    assert office.state(row) == "accepted"
    carrier.receipt("77")
    office.becomes(row, "delivered")


def test_with_another_sender_all_parts_are_sent_anew(office, carrier, clock) -> None:
    office.open(run=False)
    (row,) = office.queue(TWO_PARTS)
    carrier.faults("", {"kind": "refuse", "status": THROTTLED})
    office.send_once()
    office.close()
    office.open(run=False, addresses=("31005",))
    clock.pass_(60)
    office.send_once()
    assert [each["source_addr"] for each in carrier.accepted()][1:] == ["31005", "31005"]
    assert office.state(row) == "accepted"


def test_a_crash_between_the_parts_is_made_good(office, carrier) -> None:
    office.open(run=False)
    (row,) = office.queue(TWO_PARTS)
    message = office.message(TWO_PARTS, row)
    carrier.faults("", {"kind": "refuse", "status": THROTTLED})
    with pytest.raises(TransientSendError):
        office.provider.send(message)
    assert office.provider.find(message, office.clock()) is None
    found = office.provider.send(message)
    assert office.provider.find(message, office.clock()) == found
    assert "".join(carrier.texts()) == TWO_PARTS
