from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from safar.gateway import inbox, outbox
from safar.gateway.messages import InboundMessage, OutgoingText
from safar.gateway.providers.base import SendResult
from safar.store.crypto import KeyRing
from safar.store.database import open_database

pytestmark = pytest.mark.both_databases

LEASE = timedelta(seconds=30)
ME = "dispatcher"
WORDS = [
    *["accepted", "scheduled", "queued", "sending", "sent", "delivered", "read"],
    *["failed", "undelivered", "canceled", "nonsense"],
]


def _apply(post, word, **changes) -> bool:
    values = {"provider": "fake", "status": word, "now": post.clock(), "provider_message_id": "P1"}
    return outbox.apply_status(post.database, **(values | changes))


@pytest.fixture
def sent(post, database, clock) -> int:
    """A text that the provider took, with its id P1."""
    post.queue("x")
    row = post.sending()
    outbox.mark_sent(database, row, clock(), provider_message_id="P1", status="queued")
    return row


def test_sent_text_is_accepted_with_the_providers_id(post, sent) -> None:
    row = post.outbox_row(sent)
    assert (row["state"], row["provider_message_id"]) == ("accepted", "P1")
    assert (row["provider_status"], row["lease_owner"]) == ("queued", None)


def test_status_moves_forward_and_repeats_do_nothing(post, sent) -> None:
    assert _apply(post, "delivered")
    assert not _apply(post, "delivered")
    assert not _apply(post, "sent")
    assert not _apply(post, "failed")
    assert post.state(sent) == "delivered"


def test_failure_brings_its_code(post, sent) -> None:
    assert _apply(post, "UNDELIVERED", error_code="30003")
    assert (post.state(sent), post.outbox_row(sent)["error_code"]) == ("undelivered", "30003")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"provider_message_id": "P9"}, id="unknown id"),
        pytest.param({"provider": "other"}, id="other provider"),
        pytest.param({"outbox_id": 999}, id="unknown row"),
        pytest.param({"status": "nonsense"}, id="unknown word"),
    ],
)
def test_status_of_nothing_of_ours_is_ignored(post, database, sent, changes) -> None:
    before = post.outbox_row(sent)
    assert not _apply(post, "read", **changes)
    assert post.outbox_row(sent) == before
    with database.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM status_events").scalar_one() == 0


def test_status_without_any_id_is_a_mistake(post) -> None:
    with pytest.raises(ValueError, match="needs the provider's message id"):
        _apply(post, "sent", provider_message_id=None)


def test_callback_faster_than_the_answer(post, database, clock) -> None:
    post.queue("x")
    row = post.sending()
    assert _apply(post, "sent", outbox_id=row)
    assert outbox.mark_sent(database, row, clock(), provider_message_id="P1", status="queued")
    found = post.outbox_row(row)
    assert (found["state"], found["provider_message_id"]) == ("sent", "P1")


def test_callback_with_our_id_settles_a_lost_answer(post, database, clock) -> None:
    post.queue("x")
    row = post.sending()
    outbox.mark_unknown(database, row, ME, clock(), error_code="timeout")
    assert _apply(post, "delivered", outbox_id=row)
    found = post.outbox_row(row)
    assert (found["state"], found["provider_message_id"]) == ("delivered", "P1")
    assert not outbox.mark_failed(database, row, ME, clock(), error_code="x")


def test_late_answer_of_a_sender_thought_dead_is_kept(post, database, clock) -> None:
    post.queue("x")
    row = post.sending("slow")
    clock.pass_(31)
    post.claim_outbox("other")
    assert post.state(row) == "unknown"
    assert outbox.mark_sent(database, row, clock(), provider_message_id="P1", status="sent")
    assert post.state(row) == "sent"


def test_id_of_another_row_is_not_taken_over(post, database, clock, sent) -> None:
    post.queue("y")
    row = post.sending()
    assert not outbox.mark_sent(database, row, clock(), provider_message_id="P1", status="sent")
    assert not _apply(post, "read", outbox_id=row)
    assert (post.state(sent), post.state(row)) == ("accepted", "sending")


