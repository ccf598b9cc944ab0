from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
import structlog

from safar.gateway.dispatcher import Dispatcher
from safar.gateway.providers.base import (
    ChannelPausedError,
    ListBehindError,
    PermanentSendError,
    TransientSendError,
    UnknownOutcomeError,
)

pytestmark = pytest.mark.both_databases

ANA, BEN, CAI = "+9779841234567", "+6391712345678", "+254700000001"


def test_texts_are_sent_in_order_and_recorded(post, make_provider, make_dispatcher) -> None:
    rows = post.queue("one", "two", "three")
    provider = make_provider()
    dispatcher = make_dispatcher(provider)
    assert [dispatcher.run_once() for _ in range(4)] == [1, 1, 1, 0]
    assert provider.bodies == ["one", "two", "three"]
    assert [post.state(row) for row in rows] == ["accepted"] * 3
    assert post.outbox_row(rows[0])["provider_message_id"] == "fake-1"


def test_row_says_sending_while_the_provider_is_called(
    post, make_provider, make_dispatcher
) -> None:
    (row,) = post.queue("one")
    provider = make_provider()
    seen = []
    send = provider.send
    provider.send = lambda message: (seen.append(post.state(row)), send(message))[1]
    make_dispatcher(provider).run_once()
    assert seen == ["sending"]


def test_transient_error_is_tried_again_later_and_longer(
    post, clock, make_provider, make_dispatcher
) -> None:
    (row,) = post.queue("one")
    provider = make_provider(before=[TransientSendError("429")] * 4)
    dispatcher = make_dispatcher(provider, pause_after=99)
    waits = []
    for _ in range(4):
        dispatcher.run_once()
        waited = 0
        while post.state(row) == "ready" and provider.calls == len(waits) + 1:
            clock.pass_(1)
            waited += 1
            dispatcher.run_once()
        waits.append(waited)
    assert post.state(row) == "accepted"
    assert provider.bodies == ["one"]
    for number, waited in enumerate(waits):
        assert 2.5 * 2**number <= waited <= 5 * 2**number + 1


def test_provider_may_ask_for_more_time(post, clock, make_provider, make_dispatcher) -> None:
    post.queue("one")
    error = TransientSendError("429", retry_after=timedelta(minutes=3))
    provider = make_provider(before=[error])
    dispatcher = make_dispatcher(provider)
    dispatcher.run_once()
    clock.pass_(179)
    assert dispatcher.run_once() == 0
    clock.pass_(1)
    assert dispatcher.run_once() == 1


def test_text_is_given_up_after_the_last_try(post, clock, make_provider, make_dispatcher) -> None:
    row, following = post.queue("one", "two")
    provider = make_provider(before=[TransientSendError("30001")] * 3)
    dispatcher = make_dispatcher(provider, max_attempts=3, pause_after=99)
    for _ in range(4):
        dispatcher.run_once()
        clock.pass_(3600)
    assert (post.state(row), post.outbox_row(row)["error_code"]) == ("dead", "30001")
    assert post.state(following) == "accepted"


def test_refused_text_is_never_tried_again(post, clock, make_provider, make_dispatcher) -> None:
    (row,) = post.queue("one")
    provider = make_provider(before=[PermanentSendError("21211")])
    dispatcher = make_dispatcher(provider)
    dispatcher.run_once()
    clock.pass_(24 * 3600)
    assert dispatcher.run_once() == 0
    assert (post.state(row), post.outbox_row(row)["error_code"]) == ("failed", "21211")
    assert provider.calls == 1


@pytest.mark.parametrize(
    "error",
    [UnknownOutcomeError("timeout"), RuntimeError("bug: +9779841234567")],
    ids=["answer lost", "bug of ours"],
)
def test_lost_answer_is_found_and_not_sent_again(
    post, clock, make_provider, make_dispatcher, error
) -> None:
    (row,) = post.queue("one")
    provider = make_provider(after=[error])
    dispatcher = make_dispatcher(provider)
    dispatcher.run_once()
    assert post.state(row) == "unknown"
    assert "977" not in str(post.outbox_row(row)["error_code"])
    clock.pass_(15)
    dispatcher.run_once()
    assert (post.state(row), provider.bodies) == ("sent", ["one"])


def test_lost_request_is_sent_again_once(post, clock, make_provider, make_dispatcher) -> None:
    (row,) = post.queue("one")
    lost = UnknownOutcomeError("timeout")
    provider = make_provider(before=[lost, lost, lost])
    dispatcher = make_dispatcher(provider)
    for _ in range(10):
        dispatcher.run_once()
        clock.pass_(60)
    assert (provider.calls, post.state(row)) == (2, "dead")


