"""What every provider does with what comes in: keeps it once, as it is, or has it sent again."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from safar.store.database import Database
from safar.store.tables import metadata
from tests.gateway.contract.ledger import Ledger
from tests.gateway.contract.rig import ANA, BEN, Rig, Word, lines
from tests.gateway.contract.test_contract_sending import TEXTS

only_peered = pytest.mark.parametrize("rig", lines(peered=True), indirect=True, ids="-".join)


def rows(database: Database) -> dict[str, int]:
    """Return how many rows each table has, but for counts and the health of devices."""
    beside = {"counters", "devices", "provider_health"}
    with database.read() as tx:
        return {
            name: tx.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
            for name in metadata.tables
            if name not in beside
        }


def test_every_text_is_kept_once_and_as_it_was_written(rig: Rig, ledger: Ledger) -> None:
    texts = [text for name, text in TEXTS.items() if name != "several SMS"]
    assert all(rig.arrive(text) for text in texts)

    assert ledger.texts() == texts
    assert len({row.conversation_id for row in ledger.came()}) == 1
    assert {row.provider for row in ledger.came()} == {rig.plugin.name}


def test_two_people_and_two_equal_texts_are_not_mixed_up(rig: Rig, ledger: Ledger) -> None:
    for text, sender in (("1", ANA), ("1", BEN), ("2", ANA)):
        assert rig.arrive(text, sender)

    assert ledger.texts() == ["1", "1", "2"]
    ana, ben, again = (row.conversation_id for row in ledger.came())
    assert ana == again != ben
    assert ledger.who(0) != ledger.who(1)


@only_peered
def test_what_is_brought_twice_is_kept_once(rig: Rig, ledger: Ledger) -> None:
    assert rig.arrive("first")
    before = rows(ledger.database)

    rig.arrive_doubled("नमस्ते 🙏")

    assert ledger.texts() == ["first", "नमस्ते 🙏"]
    assert rows(ledger.database)["conversations"] == before["conversations"]


@only_peered
def test_with_a_locked_store_the_peer_keeps_it_and_brings_it_again(
    rig: Rig, ledger: Ledger
) -> None:
    with ledger.locked():
        assert not rig.arrive("they locked me in")
    assert ledger.texts() == []

    assert rig.arrive_again()

    assert ledger.texts() == ["they locked me in"]


def test_what_comes_in_is_in_no_log_and_not_readable_in_the_store(
    rig: Rig, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with structlog.testing.capture_logs() as logs:
        assert rig.arrive("मालिकले पासपोर्ट राख्यो fraudulent")

    place = ledger.database.engine.url.database
    assert place is not None
    stored = b"".join(Path(place + end).read_bytes() for end in ("", "-wal"))
    for hidden in ("पासपोर्ट", "fraudulent", ANA[1:], ANA[4:]):
        assert hidden not in repr(logs) + caplog.text
        assert hidden.encode() not in stored


# What is told later.

ORDERS: dict[str, tuple[tuple[Word, ...], set[str]]] = {
    # What is told, in this order, and how the row may stand in the end.
    "delivered": (("delivered",), {"delivered"}),
    "on its way": (("underway",), {"sent", "accepted"}),
    "in order": (("underway", "delivered"), {"delivered"}),
    "twice": (("delivered", "delivered"), {"delivered"}),
    "out of order": (("delivered", "underway"), {"delivered"}),
    "failed": (("underway", "failed"), {"failed", "undelivered"}),
    "failed twice": (("failed", "failed"), {"failed", "undelivered"}),
    "failed after all": (("delivered", "failed"), {"delivered"}),
}


@only_peered
def test_reports_lead_forward_only(rig: Rig, ledger: Ledger) -> None:
    assert rig.provider.capabilities.status_callbacks
    assert rig.arrive("hello")
    wrong = {}
    for name, (words, states) in ORDERS.items():
        row = ledger.queue(name)
        result = ledger.deliver(rig.provider, row)

        assert all(rig.report(word) for word in words)

        if ledger.state(row) not in states:
            wrong[name] = ledger.state(row)
        assert ledger.row(row)["provider_message_id"] == result.provider_message_id
    assert wrong == {}
    assert len(ledger.outbox()) == len(ORDERS), "a report is no reason to write again"


@only_peered
def test_a_report_faster_than_the_answer_counts(rig: Rig, ledger: Ledger) -> None:
    assert rig.arrive("hello")
    row = ledger.queue("hello")
    result = rig.provider.send(ledger.lend(row))

    assert rig.report("delivered")
    assert ledger.note(row, result)

    assert ledger.state(row) == "delivered"


@only_peered
def test_a_report_about_nothing_of_ours_changes_nothing(rig: Rig, ledger: Ledger) -> None:
    assert rig.arrive("hello")
    ledger.deliver(rig.provider, ledger.queue("hello"))
    before, sizes = ledger.outbox(), rows(ledger.database)

    words: tuple[Word, ...] = ("underway", "delivered", "failed")
    assert all(rig.report_stranger(word) for word in words), "it would come again and again"

    assert (ledger.outbox(), rows(ledger.database)) == (before, sizes)


@only_peered
def test_with_a_locked_store_a_report_is_brought_again(rig: Rig, ledger: Ledger) -> None:
    assert rig.arrive("hello")
    row = ledger.queue("hello")
    ledger.deliver(rig.provider, row)
    with ledger.locked():
        assert not rig.report("delivered")
    assert ledger.state(row) != "delivered"

    assert rig.report_again()

    assert ledger.state(row) == "delivered"


# Who is no peer.


def test_a_stranger_is_refused_everywhere(rig: Rig, ledger: Ledger) -> None:
    before = rows(ledger.database)
    answers = dict(rig.forge())

    assert {what: status for what, status in answers.items() if status != 403} == {}
    assert rows(ledger.database) == before
    # Every route there is was tried, so that a new one cannot be forgotten.
    router = rig.plugin.routes(rig.surroundings)
    assert bool(answers) is (router is not None)
    assert rig.arrive("hello"), "the right call is taken, so it was the signature"