def test_failure_of_one_of_two_sends_does_not_count(post, sent) -> None:
    assert not _apply(post, "failed", provider_message_id="P2", outbox_id=sent)
    assert _apply(post, "delivered", provider_message_id="P3", outbox_id=sent)
    found = post.outbox_row(sent)
    assert (found["state"], found["provider_message_id"]) == ("delivered", "P1")


def test_failure_of_an_older_try_never_ends_the_next_one(post, database, clock) -> None:
    post.queue("x")
    row = post.sending()
    outbox.retry_later(database, row, ME, clock(), delay=timedelta(), error_code="429")
    assert not _apply(post, "failed", outbox_id=row)
    assert post.outbox_row(row)["provider_message_id"] is None
    post.sending()
    assert not _apply(post, "failed", outbox_id=row)  # a repeat, now that it could apply
    assert outbox.mark_sent(database, row, clock(), provider_message_id="P2", status="queued")
    assert post.state(row) == "accepted"


@pytest.fixture
def unknown(post, database, keyring, clock) -> int:
    """A text of unknown outcome, claimed for asking."""
    post.queue("x", "next")
    row = post.sending()
    outbox.mark_unknown(database, row, ME, clock(), error_code="timeout")
    clock.pass_(15)
    (item,) = _claim_unknown(database, keyring, clock)
    assert (item.id, item.sending_at) == (row, clock() - timedelta(seconds=15))
    return row


def _claim_unknown(database, keyring, clock, owner=ME):
    settle = timedelta(seconds=15)
    return outbox.claim_unknown(
        database, keyring, owner, clock(), LEASE, 9, provider="fake", settle=settle
    )


def test_unknown_text_is_lent_to_one_after_settling(post, database, keyring, clock) -> None:
    post.queue("x")
    outbox.mark_unknown(database, post.sending(), ME, clock(), error_code="timeout")
    clock.pass_(14)
    assert _claim_unknown(database, keyring, clock) == []
    clock.pass_(1)
    assert len(_claim_unknown(database, keyring, clock)) == 1
    assert _claim_unknown(database, keyring, clock, "other") == []
    clock.pass_(30)
    assert len(_claim_unknown(database, keyring, clock, "other")) == 1


def test_found_text_is_sent(post, database, clock, unknown) -> None:
    found = SendResult("P7", "delivered")
    state = outbox.resolve_unknown(database, unknown, ME, clock(), found=found, may_resend=True)
    assert (state, post.outbox_row(unknown)["provider_message_id"]) == ("delivered", "P7")


def test_missing_text_is_sent_again_once(post, database, keyring, clock, unknown) -> None:
    assert _resolve(database, unknown, clock) == "ready"
    row = post.sending()
    assert row == unknown
    outbox.mark_unknown(database, row, ME, clock(), error_code="timeout")
    clock.pass_(15)
    (item,) = _claim_unknown(database, keyring, clock)
    # Asked from the first try on: that one may still turn up.
    assert (item.resends, item.sending_at) == (1, clock() - timedelta(seconds=30))
    assert _resolve(database, unknown, clock) == "dead"
    assert post.outbox_row(unknown)["error_code"] == "outcome_unknown"


def test_failure_of_a_try_in_doubt_does_not_end_its_resend(post, database, clock, unknown) -> None:
    assert _resolve(database, unknown, clock) == "ready"
    assert not _apply(post, "failed", outbox_id=unknown)
    post.sending()
    assert not _apply(post, "undelivered", outbox_id=unknown)
    assert outbox.mark_sent(database, unknown, clock(), provider_message_id="P2", status="sent")
    assert not _apply(post, "canceled", outbox_id=unknown)
    assert post.state(unknown) == "sent"


def _resolve(database, row, clock, owner=ME, may_resend=True) -> str:
    return outbox.resolve_unknown(database, row, owner, clock(), found=None, may_resend=may_resend)


def test_text_that_may_not_be_resent_ends(database, clock, unknown) -> None:
    assert _resolve(database, unknown, clock, may_resend=False) == "dead"


def test_only_who_asked_settles(post, database, clock, unknown) -> None:
    assert _resolve(database, unknown, clock, owner="other") == "unknown"
    assert _apply(post, "sent", outbox_id=unknown)
    assert _resolve(database, unknown, clock) == "sent"