def test_same_text_sent_twice_on_purpose_is_not_mixed_up(
    post, clock, make_provider, make_dispatcher
) -> None:
    first, second = post.queue("same", "same")
    provider = make_provider(before=[None, UnknownOutcomeError("timeout")])
    dispatcher = make_dispatcher(provider)
    for _ in range(5):
        dispatcher.run_once()
        clock.pass_(15)
    assert provider.bodies == ["same", "same"]
    ids = {post.outbox_row(row)["provider_message_id"] for row in (first, second)}
    assert ids == {"fake-1", "fake-2"}


@pytest.mark.parametrize(
    ("has_list", "calls", "state"), [(True, 6, "accepted"), (False, 2, "dead")], ids=str
)
def test_a_provider_out_of_order_for_a_while_costs_no_text(
    post, clock, make_provider, make_dispatcher, has_list, calls, state
) -> None:
    """Its own list shows each time that the text was not taken; without one, nobody knows."""
    (row,) = post.queue("one", kind="danger")
    provider = make_provider(has_list=has_list, before=[UnknownOutcomeError("20500")] * 5)
    dispatcher = make_dispatcher(provider)
    for _ in range(20):
        dispatcher.run_once()
        clock.pass_(60)
    assert (provider.calls, post.state(row)) == (calls, state)


def test_list_that_never_has_it_ends_after_as_many_tries_as_a_refusal(
    post, clock, make_provider, make_dispatcher
) -> None:
    (row,) = post.queue("one")
    provider = make_provider(has_list=True, before=[UnknownOutcomeError("20500")] * 999)
    dispatcher = make_dispatcher(provider, max_attempts=5)
    for _ in range(60):
        dispatcher.run_once()
        clock.pass_(600)
    assert (post.state(row), provider.calls) == ("dead", 5)


def test_list_that_cannot_be_read_leaves_it_unknown(
    post, clock, make_provider, make_dispatcher
) -> None:
    (row,) = post.queue("one")
    provider = make_provider(
        after=[UnknownOutcomeError("timeout")], find_errors=[TransientSendError("503")] * 3
    )
    dispatcher = make_dispatcher(provider)
    for _ in range(3):
        dispatcher.run_once()
        assert post.state(row) == "unknown"
        clock.pass_(15)
    for _ in range(5):
        clock.pass_(60)
        dispatcher.run_once()
    assert (post.state(row), provider.bodies) == ("sent", ["one"])


def test_list_that_can_never_be_read_ends_without_a_second_send(
    post, clock, make_provider, make_dispatcher
) -> None:
    (row,) = post.queue("one")
    provider = make_provider(
        after=[UnknownOutcomeError("timeout")], find_errors=[TransientSendError("503")] * 999
    )
    dispatcher = make_dispatcher(provider)
    for _ in range(30):
        dispatcher.run_once()
        clock.pass_(3600)
    assert (post.state(row), provider.calls) == ("dead", 1)


@pytest.mark.parametrize("kind", ["answer", "danger"])
@pytest.mark.parametrize(
    ("lost", "calls", "state"), [(1, 2, "accepted"), (2, 2, "dead")], ids=["once", "twice"]
)
def test_provider_that_cannot_be_asked_gets_it_once_more_and_no_oftener(
    post, clock, make_provider, make_dispatcher, kind, lost, calls, state
) -> None:
    (row,) = post.queue("one", kind=kind)
    provider = make_provider(can_find=False, after=[UnknownOutcomeError("timeout")] * lost)
    dispatcher = make_dispatcher(provider)
    dispatcher.run_once()
    clock.pass_(599)
    dispatcher.run_once()
    assert post.state(row) == "unknown"
    for seconds in (1, 601, 601):
        clock.pass_(seconds)
        dispatcher.run_once()
    assert (provider.calls, post.state(row)) == (calls, state)


def test_provider_that_fails_is_left_alone_and_others_go_on(
    post, clock, make_provider, make_dispatcher
) -> None:
    for number in range(8):
        post.queue("x", sender=f"+9779841{number:06}", provider="broken")
    post.queue("fine", sender=BEN, provider="working")
    broken = make_provider(name="broken", before=[TransientSendError("503")] * 99)
    working = make_provider(name="working")
    dispatcher = make_dispatcher(broken, working)
    dispatcher.run_once()
    assert (broken.calls, working.bodies) == (3, ["fine"])
    assert dispatcher.run_once() == 0
    with post.database.read() as tx:
        states = tx.exec_driver_sql(
            "SELECT state, attempts FROM outbox WHERE provider = 'broken' ORDER BY id"
        ).all()
    assert [tuple(row) for row in states] == [("ready", 1)] * 3 + [("ready", 0)] * 5
    broken.before.clear()
    for _ in range(5):
        clock.pass_(60)
        dispatcher.run_once()
    assert len(broken.sent) == 8


