"""Delivery reports: matched, counted part by part, and never in anybody's way."""

from __future__ import annotations

import pytest

from safar.gateway.providers.base import FailureKind, UnknownOutcomeError
from tests.clock import NOW
from tests.gateway.modem.modem_office import until
from tests.gateway.modem.test_modem_sending import NEPALI, states

TO = "+9779812345678"


def reported(office) -> list[tuple[str, int | None]]:
    return [(report.status, report.outbox_id) for report in office.reports]


@pytest.mark.parametrize(
    ("text", "status", "expected", "state"),
    [
        ("Delivered", 0, "delivered", "delivered"),
        ("Failed", 0x46, "undelivered", "undelivered"),
        ("Failed", 0, "undelivered", "undelivered"),
        ("Pending", 0x30, None, "sending"),
    ],
    ids=["delivered", "expired", "failed-by-word", "still-trying"],
)
def test_a_report_moves_the_message(office, phone, text, status, expected, state) -> None:
    office.open(phone)
    office.provider.send(office.message("hello"))
    phone.report(TO, text, reference=1, status=status)
    until(lambda: not phone.held())
    assert reported(office) == ([(expected, 1)] if expected else [])
    assert office.outbox_state() == state


@pytest.mark.parametrize(
    ("text", "status"), [("Weird", 0), ("", 0), ("Delivered", 0xFF), ("\ud800", 0x90)]
)
def test_an_unknown_report_is_counted_and_dropped(office, phone, text, status) -> None:
    office.open(phone)
    office.provider.send(office.message("hello"))
    phone.report(TO, text.encode("utf-8", "replace").decode(), reference=1, status=status)
    phone.receive("and life goes on")
    office.got(1)
    until(lambda: not phone.held())
    assert office.reports == []
    assert office.counted("modem.report_unknown") == 1


@pytest.mark.parametrize(
    ("recipient", "reference"),
    [("+9779800000009", 1), (TO, 2)],
    ids=["somebody-else", "other-part"],
)
def test_a_report_about_nothing_of_ours_changes_nothing(
    office, phone, recipient, reference
) -> None:
    office.open(phone)
    office.provider.send(office.message("hello"))
    phone.report(recipient, reference=reference)
    until(lambda: not phone.held())
    assert office.reports == []
    assert office.counted("modem.report_unmatched") == 1


def test_a_report_may_write_the_number_without_the_country(office, phone) -> None:
    office.open(phone)
    office.provider.send(office.message("hello"))
    phone.report("09812345678", reference=1)
    until(lambda: reported(office) == [("delivered", 1)])


def test_a_message_is_delivered_when_all_its_parts_are(office, phone) -> None:
    office.open(phone)
    office.provider.send(office.message(NEPALI))
    parts = len(phone.sent())
    for reference in range(parts, 1, -1):
        phone.report(TO, reference=reference)
    until(lambda: not phone.held())
    assert office.reports == []
    phone.report(TO, reference=1)
    until(lambda: reported(office) == [("delivered", 1)])
    # A late word does not take back that it was delivered.
    phone.report(TO, "Failed", reference=1, status=0x46)
    until(lambda: not phone.held())
    assert office.outbox_state() == "delivered"
    assert set(states(office)) == {"delivered"}


def test_one_failed_part_fails_the_message(office, phone) -> None:
    office.open(phone)
    office.provider.send(office.message(NEPALI))
    phone.report(TO, reference=1)
    phone.report(TO, "Failed", reference=2, status=0x43)
    until(lambda: not phone.held())
    assert reported(office) == [("undelivered", 1)]
    assert office.reports[0].failure is FailureKind.RECIPIENT
    assert office.reports[0].error_code == "tp_43"


def test_the_newest_part_of_a_number_is_meant(office, phone) -> None:
    """The network counts to 255 and begins again."""
    office.open(phone)
    office.provider.send(office.message("old", 1))
    (phone.folder / "sent.log").write_text("")
    office.provider.send(office.message("new", 2))
    phone.report(TO, reference=1)
    until(lambda: reported(office) == [("delivered", 2)])


def test_a_report_of_long_ago_is_not_matched(office, phone, clock) -> None:
    office.open(phone)
    office.provider.send(office.message("hello"))
    clock.pass_(5 * 24 * 3600)
    phone.report(TO, reference=1)
    until(lambda: not phone.held())
    assert office.reports == []


def test_a_report_settles_a_part_whose_answer_was_lost(office, phone) -> None:
    office.open(phone)
    phone.tell("send", ["kill-sent"])
    message = office.message("hello")
    with pytest.raises(UnknownOutcomeError):
        office.provider.send(message)
    phone.report(TO, reference=1)
    until(lambda: reported(office) == [("delivered", 1)])
    found = office.provider.find(message, NOW)
    assert found is not None
    until(lambda: office.outbox_state() == "delivered")


def test_two_parts_in_doubt_are_not_guessed(office, phone) -> None:
    office.open(phone)
    for number in (1, 2):
        phone.tell("send", ["kill-sent"])
        with pytest.raises(UnknownOutcomeError):
            office.provider.send(office.message("hello", number))
        until(lambda: office.modem.usable)
    phone.report(TO, reference=1)
    until(lambda: not phone.held())
    assert office.reports == []