def test_found_id_of_another_row_counts_as_missing(post, database, clock, unknown) -> None:
    post.queue("other", sender="+6391712345678")
    other = post.sending()
    outbox.mark_sent(database, other, clock(), provider_message_id="P1", status="sent")
    found = SendResult("P1", "sent")
    state = outbox.resolve_unknown(database, unknown, ME, clock(), found=found, may_resend=True)
    assert state == "ready"


def test_ids_of_other_rows_are_told_to_who_asks(post, database, keyring, clock, sent) -> None:
    post.queue("x")
    outbox.mark_unknown(database, post.sending(), ME, clock(), error_code="timeout")
    clock.pass_(15)
    (item,) = _claim_unknown(database, keyring, clock)
    assert item.message.taken_ids == {"P1"}


class Delivery(RuleBasedStateMachine):
    """Callbacks, answers, lost answers and retries in any order; one text."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.database = open_database(f"sqlite:///{self.folder.name}/safar.db")
        self.keyring = KeyRing([KeyRing.generate()], KeyRing.generate())
        self.now = datetime(2026, 11, 23, tzinfo=timezone.utc)
        self.sends = 0
        self.past = ["ready"]

    @initialize()
    def queue(self) -> None:
        message = InboundMessage(
            provider="fake",
            provider_message_id="in",
            channel="sms",
            sender_kind="phone",
            sender="+97798",
            recipient="+1",
        )
        received = inbox.receive(self.database, self.keyring, message, self.now)
        with self.database.write() as tx:
            outbox.put(
                tx,
                self.keyring,
                idempotency_key="k",
                conversation_id=received.conversation_id,
                text=OutgoingText(text="x"),
                now=self.now,
            )

    @rule(seconds=st.sampled_from([1, 20, 40]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def claim_and_send(self) -> None:
        for item in outbox.claim(self.database, self.keyring, ME, self.now, LEASE, 1):
            if outbox.mark_sending(self.database, item.id, ME, self.now, LEASE):
                self.sends += 1

    @rule(word=st.sampled_from(WORDS))
    def answer(self, word: str) -> None:
        if self.sends:
            provider_id = f"P{self.sends}"
            outbox.mark_sent(
                self.database, 1, self.now, provider_message_id=provider_id, status=word
            )

    @rule(word=st.sampled_from(WORDS), send=st.integers(1, 3), with_our_id=st.booleans())
    def callback(self, word: str, send: int, with_our_id: bool) -> None:
        if send <= self.sends:
            outbox.apply_status(
                self.database,
                provider="fake",
                status=word,
                now=self.now,
                provider_message_id=f"P{send}",
                outbox_id=1 if with_our_id else None,
            )

    @rule()
    def answer_is_lost(self) -> None:
        outbox.mark_unknown(self.database, 1, ME, self.now, error_code="timeout")

    @rule()
    def refused(self) -> None:
        outbox.mark_failed(self.database, 1, ME, self.now, error_code="30005")

    @rule(there=st.booleans())
    def asked(self, there: bool) -> None:
        items = outbox.claim_unknown(
            self.database,
            self.keyring,
            ME,
            self.now,
            LEASE,
            1,
            provider="fake",
            settle=timedelta(),
        )
        for item in items:
            found = SendResult(f"P{self.sends}", "sent") if there else None
            outbox.resolve_unknown(
                self.database, item.id, ME, self.now, found=found, may_resend=True
            )

    @invariant()
    def state_moves_forward_only(self) -> None:
        with self.database.read() as tx:
            row = tx.exec_driver_sql(
                "SELECT state, provider_message_id, resends FROM outbox"
            ).one_or_none()
        if row is None:
            return
        before, after = self.past[-1], row.state
        self.past.append(after)
        allowed = {
            "delivered": {"delivered", "read"},
            "sent": {"sent", "delivered", "read", "failed", "undelivered", "canceled"},
            "accepted": {
                *["accepted", "sent", "delivered", "read"],
                *["failed", "undelivered", "canceled"],
            },
            "dead": {"dead", "accepted", "sent", "delivered", "read"},
        }
        if before in {"read", "failed", "undelivered", "canceled"}:
            assert after == before
        elif before in allowed:
            assert after in allowed[before]
        # It is sent a second time only after somebody looked, and never a third time.
        assert self.sends <= 1 + row.resends <= 2

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()


Delivery.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestDelivery = Delivery.TestCase