def test_provider_out_of_order_pauses_at_once_and_costs_no_try(
    post, clock, make_provider, make_dispatcher
) -> None:
    row = post.queue("one")[0]
    post.queue("two", sender=BEN)
    provider = make_provider(before=[ChannelPausedError("20003")])
    dispatcher = make_dispatcher(provider, max_attempts=1)
    dispatcher.run_once()
    assert (provider.calls, post.outbox_row(row)["attempts"]) == (1, 0)
    clock.pass_(300)
    assert [dispatcher.run_once() for _ in range(2)] == [1, 1]
    assert sorted(provider.bodies) == ["one", "two"]


def test_logs_hold_ids_only(post, clock, make_provider, make_dispatcher) -> None:
    for sender in (ANA, BEN, CAI):
        post.queue("very secret", "words", sender=sender)
    provider = make_provider(
        before=[TransientSendError("429"), PermanentSendError("21211")],
        after=[RuntimeError(f"to {CAI}: very secret")],
    )
    dispatcher = make_dispatcher(provider)
    with structlog.testing.capture_logs() as logs:
        for _ in range(8):
            dispatcher.run_once()
            clock.pass_(30)
    events = {entry["event"] for entry in logs}
    assert {"outbox.retry", "outbox.failed", "outbox.unknown", "outbox.sent"} <= events
    for hidden in ("secret", "words", ANA[1:], BEN[1:], CAI[1:]):
        assert hidden not in str(logs)


def test_two_providers_of_one_name_are_refused(make_provider, make_dispatcher) -> None:
    with pytest.raises(ValueError, match="same name: fake, fake"):
        make_dispatcher(make_provider(), make_provider())


def test_run_serves_all_until_told_to_stop(post, database, keyring, clock, make_provider) -> None:
    """A provider that hangs holds up nobody, and its call in flight is awaited."""
    hanging = post.queue("slow", "never", provider="slow")
    post.queue("one", "two", "three", sender=BEN, provider="quick")
    slow, quick = make_provider(name="slow"), make_provider(name="quick")
    stop, hangs, go_on, all_sent = (threading.Event() for _ in range(4))
    send_slow, send_quick = slow.send, quick.send

    def hang(message):
        hangs.set()
        assert go_on.wait(30)
        return send_slow(message)

    def count(message):
        result = send_quick(message)
        if len(quick.sent) == 3:
            all_sent.set()
        return result

    slow.send, quick.send = hang, count
    dispatcher = Dispatcher(
        database, keyring, [slow, quick], owner="d", clock=clock, rng=random.Random(1)
    )
    thread = threading.Thread(target=dispatcher.run, args=(stop,))
    thread.start()
    assert hangs.wait(30)
    assert all_sent.wait(30)
    stop.set()
    go_on.set()
    thread.join(30)
    assert not thread.is_alive()
    assert [post.state(row) for row in hanging] == ["accepted", "ready"]


def test_run_outlives_a_store_that_is_away(
    post, database, keyring, clock, make_provider, monkeypatch
) -> None:
    from safar.gateway import outbox
    from safar.store.errors import StoreUnavailableError

    post.queue("one")
    provider, stop = make_provider(channels=frozenset({"sms"})), threading.Event()
    claim, failures = outbox.claim, [StoreUnavailableError("locked", "Locked."), OSError("odd")]

    def flaky(*args, **kwargs):
        if failures:
            raise failures.pop(0)
        return claim(*args, **kwargs)

    monkeypatch.setattr(outbox, "claim", flaky)
    waits = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if provider.sent or len(waits) > 10:
            stop.set()

    Dispatcher(
        database,
        keyring,
        [provider],
        owner="d",
        clock=clock,
        rng=random.Random(1),
        sleep=sleep,
    ).run(stop)
    assert provider.bodies == ["one"]
    assert waits[0] >= 2.5


def test_what_a_list_that_is_behind_does_not_show_is_sent_again_once(
    post, clock, make_provider, make_dispatcher
) -> None:
    """It may have been taken each time: nobody will tell."""
    (row,) = post.queue("one")
    behind = [ListBehindError("list_behind")] * 9
    provider = make_provider(
        has_list=True, after=[UnknownOutcomeError("20500")] * 9, find_errors=behind
    )
    dispatcher = make_dispatcher(provider, settle=timedelta(), pause_after=99)
    for _ in range(9):
        dispatcher.run_once()
        clock.pass_(3600)
    assert provider.bodies == ["one", "one"]
    assert (post.state(row), post.outbox_row(row)["error_code"]) == ("dead", "outcome_unknown")
