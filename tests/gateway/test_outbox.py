from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from safar.gateway import outbox
from safar.gateway.messages import OutgoingText
from safar.store.crypto import KeyRing
from safar.store.errors import UnknownRowError
from safar.store.tables import outbox as outbox_table

pytestmark = pytest.mark.both_databases

LEASE = timedelta(seconds=30)
ME = "dispatcher"
ANA, BEN = "+9779841234567", "+6391712345678"


def _bodies(items) -> list[str]:
    return [item.message.body for item in items]


def test_claimed_text_has_all_a_provider_needs(post) -> None:
    (row,) = post.queue("नमस्ते")
    (item,) = post.claim_outbox()
    message = item.message
    assert (message.to, message.from_, message.channel) == (ANA, "+15005550006", "sms")
    assert (message.body, message.outbox_id, message.callback_id) == ("नमस्ते", row, str(row))
    assert (item.attempts, item.resends, item.sending_at) == (1, 0, None)
    assert ANA[1:] not in repr(item) + repr(message)
    assert "नमस्ते" not in repr(item) + repr(message)


def test_same_key_is_queued_once(post, database, keyring, clock) -> None:
    post.queue("one")
    with database.write() as tx:
        conversation = tx.exec_driver_sql("SELECT id FROM conversations").scalar_one()
        again = outbox.put(
            tx,
            keyring,
            idempotency_key="1:0",
            conversation_id=conversation,
            text=OutgoingText(text="again"),
            now=clock(),
        )
    assert again is None
    assert _bodies(post.claim_outbox()) == ["one"]


def test_unknown_conversation_is_refused(database, keyring, clock) -> None:
    with pytest.raises(UnknownRowError), database.write() as tx:
        outbox.put(
            tx,
            keyring,
            idempotency_key="k",
            conversation_id="none",
            text=OutgoingText(text="x"),
            now=clock(),
        )


def test_texts_of_a_conversation_go_one_after_the_other(post, database, clock) -> None:
    post.queue("a1", "a2", sender=ANA)
    post.queue("b1", sender=BEN)
    items = post.claim_outbox()
    assert _bodies(items) == ["a1", "b1"]
    assert post.claim_outbox("other") == []
    outbox.mark_sending(database, items[0].id, ME, clock(), LEASE)
    assert post.claim_outbox("other") == []
    outbox.mark_sent(database, items[0].id, clock(), provider_message_id="P1", status="queued")
    assert _bodies(post.claim_outbox("other")) == ["a2"]


def test_urgent_goes_before_others_but_not_before_its_own(post) -> None:
    post.queue("a1", sender=ANA)
    post.queue("b1", sender=BEN)
    post.queue("b2 urgent", sender=BEN, priority=9)
    post.queue("c1 urgent", sender="+254700000001", priority=9)
    assert _bodies(post.claim_outbox()) == ["c1 urgent", "a1", "b1"]


def test_only_texts_of_the_provider_asked_for(post, database, keyring, clock) -> None:
    post.queue("by fake")
    post.queue("by modem", provider="modem")
    items = outbox.claim(database, keyring, ME, clock(), LEASE, 9, provider="modem")
    assert _bodies(items) == ["by modem"]


def test_leased_text_of_a_dead_dispatcher_is_lent_again(post, database, clock) -> None:
    (row,) = post.queue("x")
    post.claim_outbox("died")
    clock.pass_(30)
    (item,) = post.claim_outbox("next")
    assert (item.id, item.attempts) == (row, 2)
    assert not outbox.mark_sending(database, row, "died", clock(), LEASE)


def test_text_being_sent_by_a_dead_dispatcher_is_unknown_never_resent(post, clock) -> None:
    (row,) = post.queue("x")
    post.sending("died")
    clock.pass_(30)
    assert post.claim_outbox("next") == []
    assert post.state(row) == "unknown"
    clock.pass_(7 * 24 * 3600)
    assert post.claim_outbox("next") == []


def test_unknown_holds_up_its_conversation_for_a_bounded_time(post, database, clock) -> None:
    post.queue("one", "two")
    row = post.sending()
    assert outbox.mark_unknown(database, row, ME, clock(), error_code="timeout")
    clock.pass_(119)
    assert post.claim_outbox() == []
    clock.pass_(1)
    assert _bodies(post.claim_outbox()) == ["two"]


def test_retry_waits_counts_and_keeps_order(post, database, clock) -> None:
    post.queue("one", "two")
    row = post.sending()
    delay = timedelta(seconds=10)
    assert outbox.retry_later(database, row, ME, clock(), delay=delay, error_code="429")
    clock.pass_(9)
    assert post.claim_outbox() == []
    clock.pass_(1)
    (item,) = post.claim_outbox()
    assert (item.message.body, item.attempts, item.sending_at) == ("one", 2, None)
    assert post.outbox_row(row)["error_code"] == "429"


