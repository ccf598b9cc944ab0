"""What nobody wants any more is not sent, even where it was on its way just then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from safar.gateway import inbox, outbox
from safar.gateway.messages import OutgoingText
from safar.gateway.providers.base import FailureKind, TransientSendError
from safar.store import suppressions
from tests.whole_way import ANA, FORGET, Way

LEASE = timedelta(seconds=30)
ME = "dispatcher"


def _stop(post) -> None:
    with post.database.write() as tx:
        digest = post.keyring.digest("phone", ANA)
        suppressions.suppress(tx, digest, "sms", "person", post.clock())


def _forget(post) -> None:
    """Let the person be forgotten, and told so."""
    post.receive("forget me")
    (message,) = post.claim_inbox("w")
    assert inbox.finish(
        post.database,
        post.keyring,
        message,
        "w",
        post.clock(),
        conversation=None,
        outgoing=[OutgoingText(text="forgotten", kind="notice")],
        erases=True,
    )


@pytest.mark.parametrize("wish", [_stop, _forget], ids=["stop", "forget me"])
@pytest.mark.parametrize("kind", ["answer", "danger"])
def test_a_text_that_was_lent_before_is_sent_only_if_it_may_save_a_life(post, wish, kind) -> None:
    (row,) = post.queue("x", kind=kind)
    post.claim_outbox(ME)
    wish(post)
    sends = outbox.mark_sending(post.database, row, ME, post.clock(), LEASE)
    assert sends == (kind == "danger")
    if not sends:
        post.clock.pass_(30)
        post.claim_outbox()
        assert post.state(row) == "canceled"


def test_what_comes_back_after_forgetting_is_not_sent(post) -> None:
    post.queue("the whole story")
    row = post.sending(ME)
    _forget(post)
    outbox.retry_later(post.database, row, ME, post.clock(), delay=timedelta(), error_code="busy")
    assert [item.message.body for item in post.claim_outbox()] == ["forgotten"]
    assert (post.state(row), post.outbox_row(row)["error_code"]) == ("canceled", "erased")


def test_what_nobody_knows_of_after_forgetting_is_not_sent_again(post) -> None:
    post.queue("the whole story")
    row = post.sending(ME)
    outbox.mark_unknown(post.database, row, ME, post.clock(), error_code="timeout")
    _forget(post)
    post.clock.pass_(15)
    outbox.claim_unknown(
        *(post.database, post.keyring, ME, post.clock(), LEASE, 9),
        provider="fake",
        settle=timedelta(),
    )
    state = outbox.resolve_unknown(
        post.database, row, ME, post.clock(), found=None, may_resend=True
    )
    assert state == "dead"


@pytest.mark.parametrize("failure", [FailureKind.EXPIRED, FailureKind.TRANSIENT], ids=str)
def test_a_forgotten_question_is_never_answered_anew(way: Way, failure) -> None:
    """Its words are gone, so the answer would be one to an empty message."""
    way.write("my employer keeps my passport")
    way.work()
    way.twilio.always = TransientSendError("503")
    way.send()
    way.clock.pass_(20)
    send = way.twilio.send

    def forget_meanwhile(message):
        way.twilio.always = None
        way.twilio.send = send
        way.write(FORGET)
        way.work()
        return send(message)

    way.twilio.send = forget_meanwhile
    way.send()
    way.report(1, "undelivered", failure, "30036")
    asked = len(way.script.asked)
    way.clock.pass_(7200)
    assert way.answer() == []
    assert len(way.script.asked) == asked
