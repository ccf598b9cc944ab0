from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from pydantic import ValidationError

from safar.gateway import inbox
from safar.gateway.messages import (
    MAX_ATTEMPTS,
    ConversationUpdate,
    InboundMessage,
    OutgoingText,
)
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from safar.store.errors import StoreUnavailableError

pytestmark = pytest.mark.both_databases

LEASE = timedelta(seconds=30)
ANA, BEN = "+9779841234567", "+6391712345678"


def _message(**changes: object) -> InboundMessage:
    values = {
        "provider": "twilio",
        "provider_message_id": "SM1",
        "channel": "sms",
        "sender_kind": "phone",
        "sender": ANA,
        "recipient": "+1500",
        "body": "secret words",
    }
    return InboundMessage.model_validate(values | changes)


def test_repeat_is_kept_once(post, database, keyring, clock) -> None:
    first = inbox.receive(database, keyring, _message(), clock())
    again = inbox.receive(database, keyring, _message(body="changed"), clock.pass_(60))
    assert (first.duplicate, again.duplicate) == (False, True)
    assert (first.inbox_id, first.conversation_id) == (again.inbox_id, again.conversation_id)
    assert [message.body for message in post.claim_inbox()] == ["secret words"]


def test_same_id_of_another_provider_is_another_message(database, keyring, clock) -> None:
    inbox.receive(database, keyring, _message(), clock())
    other = inbox.receive(database, keyring, _message(provider="modem"), clock())
    assert not other.duplicate


def test_claimed_message_is_as_received(database, keyring, clock, post) -> None:
    raw = {"Body": "नमस्ते 🙏", "NumMedia": "0"}
    received = inbox.receive(database, keyring, _message(body="नमस्ते 🙏", raw=raw), clock())
    (claimed,) = post.claim_inbox()
    assert claimed == inbox.ClaimedMessage(
        id=received.inbox_id,
        conversation_id=received.conversation_id,
        channel="sms",
        provider="twilio",
        body="नमस्ते 🙏",
        raw=raw,
        attempts=1,
        received_at=clock(),
    )


@pytest.mark.parametrize("changes", [{"sender": ""}, {"body": "x" * 20_000}, {"channel": "fax"}])
def test_bad_message_is_refused_without_repeating_it(changes) -> None:
    with pytest.raises(ValidationError) as caught:
        _message(**changes)
    assert "secret words" not in str(caught.value)
    assert ANA not in str(caught.value)
    assert "xxxx" not in str(caught.value)


def test_repr_shows_neither_text_nor_number(post) -> None:
    post.receive("secret words")
    shown = repr(_message()) + repr(post.claim_inbox())
    assert "secret" not in shown
    assert ANA[1:] not in shown


def test_only_the_oldest_of_a_conversation_is_lent(post, database, keyring, clock) -> None:
    for body in ("one", "two"):
        post.receive(body, sender=ANA)
    post.receive("three", sender=BEN)
    first = post.claim_inbox()
    assert [message.body for message in first] == ["one", "three"]
    assert post.claim_inbox("other worker") == []
    assert inbox.finish(database, keyring, first[0], "worker", clock(), conversation=None)
    assert [message.body for message in post.claim_inbox("other worker")] == ["two"]


def test_a_message_put_off_holds_up_those_behind_it(post, database, clock) -> None:
    post.receive("one")
    post.receive("two")
    (claimed,) = post.claim_inbox()
    delay = timedelta(seconds=60)
    assert inbox.release(database, claimed.id, "worker", clock(), delay, "rasa_error")
    assert post.claim_inbox() == []
    clock.pass_(60)
    (again,) = post.claim_inbox()
    assert (again.body, again.attempts) == ("one", 2)


def test_limit(post) -> None:
    for number in range(5):
        post.receive(sender=f"+97798412345{number:02}")
    assert len(post.claim_inbox(limit=3)) == 3


def test_expired_lease_is_lent_again_and_the_first_owner_is_fenced(
    post, database, keyring, clock
) -> None:
    post.receive()
    (late,) = post.claim_inbox("late")
    clock.pass_(29)
    assert post.claim_inbox("other") == []
    clock.pass_(1)
    (taken,) = post.claim_inbox("other")
    update = ConversationUpdate(state="{}", variant="ne")
    texts = [OutgoingText(text="hi")]
    assert not inbox.finish(
        database, keyring, late, "late", clock(), conversation=update, outgoing=texts
    )
    assert not inbox.renew(database, late.id, "late", clock(), LEASE)
    assert not inbox.release(database, late.id, "late", clock(), LEASE, "x")
    memory = inbox.load_conversation(database, keyring, late.conversation_id)
    assert (memory.state, post.claim_outbox()) == (None, [])
    assert inbox.finish(database, keyring, taken, "other", clock(), conversation=None)


def test_older_try_of_the_same_owner_is_fenced(post, database, keyring, clock) -> None:
    post.receive()
    (old,) = post.claim_inbox("same")
    clock.pass_(30)
    (new,) = post.claim_inbox("same")
    assert not inbox.finish(database, keyring, old, "same", clock(), conversation=None)
    assert inbox.finish(database, keyring, new, "same", clock(), conversation=None)


