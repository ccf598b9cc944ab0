"""The stand-in when somebody writes: kept, listed, delivered with Twilio's retries, STOP heeded."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.peers.conftest import Peer
from tests.peers.twilio import Callbacks, Numbers, Webhooks
from tests.peers.twilio.messages import path
from tests.peers.twilio.webhooks import Overrides
from tests.peers.twilio_webhooks import ACCOUNT, OUR_NUMBER, TOKEN, sign

PERSON = "+9779841234567"
WA_PERSON, WA_OURS = f"whatsapp:{PERSON}", f"whatsapp:{OUR_NUMBER}"
HOOK = "https://gw.example.org/webhooks/twilio/message"
FALLBACK = "https://other.example.org/twilio"
AUTH = (ACCOUNT, TOKEN)


def send(peer: Peer, **fields: str) -> httpx.Response:
    form = {"To": PERSON, "From": OUR_NUMBER, "Body": "x"} | fields
    return httpx.post(peer.direct + path(ACCOUNT), data=form, auth=AUTH)


def hook(peer: Peer, url: str = HOOK, **settings: Any) -> None:
    settings = {"target": peer.gateway} | settings
    peer.account.webhooks = Webhooks(message_url=url, **settings)


def nobody() -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


def test_a_text_is_listed_and_delivered_with_a_signature(peer: Peer) -> None:
    hook(peer)
    written = peer.inbound(sender=PERSON, body="नमस्ते 🙏 " * 8)

    (call,) = peer.receiver.calls
    assert call.path == "/webhooks/twilio/message"
    assert RequestValidator(TOKEN).validate(HOOK, call.form, call.headers["x-twilio-signature"])
    assert call.form["MessageSid"] == written["sid"]
    assert (call.form["From"], call.form["To"]) == (PERSON, OUR_NUMBER)
    assert (call.form["Body"], call.form["NumSegments"]) == ("नमस्ते 🙏 " * 8, "2")
    assert call.form["FromCountry"] == "NP"
    (listed,) = httpx.get(peer.guarded + path(ACCOUNT), auth=AUTH).json()["messages"]
    assert (listed["sid"], listed["direction"], listed["status"]) == (
        written["sid"],
        "inbound",
        "received",
    )
    assert written["attempts"] == [204]


def test_a_whatsapp_text_has_the_fields_of_whatsapp(peer: Peer) -> None:
    hook(peer)
    peer.inbound(sender=WA_PERSON, body="hello")
    peer.inbound(sender="whatsapp:NP.1349abc", body="hello")
    peer.inbound(sender=WA_PERSON, body="Wages", fields={"ButtonPayload": "ask_wages"})

    by_number, by_name, tapped = (call.form for call in peer.receiver.calls)
    assert (by_number["WaId"], by_number["To"]) == (PERSON[1:], WA_OURS)
    assert (by_number["MessageType"], "ButtonPayload" in by_number) == ("text", False)
    assert (by_name["WaId"], by_name["ExternalUserId"]) == ("", "whatsapp:NP.1349abc")
    assert (tapped["MessageType"], tapped["ButtonPayload"]) == ("interactive", "ask_wages")


def test_what_is_not_delivered_is_still_listed(peer: Peer) -> None:
    hook(peer)
    lost = peer.inbound(sender=PERSON, body="lost", deliver=False)

    assert peer.receiver.calls == []
    listed = httpx.get(peer.direct + path(ACCOUNT), params={"To": OUR_NUMBER}, auth=AUTH).json()
    assert [message["sid"] for message in listed["messages"]] == [lost["sid"]]


def test_a_delivery_can_come_twice(peer: Peer) -> None:
    hook(peer)
    written = peer.inbound(sender=PERSON, body="again", copies=2)

    assert [call.form["MessageSid"] for call in peer.receiver.calls] == [written["sid"]] * 2


@pytest.mark.parametrize(
    ("rules", "answers", "attempts"),
    [
        pytest.param("", [503, 204], [503], id="a failing server is not tried again by default"),
        pytest.param("", [400], [400], id="nor one that refuses"),
        pytest.param("#rc=3&rp=all", [503, 429, 500, 204], [503, 429, 500, 204], id="all"),
        pytest.param("#rc=2&rp=all", [503] * 4, [503] * 3, id="so often and no more"),
        pytest.param("#rc=3&rp=5xx", [503, 403, 204], [503, 403], id="only for servers' errors"),
        pytest.param("#rc=3&rp=4xx,5xx", [503, 403, 204], [503, 403, 204], id="for both"),
        pytest.param("#rc=0&rp=all", [503, 204], [503], id="never"),
    ],
)
def test_webhooks_are_tried_again_as_their_address_says(
    peer: Peer, rules: str, answers: list[int], attempts: list[int]
) -> None:
    hook(peer, HOOK + rules)
    peer.receiver.answers = answers

    assert peer.inbound(sender=PERSON, body="x")["attempts"] == attempts
    keys = {call.headers["i-twilio-idempotency-token"] for call in peer.receiver.calls}
    assert len(keys) == 1
    assert all(
        call.headers["x-twilio-signature"] == sign(TOKEN, HOOK, call.form)
        for call in peer.receiver.calls
    )


@pytest.mark.parametrize(("rules", "tries"), [("", 2), ("#rc=4", 5), ("#rc=4&rp=5xx", 1)])
def test_where_nobody_listens_it_is_tried_once_more(peer: Peer, rules: str, tries: int) -> None:
    hook(peer, HOOK + rules, target=nobody())

    assert peer.inbound(sender=PERSON, body="x")["attempts"] == ["ct"] * tries


@pytest.mark.parametrize(("rules", "tries"), [("#rt=100", 1), ("#rt=100&rc=2&rp=rt", 3)])
def test_a_slow_gateway_is_given_up(peer: Peer, rules: str, tries: int) -> None:
    hook(peer, HOOK + rules)
    peer.receiver.seconds = 0.5

    assert peer.inbound(sender=PERSON, body="x")["attempts"] == ["rt"] * tries


def test_all_tries_together_have_a_limit(peer: Peer) -> None:
    hook(peer, HOOK + "#rt=200&tt=300&rc=5&rp=all")
    peer.receiver.seconds = 1.0

    assert len(peer.inbound(sender=PERSON, body="x")["attempts"]) in (2, 3)


def test_the_fallback_is_called_when_the_first_address_fails(peer: Peer) -> None:
    hook(peer, target=nobody(), fallback_url=FALLBACK, fallback_target=peer.gateway)
    written = peer.inbound(sender=PERSON, body="x")

    (call,) = peer.receiver.calls
    assert (written["attempts"], written["fallback_attempts"]) == (["ct", "ct"], [204])
    assert call.headers["x-twilio-signature"] == sign(TOKEN, FALLBACK, call.form)
    assert (call.form["MessageSid"], call.form["ErrorUrl"]) == (written["sid"], HOOK)


def test_an_address_elsewhere_is_never_called(peer: Peer) -> None:
    hook(peer, "https://example.org/hook", target=None)
    assert peer.inbound(sender=PERSON, body="x")["attempts"] == ["ct"]


@pytest.mark.parametrize("wrong", ["#rc=6", "#rt=20000", "#ct=1", "#rp=sometimes", "#tt=x"])
def test_overrides_that_twilio_would_not_take_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Overrides.of(HOOK + wrong)


@pytest.mark.parametrize("word", ["STOP", "stop", " Stop \n", "CANCEL", "end", "Quit", "OPTOUT"])
def test_a_stop_word_blocks_and_a_start_word_unblocks(peer: Peer, word: str) -> None:
    hook(peer)
    peer.inbound(sender=PERSON, body=word)

    assert send(peer).json()["code"] == 21610
    assert send(peer, To="+9779800000000").status_code == 201
    assert send(peer, From="+15005550100").status_code == 201, "another number of ours"
    assert [call.form["Body"] for call in peer.receiver.calls] == [word], "we hear of it"
    peer.inbound(sender=PERSON, body="unstop")
    assert send(peer).status_code == 201


@pytest.mark.parametrize("text", ["STOP it", "please stop", "रोक", "STOP.", "help me", ""])
def test_other_texts_block_nobody(peer: Peer, text: str) -> None:
    peer.inbound(sender=PERSON, body=text)

    assert send(peer).status_code == 201
    assert peer.account.replies == []


def test_twilio_answers_the_words_itself_and_lists_its_answers(peer: Peer) -> None:
    for word in ("STOP", "START", "HELP"):
        peer.inbound(sender=PERSON, body=word)

    listed = httpx.get(peer.guarded + path(ACCOUNT), params={"To": PERSON}, auth=AUTH).json()
    assert [message["direction"] for message in listed["messages"]] == ["outbound-reply"] * 3


def test_a_stop_silences_the_whole_messaging_service(peer: Peer) -> None:
    service = "MG" + "0" * 32
    peer.account.numbers = Numbers(services={service: [OUR_NUMBER, "+15005550100"]})
    peer.inbound(sender=PERSON, body="STOP", to="+15005550100")

    assert send(peer).json()["code"] == 21610
    assert send(peer, From="", MessagingServiceSid=service).json()["code"] == 21610
    assert httpx.get(peer.direct + "/_opted_out").json() == [
        ["+15005550006", PERSON],
        ["+15005550100", PERSON],
    ]


def test_advanced_opt_out_names_the_word(peer: Peer) -> None:
    hook(peer, advanced_opt_out=True)
    peer.inbound(sender=PERSON, body="Cancel")
    peer.inbound(sender=PERSON, body="hello")

    assert [call.form.get("OptOutType") for call in peer.receiver.calls] == ["STOP", None]


def test_whatsapp_knows_no_stop(peer: Peer) -> None:
    peer.inbound(sender=WA_PERSON, body="STOP")
    assert send(peer, To=WA_PERSON, From=WA_OURS).status_code == 201


TEMPLATE = {"Body": "", "ContentSid": "HX" + "b" * 32}


@pytest.mark.parametrize(
    ("hours", "fields", "ends"),
    [
        pytest.param(0.0, {}, "delivered", id="at once"),
        pytest.param(23.99, {}, "delivered", id="within 24 hours"),
        pytest.param(24.0, {}, "failed", id="after 24 hours"),
        pytest.param(24.0, TEMPLATE, "delivered", id="template after 24 hours"),
        pytest.param(None, {}, "failed", id="never wrote"),
        pytest.param(None, TEMPLATE, "delivered", id="template, never wrote"),
        pytest.param(0.0, {"From": "whatsapp:+15005550100"}, "failed", id="wrote to another"),
    ],
)
def test_a_free_text_needs_an_open_window(
    peer: Peer, hours: float | None, fields: dict[str, str], ends: str
) -> None:
    peer.account.callbacks = Callbacks(statuses=["sent", "delivered"], target=peer.gateway)
    httpx.post(peer.direct + "/_clock", json={"stop": True})
    if hours is not None:
        peer.inbound(sender=WA_PERSON, body="hello")
        httpx.post(peer.direct + "/_clock", json={"advance": hours * 3600})

    form = {"To": WA_PERSON, "From": WA_OURS, "StatusCallback": HOOK} | fields
    assert send(peer, **form).status_code == 201
    calls = peer.receiver.wait(1 if ends == "failed" else 2)

    assert calls[-1].form["MessageStatus"] == ends
    assert calls[-1].form.get("ErrorCode") == ("63016" if ends == "failed" else None)


def test_a_number_that_is_not_on_whatsapp_fails_even_with_a_template(peer: Peer) -> None:
    peer.account.numbers = Numbers(not_on_whatsapp=[PERSON])
    send(peer, To=WA_PERSON, From=WA_OURS, StatusCallback=HOOK, **TEMPLATE)

    (call,) = peer.receiver.wait(1)
    assert (call.form["MessageStatus"], call.form["ErrorCode"]) == ("failed", "63003")