def test_handed_back_text_is_as_before(post, database, clock) -> None:
    (row,) = post.queue("one")
    post.claim_outbox()
    assert outbox.hand_back(database, row, ME, clock())
    (item,) = post.claim_outbox("other")
    assert item.attempts == 1


@pytest.mark.parametrize(
    ("end", "state"),
    [(outbox.mark_failed, "failed"), (outbox.mark_dead, "dead")],
    ids=["failed", "dead"],
)
def test_bad_end_frees_the_next(post, database, clock, end, state) -> None:
    post.queue("one", "two")
    row = post.sending()
    assert end(database, row, ME, clock(), error_code="30005")
    assert (post.state(row), post.outbox_row(row)["error_code"]) == (state, "30005")
    assert _bodies(post.claim_outbox()) == ["two"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda d, r, n: outbox.mark_sending(d, r, "other", n, LEASE), id="sending"),
        pytest.param(
            lambda d, r, n: outbox.mark_unknown(d, r, "other", n, error_code="x"), id="unknown"
        ),
        pytest.param(
            lambda d, r, n: outbox.retry_later(d, r, "other", n, delay=LEASE, error_code="x"),
            id="retry",
        ),
        pytest.param(
            lambda d, r, n: outbox.mark_failed(d, r, "other", n, error_code="x"), id="failed"
        ),
        pytest.param(lambda d, r, n: outbox.hand_back(d, r, "other", n), id="hand back"),
    ],
)
def test_only_the_owner_changes_a_row(post, database, clock, change) -> None:
    (row,) = post.queue("x")
    post.claim_outbox(ME)
    before = post.outbox_row(row)
    assert not change(database, row, clock())
    outbox.mark_sending(database, row, ME, clock(), LEASE)
    assert not change(database, row, clock())
    assert post.outbox_row(row)["state"] == "sending"
    assert before["lease_owner"] == post.outbox_row(row)["lease_owner"] == ME


def test_expired_text_of_nobodys_question_is_given_up(post, database, clock) -> None:
    (row,) = post.queue("late", expires_at=clock() + timedelta(seconds=5), kind="notice")
    post.queue("in time", expires_at=clock() + timedelta(seconds=6))
    clock.pass_(5)
    assert _bodies(post.claim_outbox()) == ["in time"]
    assert (post.state(row), post.outbox_row(row)["error_code"]) == ("dead", "expired")


def test_expired_answer_is_decided_anew_with_all_behind_it(post, clock) -> None:
    (late,) = post.queue("late", expires_at=clock() + timedelta(seconds=5))
    (behind,) = post.queue("behind", expires_at=clock() + timedelta(seconds=60))
    clock.pass_(5)
    assert post.claim_outbox() == []
    codes = [(post.state(row), post.outbox_row(row)["error_code"]) for row in (late, behind)]
    assert codes == [("dead", "redecided")] * 2
    (first,) = post.claim_inbox()
    assert first.round == 1


def test_text_no_key_opens_waits_and_holds_up_only_itself(post, database, keyring, clock) -> None:
    (row,) = post.queue("x", sender=ANA)
    with database.write() as tx:
        token = KeyRing([KeyRing.generate()], "h" * 32).encrypt("x")
        tx.execute(update(outbox_table).values(body_encrypted=token))
    post.queue("readable", sender=BEN)
    assert _bodies(post.claim_outbox()) == ["readable"]
    assert (post.state(row), post.outbox_row(row)["attempts"]) == ("ready", 0)


def test_two_claimers_never_get_the_same_text(post, database, keyring, clock) -> None:
    people = 40
    for number in range(people):
        post.queue("x", sender=f"+97798412345{number:02}")
    lent: list[int] = []
    start = threading.Barrier(4)

    def claimer(owner: str) -> None:
        start.wait()
        while items := outbox.claim(database, keyring, owner, clock(), LEASE, 3):
            lent.extend(item.id for item in items)

    threads = [threading.Thread(target=claimer, args=(f"d{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(lent) == list(range(1, people + 1))


def test_what_stands_before_danger_hurries_with_it(post, clock) -> None:
    post.queue("somebody else's", sender=BEN)
    (first,) = post.queue("asked before", sender=ANA)
    post.queue("numbers to call", sender=ANA, kind="danger")
    (claimed,) = post.claim_outbox(limit=1)
    assert claimed.id == first