def test_renewed_lease_lasts(post, database, clock) -> None:
    post.receive()
    (claimed,) = post.claim_inbox()
    clock.pass_(20)
    assert inbox.renew(database, claimed.id, "worker", clock(), LEASE)
    clock.pass_(20)
    assert post.claim_inbox("other") == []


def test_finish_does_all_at_once(post, database, keyring, clock) -> None:
    post.receive("how much is the fee")
    (claimed,) = post.claim_inbox()
    update = ConversationUpdate(
        state='{"slot": 1}',
        variant="ne-Latn",
        offered_options=[{"number": 1, "id": "more", "title": "More"}],
        pages=["page two"],
    )
    texts = [
        OutgoingText(text="part one", segments=2, encoding="gsm7", priority=5),
        OutgoingText(text="part two"),
    ]
    assert inbox.finish(
        database, keyring, claimed, "worker", clock(), conversation=update, outgoing=texts
    )
    memory = inbox.load_conversation(database, keyring, claimed.conversation_id)
    assert (memory.state, memory.variant, memory.last_inbox_id) == (
        '{"slot": 1}',
        "ne-Latn",
        claimed.id,
    )
    assert (memory.pages, memory.offered_options) == (["page two"], update.offered_options)
    assert inbox.counts(database) == {"done": 1}
    with database.read() as tx:
        rows = tx.exec_driver_sql(
            "SELECT idempotency_key, inbox_id, provider, channel, priority, segments, encoding"
            " FROM outbox ORDER BY id"
        ).all()
    assert [tuple(row) for row in rows] == [
        (f"{claimed.id}:0", claimed.id, "fake", "sms", 5, 2, "gsm7"),
        (f"{claimed.id}:1", claimed.id, "fake", "sms", 0, 0, ""),
    ]


def test_memory_too_large_undoes_all_of_finish(post, database, keyring, clock) -> None:
    post.receive()
    (claimed,) = post.claim_inbox()
    update = ConversationUpdate(state="x" * 70_000)
    with pytest.raises(ValueError, match="state of a conversation"):
        inbox.finish(database, keyring, claimed, "worker", clock(), conversation=update)
    assert inbox.counts(database) == {"leased": 1}


def test_message_that_kills_its_workers_ends_and_frees_the_next(post, clock) -> None:
    post.receive("poison")
    post.receive("next")
    seen = []
    for _ in range(20):
        claimed = post.claim_inbox()
        seen += [
            (message.body, message.attempts, message.last_attempt, message.exhausted)
            for message in claimed
        ]
        if claimed and claimed[0].body == "next":
            break
        clock.pass_(60)
    assert seen == [
        *[("poison", number, False, False) for number in range(1, MAX_ATTEMPTS)],
        ("poison", MAX_ATTEMPTS, True, False),
        *[("poison", MAX_ATTEMPTS + number, True, True) for number in (1, 2, 3)],
        ("next", 1, False, False),
    ]


def test_fallback_closes_a_message_as_dead(post, database, keyring, clock) -> None:
    post.receive()
    (claimed,) = post.claim_inbox()
    texts = [OutgoingText(text="Sorry")]
    assert inbox.finish(
        database, keyring, claimed, "worker", clock(), conversation=None, outgoing=texts, dead=True
    )
    assert inbox.counts(database) == {"dead": 1}
    assert [item.message.body for item in post.claim_outbox()] == ["Sorry"]


def test_message_no_key_opens_waits_and_holds_up_only_itself(
    post, database, keyring, clock
) -> None:
    stranger = KeyRing([KeyRing.generate()], "h" * 32)
    lost = inbox.receive(database, stranger, _message(), clock())
    post.receive("readable", sender=BEN)
    assert [message.body for message in post.claim_inbox()] == ["readable"]
    clock.pass_(15 * 60)
    (found,) = inbox.claim(database, stranger, "worker", clock(), LEASE, 1)
    assert (found.id, found.attempts) == (lost.inbox_id, 1)


def test_two_claimers_never_get_the_same_message(post, database, keyring, clock) -> None:
    people = 40
    for number in range(people):
        post.receive(sender=f"+97798412345{number:02}")
    lent: list[int] = []
    start = threading.Barrier(4)

    def claimer(owner: str) -> None:
        start.wait()
        while claimed := inbox.claim(database, keyring, owner, clock(), LEASE, 3):
            lent.extend(message.id for message in claimed)

    threads = [threading.Thread(target=claimer, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(lent) == list(range(1, people + 1))


@pytest.mark.sqlite_alone
def test_locked_store_refuses_a_message(database, keyring, clock, database_url) -> None:
    hasty = open_database(database_url, busy_timeout_ms=20)
    with database.write(), pytest.raises(StoreUnavailableError):
        inbox.receive(hasty, keyring, _message(), clock())
    assert not inbox.receive(hasty, keyring, _message(), clock()).duplicate
    hasty.close()
