"""Sending through Twilio, against a stand-in that fails in every way we know."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest

from safar.gateway.providers.base import (
    ChannelPausedError,
    ExpiredError,
    ListBehindError,
    NoConnectionError,
    OutboundMessage,
    PermanentSendError,
    RouteBlockedError,
    SendError,
    TransientSendError,
    UnknownOutcomeError,
)
from safar.gateway.providers.twilio.provider import TwilioProvider
from safar.settings import Settings
from tests.gateway.web_gateway import make_settings
from tests.peers.serving import served
from tests.peers.twilio import Account, Faults, Lists, create_app
from tests.peers.twilio_webhooks import OUR_NUMBER

PERSON = "+9779841234567"
TEXT = "तलब नदिए उजुरी गर्नुहोस्।\n1. थप"


@pytest.fixture(scope="module")
def peer() -> Iterator[tuple[Account, str]]:
    account = Account()
    with served(create_app(account)) as address:
        yield account, address


@pytest.fixture
def account(peer: tuple[Account, str]) -> Account:
    known = peer[0]
    known.sent.clear()
    known.faults = None
    return known


@pytest.fixture
def provider(account: Account, peer: tuple[Account, str], tmp_path: Path) -> TwilioProvider:
    return TwilioProvider(settings(tmp_path, peer[1]))


def settings(home: Path, address: str, **changes: object) -> Settings:
    values: dict[str, object] = {"twilio_api_base_url": address, "twilio_timeout_seconds": 5.0}
    return make_settings(home, **(values | changes))


def message(
    *, to: str = PERSON, from_: str = OUR_NUMBER, body: str = TEXT, taken: tuple[str, ...] = ()
) -> OutboundMessage:
    return OutboundMessage(
        outbox_id=7,
        conversation_id="0" * 32,
        to=to,
        from_=from_,
        channel="whatsapp" if to.startswith("whatsapp:") else "sms",
        body=body,
        callback_id="7",
        taken_ids=frozenset(taken),
    )


def an_hour_ago() -> datetime:
    return datetime.now(timezone.utc) - timedelta(hours=1)


def test_a_text_arrives_as_it_was_written(provider: TwilioProvider, account: Account) -> None:
    result = provider.send(message())

    (sent,) = account.sent
    assert (result.provider_message_id, result.status) == (sent["sid"], "queued")
    assert (sent["to"], sent["from"], sent["body"]) == (PERSON, OUR_NUMBER, TEXT)
    assert sent["status_callback"] == "https://gw.example.org/webhooks/twilio/status?outbox=7"


def test_a_whatsapp_text_keeps_the_form_of_its_addresses(
    provider: TwilioProvider, account: Account
) -> None:
    provider.send(message(to=f"whatsapp:{PERSON}", from_=f"whatsapp:{OUR_NUMBER}"))

    (sent,) = account.sent
    assert (sent["to"], sent["from"]) == (f"whatsapp:{PERSON}", f"whatsapp:{OUR_NUMBER}")


def test_a_messaging_service_sends_sms_but_not_whatsapp(
    account: Account, peer: tuple[Account, str], tmp_path: Path
) -> None:
    service = "MG" + "0" * 32
    provider = TwilioProvider(settings(tmp_path, peer[1], twilio_messaging_service_sid=service))

    assert provider.send(message()).status == "accepted"
    provider.send(message(to=f"whatsapp:{PERSON}", from_=f"whatsapp:{OUR_NUMBER}"))

    by_sms, by_whatsapp = account.sent
    assert (by_sms["messaging_service_sid"], by_sms["from"]) == (service, None)
    assert by_whatsapp["messaging_service_sid"] is None


def test_without_a_public_address_no_callback_is_asked_for(
    account: Account, peer: tuple[Account, str], tmp_path: Path
) -> None:
    TwilioProvider(settings(tmp_path, peer[1], public_base_url="")).send(message())

    assert account.sent[0]["status_callback"] == ""


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        pytest.param({"to": "+15005550001"}, "21211", id="no such number"),
        pytest.param({"to": "+15005550002"}, "21612", id="cannot be reached"),
        pytest.param({"to": "+15005550004"}, "21610", id="has opted out"),
        pytest.param({"to": "+15005550009"}, "21614", id="not a mobile"),
        pytest.param({"to": "whatsapp:+15005550001"}, "21211", id="no such WhatsApp number"),
        pytest.param({"from_": "+15005550001"}, "21212", id="sender is no number"),
        pytest.param({"from_": "+15005550007"}, "21606", id="sender is not ours"),
        pytest.param({"body": "x" * 1601}, "21617", id="longer than Twilio takes"),
    ],
)
def test_a_refusal_for_good_is_not_tried_again(
    provider: TwilioProvider, account: Account, bad: dict[str, str], code: str
) -> None:
    with pytest.raises(PermanentSendError) as refused:
        provider.send(message(**bad))

    assert refused.value.code == code
    assert account.sent == []


@pytest.mark.parametrize("mode", ["429", "problem"])
def test_throttling_waits_and_then_goes_on(
    provider: TwilioProvider, account: Account, mode: str
) -> None:
    account.faults = Faults.model_validate({"mode": mode})

    with pytest.raises(TransientSendError) as refused:
        provider.send(message())

    assert (refused.value.code, refused.value.pause) == ("20429", False)
    assert refused.value.retry_after is not None
    provider.send(message())
    assert len(account.sent) == 1


def test_a_full_queue_waits(provider: TwilioProvider) -> None:
    with pytest.raises(TransientSendError) as refused:
        provider.send(message(from_="+15005550008"))

    assert (refused.value.code, refused.value.pause) == ("21611", False)


def test_wrong_credentials_pause_the_provider(
    account: Account, peer: tuple[Account, str], tmp_path: Path
) -> None:
    provider = TwilioProvider(settings(tmp_path, peer[1], twilio_auth_tokens=("wrong",)))

    with pytest.raises(ChannelPausedError) as refused:
        provider.send(message())

    assert (refused.value.code, refused.value.pause) == ("20003", True)
    assert account.sent == []


def test_one_country_that_is_not_allowed_stops_nobody_else(
    provider: TwilioProvider, account: Account
) -> None:
    with pytest.raises(RouteBlockedError) as refused:
        provider.send(message(to="+15005550003"))

    assert (refused.value.code, refused.value.pause) == ("21408", False)
    assert account.sent == []


@pytest.mark.parametrize("what", ["send", "find"])
def test_nobody_listening_is_surely_not_sent(tmp_path: Path, what: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        provider = TwilioProvider(settings(tmp_path, address))

        with pytest.raises(NoConnectionError) as refused:
            if what == "send":
                provider.send(message())
            else:
                provider.find(message(), an_hour_ago())

    assert (refused.value.code, refused.value.pause) == ("no_connection", False)


def test_a_name_that_cannot_be_resolved_is_surely_not_sent(tmp_path: Path) -> None:
    provider = TwilioProvider(settings(tmp_path, "http://nobody.invalid"))

    with pytest.raises(TransientSendError) as refused:
        provider.send(message())

    assert refused.value.code == "no_connection"


@pytest.mark.parametrize("mode", ["500", "hang"])
def test_a_failing_server_leaves_the_outcome_unknown_and_find_says_it_is_not_there(
    account: Account, peer: tuple[Account, str], tmp_path: Path, mode: str
) -> None:
    account.faults = Faults.model_validate({"mode": mode})
    provider = TwilioProvider(settings(tmp_path, peer[1], twilio_timeout_seconds=0.4))

    with pytest.raises(UnknownOutcomeError):
        provider.send(message())

    assert provider.find(message(), an_hour_ago()) is None


@pytest.mark.parametrize("mode", ["drop_after_accept", "garbage"])
def test_a_lost_answer_leaves_the_outcome_unknown_and_find_finds_the_message(
    provider: TwilioProvider, account: Account, mode: str
) -> None:
    account.faults = Faults.model_validate({"mode": mode})

    with pytest.raises(UnknownOutcomeError):
        provider.send(message())

    (sent,) = account.sent
    found = provider.find(message(), an_hour_ago())
    assert found is not None
    assert found.provider_message_id == sent["sid"]


def test_find_does_not_mix_up_messages(provider: TwilioProvider, account: Account) -> None:
    first = provider.send(message()).provider_message_id
    provider.send(message(body="another text"))
    provider.send(message(to="+9779800000000"))

    assert provider.find(message(taken=(first,)), an_hour_ago()) is None
    second = provider.send(message()).provider_message_id
    found = provider.find(message(taken=(first,)), an_hour_ago())
    assert found is not None
    assert found.provider_message_id == second


def test_find_does_not_take_what_the_person_wrote_for_ours(
    provider: TwilioProvider, account: Account
) -> None:
    provider.send(message())
    account.sent[0]["direction"] = "inbound"

    assert provider.find(message(), an_hour_ago()) is None


def test_find_does_not_look_at_what_was_sent_long_before(
    provider: TwilioProvider, account: Account
) -> None:
    provider.send(message())

    assert provider.find(message(), datetime.now(timezone.utc) + timedelta(hours=1)) is None


def test_a_list_that_cannot_be_read_leaves_the_outcome_unknown(
    peer: tuple[Account, str], tmp_path: Path
) -> None:
    provider = TwilioProvider(settings(tmp_path, peer[1], twilio_auth_tokens=("wrong",)))

    with pytest.raises(SendError):
        provider.find(message(), an_hour_ago())


@pytest.mark.parametrize(
    ("fresh_for", "setting", "asked"),
    [(600, 14_400, 600), (86_400, 7_200, 7_200), (None, 7_200, 7_200), (3.5, 7_200, 3)],
    ids=["the answer's own time", "the setting", "no end of its own", "whole seconds"],
)
def test_twilio_may_take_no_longer_than_the_answer_is_of_use(
    tmp_path: Path, fresh_for: float | None, setting: int, asked: int
) -> None:
    now = datetime.now(timezone.utc)
    made = settings(tmp_path, "http://nobody.invalid", twilio_validity_seconds=setting)
    provider = TwilioProvider(made, lambda: now)
    fields: dict[str, object] = {}

    def create(**given: object) -> SimpleNamespace:
        fields.update(given)
        return SimpleNamespace(sid="SM1", status="queued")

    provider._client = SimpleNamespace(messages=SimpleNamespace(create=create))
    until = None if fresh_for is None else now + timedelta(seconds=fresh_for)
    provider.send(replace(message(), expires_at=until))
    assert fields["validity_period"] == asked


def test_what_is_too_old_already_is_not_given_to_twilio(provider: TwilioProvider) -> None:
    with pytest.raises(ExpiredError):
        provider.send(replace(message(), expires_at=an_hour_ago()))


def test_a_list_that_is_behind_proves_nothing(provider: TwilioProvider, account: Account) -> None:
    provider.send(message(body="taken, and answered as it should be"))
    account.lists = Lists(lag=3600)
    account.faults = Faults.model_validate({"mode": "500_after_accept"})
    with pytest.raises(UnknownOutcomeError):
        provider.send(message())

    with pytest.raises(ListBehindError):
        provider.find(message(), an_hour_ago())
    account.lists = Lists()
    assert provider.find(message(), an_hour_ago()) is not None
