"""Status callbacks: forward only, of known messages only, and they settle what was unknown."""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from safar.gateway import outbox
from safar.gateway.providers.base import UnknownOutcomeError
from safar.gateway.providers.twilio.provider import TwilioProvider
from safar.store.crypto import KeyRing
from safar.store.database import Database
from tests.clock import FakeClock
from tests.gateway.conftest import LEASE, Post
from tests.gateway.web_gateway import STATUS, Gateway, make_settings
from tests.peers.serving import served
from tests.peers.twilio import Account, Callbacks, Faults, create_app
from tests.peers.twilio_webhooks import new_sid, status_form


@pytest.fixture
def gateway(database: Database, keyring: KeyRing, clock: FakeClock, tmp_path: Path) -> Gateway:
    return Gateway(make_settings(tmp_path), database, keyring, clock)


@pytest.fixture
def sid(post: Post) -> str:
    """Give Twilio's id of a message that was sent, the first row of the outbox."""
    provider_id = new_sid()
    post.queue("an answer", provider="twilio")
    row = post.sending()
    outbox.mark_sent(
        post.database, row, post.clock(), provider_message_id=provider_id, status="queued"
    )
    return provider_id


def report(gateway: Gateway, sid: str, *statuses: str, query: str = "", **fields: str) -> None:
    for status in statuses:
        answer = gateway.post(status_form(sid, status, **fields), STATUS, query=query)
        assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (["sent"], "sent"),
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["read", "delivered", "sent", "queued"], "read"),
        (["delivered", "delivered"], "delivered"),
        (["delivered", "failed"], "delivered"),
        (["undelivered", "sent", "delivered"], "undelivered"),
        (["some_new_word"], "accepted"),
    ],
    ids=" then ".join,
)
def test_a_status_only_moves_forward(
    gateway: Gateway, post: Post, sid: str, statuses: list[str], state: str
) -> None:
    report(gateway, sid, *statuses)

    assert post.state(1) == state


def test_a_failure_brings_its_code(gateway: Gateway, post: Post, sid: str) -> None:
    report(gateway, sid, "undelivered", ErrorCode="30003", ErrorMessage="Handset off")

    assert post.outbox_row(1)["error_code"] == "30003"


@pytest.mark.parametrize("query", ["", "outbox=99", "outbox=" + "9" * 15])
def test_a_message_we_never_sent_changes_nothing(
    gateway: Gateway, post: Post, sid: str, query: str
) -> None:
    before = gateway.written()

    report(gateway, new_sid(), "delivered", query=query)

    assert gateway.written() == before
    assert post.state(1) == "accepted"


def test_a_message_of_another_provider_is_not_ours_to_move(gateway: Gateway, post: Post) -> None:
    (row,) = post.queue("an answer", provider="simulator")

    report(gateway, new_sid(), "delivered", query=f"outbox={row}")

    assert post.state(row) == "ready"


@pytest.mark.parametrize("query", ["outbox=", "outbox=x", "outbox=-1", "outbox=१", "outbox=1e9"])
def test_a_row_that_is_no_number_is_passed_over(
    gateway: Gateway, post: Post, sid: str, query: str
) -> None:
    report(gateway, sid, "delivered", query=query.replace("१", "%E0%A5%A7"))

    assert post.state(1) == "delivered"


def test_our_id_settles_a_message_whose_answer_was_lost(gateway: Gateway, post: Post) -> None:
    post.queue("an answer", provider="twilio")
    row = post.sending()
    outbox.mark_unknown(post.database, row, "dispatcher", post.clock(), error_code="answer_lost")
    provider_id = new_sid()

    report(gateway, provider_id, "sent", query=f"outbox={row}")

    assert post.state(row) == "sent"
    assert post.outbox_row(row)["provider_message_id"] == provider_id


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"MessageStatus": "DROP TABLE"}, id="no word"),
        pytest.param({"MessageStatus": ""}, id="empty"),
        pytest.param({"ErrorCode": "=1+1"}, id="code that is no number"),
    ],
)
def test_a_malformed_callback_is_refused(
    gateway: Gateway, post: Post, sid: str, changes: dict[str, str]
) -> None:
    answer = gateway.post(status_form(sid, "delivered") | changes, STATUS)

    assert answer.status_code == 403
    assert post.state(1) == "accepted"


@pytest.mark.parametrize("mode", [None, "drop_after_accept"])
def test_the_stand_ins_own_callbacks_are_believed(
    gateway: Gateway, post: Post, tmp_path: Path, mode: str | None
) -> None:
    (row,) = post.queue("an answer", provider="twilio")
    (claimed,) = post.claim_outbox()
    assert outbox.mark_sending(post.database, row, "dispatcher", post.clock(), LEASE)
    account = Account(callbacks=Callbacks(statuses=["delivered", "sent"]))
    account.faults = Faults.model_validate({"mode": mode}) if mode else None
    with served(gateway.app) as here, served(create_app(account)) as there:
        account.callbacks.target = here
        provider = TwilioProvider(make_settings(tmp_path, twilio_api_base_url=there))
        with pytest.raises(UnknownOutcomeError) if mode else nullcontext():
            provider.send(claimed.message)
        deadline = time.monotonic() + 10
        while len(account.sent[0]["callback_answers"]) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)

    assert account.sent[0]["callback_answers"] == [204, 204]
    assert post.state(row) == "delivered"
    assert post.outbox_row(row)["provider_message_id"] == account.sent[0]["sid"]
