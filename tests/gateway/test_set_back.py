"""A clock that went wrong and was set back holds up nothing."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from safar.gateway import inbox, outbox
from safar.gateway.breaker import Backoff, Breaker
from safar.gateway.providers.base import UnknownOutcomeError
from safar.store import suppressions
from tests.clock import FakeClock
from tests.whole_way import ANA, FORGET, Way

LEASE = timedelta(seconds=30)
ME = "dispatcher"
YEARS = -5 * 365 * 86_400


def test_a_question_and_its_answer_do_not_wait_for_the_year_in_which_they_came(way: Way) -> None:
    way.write("hello")
    way.clock.pass_(YEARS)
    way.work()
    way.clock.pass_(YEARS)
    way.send()
    assert way.bodies() == [way.words("utter_greet")]


def test_what_a_dead_sender_held_is_lent_again(post) -> None:
    (row,) = post.queue("x")
    post.claim_outbox("died")
    post.clock.pass_(YEARS)
    assert post.claim_outbox("other") == []
    post.clock.pass_(30)
    assert [item.id for item in post.claim_outbox("other")] == [row]


def test_what_is_given_back_meanwhile_is_lent_again(post) -> None:
    (row,) = post.queue("x")
    post.claim_outbox(ME)
    post.clock.pass_(YEARS)
    assert outbox.hand_back(post.database, row, ME, post.clock())
    assert [item.id for item in post.claim_outbox()] == [row]


def test_who_is_at_work_keeps_the_rest_of_the_lease(post) -> None:
    row = post.queue("x") and post.sending("busy")
    post.clock.pass_(10)
    post.clock.pass_(YEARS)
    post.claim_outbox("other")
    assert post.state(row) == "sending"
    assert outbox.mark_sent(
        post.database, row, post.clock(), provider_message_id="P1", status="queued"
    )


def test_a_lease_made_longer_since_is_not_cut_short(post) -> None:
    received = post.receive()
    post.claim_inbox("busy")
    post.clock.pass_(YEARS)
    assert inbox.renew(post.database, received.inbox_id, "busy", post.clock(), LEASE)
    post.clock.pass_(29)
    assert post.claim_inbox("other") == []


def test_a_text_in_doubt_is_looked_for_far_enough_back(post, keyring, make_provider) -> None:
    """Or it would not be found, and be sent twice."""
    post.queue("x")
    row = post.sending()
    provider = make_provider(after=[UnknownOutcomeError("timeout")])
    outbox.mark_unknown(post.database, row, ME, post.clock(), error_code="timeout")
    sent_at = post.clock.pass_(-3600)
    post.clock.pass_(1800)
    post.claim_outbox()
    (item,) = outbox.claim_unknown(
        *(post.database, keyring, ME, post.clock(), LEASE, 9),
        provider=provider.name,
        settle=timedelta(),
    )
    assert item.sending_at <= sent_at
    assert item.unknown_at <= post.clock()


def test_clocks_that_differ_a_little_change_nothing(post) -> None:
    (row,) = post.queue("x")
    post.claim_outbox("one machine")
    before = post.outbox_row(row)
    post.clock.pass_(-20)
    assert post.claim_outbox("another machine") == []
    assert post.outbox_row(row) == before


def test_a_pause_ends_though_the_clock_was_set_back() -> None:
    clock = FakeClock()
    backoff = Backoff(timedelta(seconds=5), timedelta(minutes=30), random.Random(1))
    breaker = Breaker(backoff, timedelta(minutes=5), 1, clock)
    breaker.failed("503", at_once=True)
    assert not breaker.allowed()
    clock.pass_(YEARS)
    assert breaker.allowed()


def test_a_person_is_forgotten_though_the_clock_was_set_back(way: Way) -> None:
    way.ask(FORGET)
    way.clock.pass_(YEARS)
    assert way.errands["erase"].run() == 1


@pytest.mark.parametrize(("seconds", "told"), [(3600, False), (86_400, True), (YEARS, True)])
def test_danger_is_told_to_who_stopped_once_a_day_by_any_clock(
    post, seconds: float, told: bool
) -> None:
    with post.database.write() as tx:
        digest = post.keyring.digest("phone", ANA)
        suppressions.suppress(tx, digest, "sms", "person", post.clock())
        assert suppressions.may_tell_danger(tx, [digest], post.clock())
        assert suppressions.may_tell_danger(tx, [digest], post.clock.pass_(seconds)) == told
