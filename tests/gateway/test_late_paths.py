"""Paths that are rare and each lose something, found while tests/gateway/machine was made."""

from __future__ import annotations

from datetime import timedelta

from safar.gateway import delivery, inbox, outbox
from safar.gateway.messages import OutgoingText
from safar.gateway.providers.base import FailureKind, StatusReport
from safar.store import erasure
from safar.store.crypto import KeyRing
from tests.whole_way import CRY, Way

LEASE = timedelta(seconds=30)
ME = "dispatcher"


def _undelivered(post, row: int, keyring) -> bool:
    report = StatusReport(
        "fake", "undelivered", outbox_id=row, error_code="30003", failure=FailureKind.TRANSIENT
    )
    return delivery.apply_report(post.database, keyring, report, post.clock())


def test_nobody_waits_an_hour_for_the_second_try_of_an_older_text(way: Way) -> None:
    """A telephone that was off is on again: its owner writes, and is in danger perhaps."""
    way.ask("hello")
    way.report(1, "undelivered", FailureKind.TRANSIENT, "30003")
    way.clock.pass_(60)
    assert way.ask("hello again") == [way.words("utter_greet")]
    assert len(way.ask(CRY)) >= 1
    assert way.bodies().count(way.words("utter_greet")) == 2
    way.clock.pass_(3600)
    way.send()
    assert way.bodies().count(way.words("utter_greet")) == 3


def test_a_second_try_that_has_begun_holds_up_those_behind_it(post, database, clock) -> None:
    first = post.queue("first") and post.sending()
    outbox.mark_sent(database, first, clock(), provider_message_id="P1", status="queued")
    assert _undelivered(post, first, post.keyring)
    post.queue("later")
    clock.pass_(3600)
    again = post.sending()
    assert post.outbox_row(again)["replaces_id"] == first
    outbox.retry_later(database, again, ME, clock(), delay=LEASE, error_code="busy")
    assert post.claim_outbox() == []


def test_a_failure_is_noted_while_the_key_of_its_text_is_missing(post) -> None:
    row = post.queue("x") and post.sending()
    other = KeyRing([KeyRing.generate()], KeyRing.generate())
    assert _undelivered(post, row, other)
    assert (post.state(row), post.outbox_row(row)["error_code"]) == ("undelivered", "30003")


def test_a_very_late_answer_writes_down_no_id_of_who_was_forgotten(post, database, clock) -> None:
    row = post.queue("x") and post.sending("slow")
    outbox.mark_dead(database, row, "slow", clock(), error_code="busy")
    with database.write() as tx:
        erasure.begin(tx, post.keyring, post.outbox_row(row)["conversation_id"], clock())
        erasure.finish(tx, post.keyring)
    outbox.mark_sent(database, row, clock(), provider_message_id="P1", status="queued")
    assert post.outbox_row(row)["provider_message_id"] is None


def test_a_worker_of_an_earlier_round_cannot_close_the_message(post, clock, keyring) -> None:
    """It would queue nothing, for its answer is there already: the new one would be lost."""
    post.receive()
    (stuck,) = post.claim_inbox("worker")
    clock.pass_(31)
    (message,) = post.claim_inbox("worker")
    fresh_until = clock() + timedelta(seconds=60)
    answer = OutgoingText(text="x", expires_at=fresh_until)
    assert _finish(post, message, answer)
    clock.pass_(61)
    assert post.claim_outbox() == []
    (anew,) = post.claim_inbox("worker")
    assert (anew.round, anew.attempts) == (1, stuck.attempts)
    assert not _finish(post, stuck, answer)
    assert _finish(post, anew, OutgoingText(text="anew"))
    assert [item.message.body for item in post.claim_outbox()] == ["anew"]


def _finish(post, message: inbox.ClaimedMessage, text: OutgoingText) -> bool:
    return inbox.finish(
        *(post.database, post.keyring, message, "worker", post.clock()),
        conversation=None,
        outgoing=[text],
    )
