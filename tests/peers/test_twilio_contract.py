"""Twilio's own client and our provider against the stand-in, with Prism in between.

Prism holds every request and every answer to Twilio's published API document. A request that
breaks it is refused with 422, an answer that breaks it becomes a 500; so a call that succeeds
here, or fails with the code expected, kept to the document on both sides.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.peers.conftest import Peer
from tests.peers.twilio import Callbacks, Faults, Lists
from tests.peers.twilio.messages import path
from tests.peers.twilio_contract import contract
from tests.peers.twilio_webhooks import ACCOUNT, OUR_NUMBER, TOKEN

PERSON = "+9779841234567"
WA_PERSON, WA_OURS = f"whatsapp:{PERSON}", f"whatsapp:{OUR_NUMBER}"
TEXT = "तलब नदिए उजुरी गर्नुहोस्।\n1. थप & + % 🙏🏽"
CALLBACK = "https://gw.example.org/webhooks/twilio/status?outbox=7"
TEMPLATE = "HX" + "b" * 32


def client_of(address: str, token: str = TOKEN) -> Client:
    client = Client(ACCOUNT, token)
    client.api.base_url = address
    return client


@pytest.fixture
def client(peer: Peer) -> Client:
    return client_of(peer.guarded)


def test_the_document_asks_for_every_field_of_a_message() -> None:
    schema = contract()["components"]["schemas"]["api.v2010.account.message"]
    assert set(schema["required"]) == set(schema["properties"])
    assert len(schema["required"]) >= 20


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"to": PERSON, "from_": OUR_NUMBER, "body": TEXT},
            {"status": "queued", "num_segments": "1", "num_media": "0", "from_": OUR_NUMBER},
            id="SMS",
        ),
        pytest.param(
            {"to": PERSON, "from_": OUR_NUMBER, "body": "क" * 71},
            {"status": "queued", "num_segments": "2"},
            id="SMS of two parts",
        ),
        pytest.param(
            {"to": PERSON, "messaging_service_sid": "MG" + "0" * 32, "body": TEXT},
            {"status": "accepted", "num_segments": "0", "from_": None},
            id="messaging service",
        ),
        pytest.param(
            {"to": WA_PERSON, "from_": WA_OURS, "body": TEXT},
            {"status": "queued", "to": WA_PERSON, "from_": WA_OURS},
            id="WhatsApp",
        ),
        pytest.param(
            {
                "to": WA_PERSON,
                "from_": WA_OURS,
                "content_sid": TEMPLATE,
                "content_variables": json.dumps({"1": "कतार"}),
            },
            {"status": "queued", "body": ""},
            id="template",
        ),
        pytest.param(
            {
                "to": PERSON,
                "from_": OUR_NUMBER,
                "media_url": ["https://a.example.org/1.jpg", "https://a.example.org/2.jpg"],
            },
            {"status": "queued", "num_media": "2"},
            id="media",
        ),
        pytest.param(
            {
                "to": PERSON,
                "from_": OUR_NUMBER,
                "body": "x",
                "status_callback": CALLBACK,
                "validity_period": 14400,
                "provide_feedback": True,
                "smart_encoded": False,
            },
            {"status": "queued"},
            id="everything else we say",
        ),
    ],
)
def test_a_message_is_taken_and_is_there(
    client: Client, fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    created = client.messages.create(**fields)
    fetched = client.messages(created.sid).fetch()

    for name, value in ({"body": fields.get("body", "")} | expected).items():
        assert getattr(created, name) == value, name
    assert (fetched.sid, fetched.to, fetched.body) == (created.sid, created.to, created.body)
    assert (created.direction, created.error_code) == ("outbound-api", None)
    assert created.sid[:2] == ("MM" if "media_url" in fields else "SM")


@pytest.mark.parametrize("size", [1, 2, 3, 6, 50])
def test_a_list_is_read_to_its_end_whatever_the_page(client: Client, size: int) -> None:
    sent = [client.messages.create(PERSON, from_=OUR_NUMBER, body=str(n)).sid for n in range(6)]

    assert [found.sid for found in client.messages.list(page_size=size)] == sent[::-1]
    assert [found.sid for found in client.messages.list(page_size=size, limit=4)] == sent[:1:-1]


def test_pages_stay_in_step_while_messages_come_and_go(peer: Peer, client: Client) -> None:
    sent = [client.messages.create(PERSON, from_=OUR_NUMBER, body=str(n)).sid for n in range(6)]
    pages = client.messages.stream(page_size=2)
    seen = [next(pages).sid, next(pages).sid]
    client.messages.create(PERSON, from_=OUR_NUMBER, body="new")
    peer.account.sent[4]["deleted"] = True  # the one that the next page begins after
    seen += [found.sid for found in pages]

    assert seen == sent[::-1]


def test_a_list_that_never_ended_would_be_noticed(peer: Peer, client: Client) -> None:
    peer.account.lists = Lists(pages=2)
    for number in range(5):
        client.messages.create(PERSON, from_=OUR_NUMBER, body=str(number))

    with pytest.raises(TwilioException) as refused:
        client.messages.list(page_size=2)

    assert "2 pages" in str(refused.value)


def test_a_list_is_filtered_by_addresses_and_dates(peer: Peer, client: Client) -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
    peer.account.clock.stop()
    peer.account.clock.set(noon)
    mine = client.messages.create(PERSON, from_=OUR_NUMBER, body="x").sid
    client.messages.create("+9779800000000", from_=OUR_NUMBER, body="x")
    peer.account.clock.advance(24 * 3600)
    theirs = peer.inbound(sender=PERSON, body="hello")["sid"]

    def sids(**filters: Any) -> list[str]:
        return [found.sid for found in client.messages.list(limit=20, **filters)]

    assert sids(to=PERSON) == [mine]
    assert sids(to=OUR_NUMBER) == [theirs]
    assert sids(from_=PERSON) == [theirs]
    assert sids(date_sent_after=noon + timedelta(seconds=1)) == [theirs]
    assert sids(date_sent_after=noon + timedelta(days=1)) == [theirs]
    assert sids(to=PERSON, date_sent_before=noon) == [mine]
    assert sids(to=PERSON, date_sent=noon) == [mine]
    assert sids(to=PERSON, date_sent=noon + timedelta(days=1)) == []
    assert sids(date_sent_after=noon + timedelta(days=2)) == []


def test_what_is_redacted_or_deleted_is_gone(peer: Peer, client: Client) -> None:
    peer.account.callbacks = Callbacks(statuses=["sent", "delivered"], target=peer.gateway)
    sid = client.messages.create(PERSON, from_=OUR_NUMBER, body=TEXT, status_callback=CALLBACK).sid
    peer.receiver.wait(2)
    message = client.messages(sid)

    assert message.update(body="").body == ""
    assert message.fetch().body == ""
    assert message.delete()
    with pytest.raises(TwilioRestException) as gone:
        message.fetch()
    assert (gone.value.status, gone.value.code) == (404, 20404)
    assert client.messages.list(limit=5) == []


def test_what_waits_can_be_canceled_and_not_deleted(client: Client) -> None:
    message = client.messages(client.messages.create(PERSON, from_=OUR_NUMBER, body="x").sid)

    with pytest.raises(TwilioRestException) as early:
        message.delete()
    assert early.value.code == 20009
    assert message.update(status="canceled").status == "canceled"
    with pytest.raises(TwilioRestException) as late:
        message.update(status="canceled")
    assert late.value.code == 30409
    assert message.delete()


def test_somebody_who_wrote_stop_cannot_be_written_to(peer: Peer, client: Client) -> None:
    peer.inbound(sender=PERSON, body="Stop")

    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(PERSON, from_=OUR_NUMBER, body="x")

    assert (refused.value.status, refused.value.code) == (400, 21610)
    peer.inbound(sender=PERSON, body="start")
    assert client.messages.create(PERSON, from_=OUR_NUMBER, body="x").status == "queued"


@pytest.mark.parametrize(
    ("mode", "status", "code"), [("429", 429, 20429), ("500", 500, 20500), ("503", 503, 20503)]
)
def test_failures_of_the_server_keep_to_the_form_of_errors(
    peer: Peer, client: Client, mode: str, status: int, code: int
) -> None:
    peer.account.faults = Faults.model_validate({"mode": mode})

    with pytest.raises(TwilioRestException) as failed:
        client.messages.create(PERSON, from_=OUR_NUMBER, body="x")

    assert (failed.value.status, failed.value.code) == (status, code)


def test_wrong_credentials_are_refused(peer: Peer) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client_of(peer.guarded, "wrong").messages("SM" + "0" * 32).fetch()
    with pytest.raises(TwilioException) as unlisted:
        client_of(peer.guarded, "wrong").messages.list(limit=1)

    assert (refused.value.status, refused.value.code) == (401, 20003)
    # Of a list the client raises another error, which has neither status nor code.
    assert not isinstance(unlisted.value, TwilioRestException)
    assert "HTTP 401" in str(unlisted.value)


def test_a_free_text_outside_of_the_window_fails_by_callback(peer: Peer, client: Client) -> None:
    sid = client.messages.create(WA_PERSON, from_=WA_OURS, body="x", status_callback=CALLBACK).sid
    (call,) = peer.receiver.wait(1)

    assert call.path == "/webhooks/twilio/status?outbox=7"
    assert RequestValidator(TOKEN).validate(CALLBACK, call.form, call.headers["x-twilio-signature"])
    wanted = {"MessageSid": sid, "MessageStatus": "failed", "ErrorCode": "63016", "To": WA_PERSON}
    assert wanted.items() <= call.form.items()
    fetched = client.messages(sid).fetch()
    assert (fetched.status, fetched.error_code) == ("failed", 63016)
    assert fetched.error_message


MALFORMED: dict[str, Callable[[Client], object]] = {
    "no recipient": lambda c: c.messages.create(None, from_=OUR_NUMBER, body="x"),
    "template": lambda c: c.messages.create(WA_PERSON, from_=WA_OURS, content_sid="HXnope"),
    "messaging service": lambda c: c.messages.create(
        PERSON, messaging_service_sid="MGnope", body="x"
    ),
    "callback": lambda c: c.messages.create(
        PERSON, from_=OUR_NUMBER, body="x", status_callback="not an address"
    ),
    "validity": lambda c: c.messages.create(
        PERSON, from_=OUR_NUMBER, body="x", validity_period="long"
    ),
    "message": lambda c: c.messages("SMnope").fetch(),
    "page size": lambda c: c.messages.page(page_size=1001),
    "date": lambda c: c.messages.page(date_sent="yesterday"),
}


@pytest.mark.parametrize("ask", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_does_not_come_through(
    peer: Peer, client: Client, ask: Callable[[Client], object]
) -> None:
    with pytest.raises(TwilioException, match=r"HTTP 422"):
        ask(client)

    assert peer.account.sent == []


BROKEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "a status that does not exist": lambda m: m.update(status="bogus"),
    "a number for a text": lambda m: m.update(num_segments=1),
    "a text for a number": lambda m: m.update(error_code="30008"),
    "an id of another kind": lambda m: m.update(account_sid="XX" + m["account_sid"][2:]),
    "a direction that does not exist": lambda m: m.update(direction="outward"),
}


@pytest.mark.parametrize("breaks", BROKEN.values(), ids=BROKEN)
def test_an_answer_that_breaks_the_document_is_caught(
    peer: Peer, client: Client, breaks: Callable[[dict[str, Any]], object]
) -> None:
    sid = client.messages.create(PERSON, from_=OUR_NUMBER, body="x").sid
    client.messages(sid).fetch()
    breaks(peer.account.sent[0])

    for read in (client.messages(sid).fetch, lambda: client.messages.list(limit=5)):
        with pytest.raises(TwilioException, match="HTTP 500"):
            read()
    assert "VIOLATIONS" in raw_list(peer)


def test_an_answer_without_a_field_is_caught(
    peer: Peer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.messages.create(PERSON, from_=OUR_NUMBER, body="x")
    monkeypatch.setattr("tests.peers.twilio.messages.SHOWN", ["sid", "status"])

    assert "VIOLATIONS" in raw_list(peer)
    assert "num_segments" in raw_list(peer)


def test_an_error_of_another_form_is_caught(peer: Peer, client: Client) -> None:
    peer.account.faults = Faults(mode="problem")

    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(PERSON, from_=OUR_NUMBER, body="x")

    assert caught.value.status == 500


def raw_list(peer: Peer) -> str:
    return httpx.get(peer.guarded + path(ACCOUNT), auth=(ACCOUNT, TOKEN)).text
