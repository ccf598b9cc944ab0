"""The stand-in when we send: refusals, faults before and after it took a message, callbacks."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import httpx
import pytest

from tests.clock import NOW
from tests.e2e.services import ROOT, wait_for
from tests.peers.conftest import Peer
from tests.peers.ports import free_port
from tests.peers.serving import served
from tests.peers.twilio import Account, Callbacks, Faults, Lists, Numbers, create_app
from tests.peers.twilio.messages import path
from tests.peers.twilio_webhooks import ACCOUNT, OUR_NUMBER, TOKEN, sign

PERSON = "+9779841234567"
WA_PERSON, WA_OURS = f"whatsapp:{PERSON}", f"whatsapp:{OUR_NUMBER}"
CALLBACK = "https://gw.example.org/webhooks/twilio/status?outbox=7"
HX = "HX" + "b" * 32
AUTH = (ACCOUNT, TOKEN)


def send(peer: Peer, timeout: float = 5.0, **fields: str | list[str]) -> httpx.Response:
    form = {"To": PERSON, "From": OUR_NUMBER, "Body": "x"} | fields
    return httpx.post(peer.direct + path(ACCOUNT), data=form, auth=AUTH, timeout=timeout)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"To": ""}, 21604, id="no recipient"),
        pytest.param({"From": ""}, 21603, id="no sender"),
        pytest.param({"Body": ""}, 21602, id="nothing to send"),
        pytest.param({"Body": "x" * 1601}, 21617, id="too long"),
        pytest.param({"To": "banana"}, 21211, id="recipient is no number"),
        pytest.param({"To": "whatsapp:banana", "From": WA_OURS}, 21211, id="nor on WhatsApp"),
        pytest.param({"From": "+0"}, 21212, id="sender is no number"),
        pytest.param({"To": WA_PERSON}, 21910, id="channels do not match"),
        pytest.param({"From": WA_OURS}, 21910, id="channels do not match, the other way"),
        pytest.param({"From": "+15005550199"}, 21606, id="sender of somebody else"),
        pytest.param({"To": WA_PERSON, "From": "whatsapp:+15005550199"}, 63007, id="on WhatsApp"),
        pytest.param({"StatusCallback": "/status"}, 21609, id="callback without a host"),
        pytest.param({"StatusCallback": CALLBACK + "x" * 4000}, 21609, id="callback too long"),
        pytest.param({"MediaUrl": ["https://a.example", "ftp://a.example"]}, 21620, id="media"),
        pytest.param({"MediaUrl": ["https://a.example"] * 11}, 21620, id="too much media"),
        pytest.param({"ValidityPeriod": "0"}, 21624, id="no time at all"),
        pytest.param({"ValidityPeriod": "36001"}, 21624, id="over ten hours"),
        pytest.param({"ContentSid": "HX" + "0" * 32}, 21655, id="no such template"),
        pytest.param({"ContentSid": HX, "ContentVariables": "x"}, 21656, id="no JSON"),
        pytest.param({"ContentSid": HX, "ContentVariables": '["x"]'}, 21656, id="no object"),
        pytest.param({"ContentSid": HX, "ContentVariables": '{"1": 1}'}, 21656, id="no text"),
        pytest.param({"ContentSid": HX, "ContentVariables": '{"1": ""}'}, 21656, id="empty text"),
        pytest.param({"ContentSid": HX, "ContentVariables": '{"1": "a\\nb"}'}, 21656, id="lines"),
        pytest.param({"From": "+15005550001"}, 21212, id="magic sender 1"),
        pytest.param({"From": "+15005550007"}, 21606, id="magic sender 7"),
        pytest.param({"From": "+15005550008"}, 21611, id="magic sender 8"),
        pytest.param({"To": "+15005550001"}, 21211, id="magic recipient 1"),
        pytest.param({"To": "+15005550002"}, 21612, id="magic recipient 2"),
        pytest.param({"To": "+15005550003"}, 21408, id="magic recipient 3"),
        pytest.param({"To": "+15005550004"}, 21610, id="magic recipient 4"),
        pytest.param({"To": "+15005550009"}, 21614, id="magic recipient 9"),
    ],
)
def test_what_twilio_refuses(peer: Peer, fields: dict[str, str | list[str]], code: int) -> None:
    peer.account.numbers = Numbers(owned=[OUR_NUMBER, WA_OURS], templates=[HX])
    refused = send(peer, **fields)

    assert refused.json()["code"] == code
    assert refused.json()["status"] == refused.status_code
    assert refused.status_code in (400, 403, 429)
    assert peer.account.sent == []


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"Body": "x" * 1600}, id="the longest text"),
        pytest.param({"From": "SAFAR"}, id="alphanumeric sender"),
        pytest.param(
            {"To": "whatsapp:NP.1349abc", "From": WA_OURS}, id="somebody without a number"
        ),
        pytest.param({"Body": "", "MediaUrl": "https://a.example/1.jpg"}, id="media alone"),
        pytest.param(
            {"Body": "", "ContentSid": HX, "ContentVariables": '{"1": "क", "name": "x"}'},
            id="template with variables",
        ),
        pytest.param({"ValidityPeriod": "36000", "ProvideFeedback": "true"}, id="ten hours"),
    ],
)
def test_what_twilio_takes(peer: Peer, fields: dict[str, str]) -> None:
    assert send(peer, **fields).status_code == 201
    assert len(peer.account.sent) == 1


TAKEN = {
    "429": 0,
    "500": 0,
    "503": 0,
    "problem": 0,
    "garbage_before_accept": 0,
    "hang": 0,
    "hang_after_accept": 1,
    "500_after_accept": 1,
    "drop_after_accept": 1,
    "garbage": 1,
    "slow": 1,
}


@pytest.mark.parametrize(("mode", "taken"), TAKEN.items(), ids=TAKEN)
def test_a_fault_strikes_before_or_after_the_message_was_taken(
    peer: Peer, mode: str, taken: int
) -> None:
    httpx.post(peer.direct + "/_faults", json={"mode": mode, "seconds": 0.3}).raise_for_status()

    try:
        good = send(peer, timeout=0.1 if "hang" in mode else 5).json()["status"] == "queued"
    except (httpx.HTTPError, ValueError):
        good = False
    assert good == (mode == "slow")
    assert len(httpx.get(peer.direct + "/_sent").json()) == taken
    assert send(peer).status_code == 201, "once and no more"


def test_a_storm_strikes_a_share_and_the_same_one_for_the_same_seed(peer: Peer) -> None:
    def storm() -> list[int]:
        peer.account.faults = Faults(mode=["500", "429"], times=None, share=0.4, seed=3)
        return [send(peer).status_code for _ in range(60)]

    first = storm()
    assert storm() == first
    assert 15 <= 60 - Counter(first)[201] <= 33
    assert set(first) == {201, 429, 500}


def test_reading_has_faults_of_its_own(peer: Peer) -> None:
    httpx.post(peer.direct + "/_faults", json={"mode": "500", "on": "read"}).raise_for_status()

    assert send(peer).status_code == 201
    address = peer.direct + path(ACCOUNT)
    assert [httpx.get(address, auth=AUTH).status_code for _ in range(2)] == [500, 200]


LIFE = ["sending", "sent", "delivered", "read"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, LIFE, id="in order"),
        pytest.param({"order": "reversed"}, LIFE[::-1], id="reversed"),
        pytest.param({"copies": 2}, [s for s in LIFE for _ in range(2)], id="twice"),
    ],
)
def test_callbacks_come_as_a_test_wants_them(
    peer: Peer, settings: dict[str, object], expected: list[str]
) -> None:
    peer.account.callbacks = Callbacks(statuses=LIFE, target=peer.gateway, **settings)
    sid = send(peer, StatusCallback=CALLBACK + "#rc=2").json()["sid"]
    calls = peer.receiver.wait(len(expected))

    assert [call.form["MessageStatus"] for call in calls] == expected
    assert {call.form["MessageSid"] for call in calls} == {sid}
    assert all(
        call.headers["x-twilio-signature"] == sign(TOKEN, CALLBACK, call.form) for call in calls
    )
    assert peer.account.sent[0]["status"] == "read"


def test_callbacks_can_be_shuffled_and_lost(peer: Peer) -> None:
    peer.account.callbacks = Callbacks(
        statuses=LIFE, target=peer.gateway, order="shuffled", lose=0.5, seed=4
    )
    for _ in range(10):
        send(peer, StatusCallback=CALLBACK)
    peer.settle()
    came = peer.receiver.calls

    assert 10 <= len(came) <= 30
    seen: dict[str, list[str]] = {}
    for call in came:
        seen.setdefault(call.form["MessageSid"], []).append(call.form["MessageStatus"])
    assert any(statuses != sorted(statuses, key=LIFE.index) for statuses in seen.values())


def test_callbacks_wait_for_the_stand_ins_clock(peer: Peer) -> None:
    peer.account.clock.stop()
    peer.account.callbacks = Callbacks(statuses=["sent"], target=peer.gateway, delay=3600)
    sid = send(peer, StatusCallback=CALLBACK).json()["sid"]
    address = peer.direct + path(ACCOUNT, f"/{sid}.json")
    assert httpx.get(address, auth=AUTH).json()["date_sent"] is None

    told = httpx.post(peer.direct + "/_clock", json={"set": NOW.isoformat(), "advance": 0})
    assert told.json() == NOW.isoformat().replace("+00:00", "Z")
    assert peer.receiver.calls == []
    httpx.post(peer.direct + "/_clock", json={"set": "2100-01-01T00:00:00Z"})
    peer.receiver.wait(1)

    assert httpx.get(address, auth=AUTH).json()["date_sent"].endswith("2100 00:00:00 +0000")


def test_a_number_can_have_an_outcome_of_its_own(peer: Peer) -> None:
    outcomes = {"outcomes": {PERSON: {"status": "undelivered", "error_code": 30003}}}
    httpx.post(peer.direct + "/_numbers", json=outcomes).raise_for_status()
    send(peer, StatusCallback=CALLBACK)

    last = peer.receiver.wait(2)[-1].form
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")
    assert peer.account.sent[0]["error_code"] == 30003


def test_a_messaging_service_names_its_sender_and_segments_later(peer: Peer) -> None:
    service = "MG" + "0" * 32
    peer.account.numbers = Numbers(services={service: ["+15005550100"]})
    peer.account.callbacks = Callbacks(statuses=["sent"], target=peer.gateway)
    send(peer, From="", MessagingServiceSid=service, Body="क" * 71, StatusCallback=CALLBACK)
    (call,) = peer.receiver.wait(1)

    assert (call.form["From"], call.form["MessagingServiceSid"]) == ("+15005550100", service)
    (sent,) = peer.account.sent
    assert (sent["from"], sent["num_segments"]) == ("+15005550100", "2")


def test_the_list_can_lag_behind_and_leave_out_what_has_not_left(peer: Peer) -> None:
    address, since = peer.direct + path(ACCOUNT), {"DateSent>": "2020-01-01"}

    def listed() -> int:
        return len(httpx.get(address, params=since, auth=AUTH).json()["messages"])

    peer.account.clock.stop()
    peer.account.lists = Lists(lag=30)
    send(peer)
    assert listed() == 0
    peer.account.clock.advance(30)
    assert listed() == 1
    peer.account.lists = Lists(unsent=False)
    assert listed() == 0


def test_every_token_of_an_account_is_good_and_the_first_one_signs(peer: Peer) -> None:
    tokens = {"tokens": ["new", TOKEN]}
    httpx.post(peer.direct + "/_tokens", json=tokens).raise_for_status()
    try:
        assert send(peer, StatusCallback=CALLBACK).status_code == 201
        peer.account.callbacks = Callbacks(statuses=["sent"], target=peer.gateway)
        answer = httpx.post(
            peer.direct + path(ACCOUNT),
            data={"To": PERSON, "From": OUR_NUMBER, "Body": "x", "StatusCallback": CALLBACK},
            auth=(ACCOUNT, "new"),
        )
        assert answer.status_code == 201
        (call,) = peer.receiver.wait(1)
        assert call.headers["x-twilio-signature"] == sign("new", CALLBACK, call.form)
    finally:
        peer.account.token, peer.account.other_tokens = TOKEN, ()


def test_accounts_do_not_see_each_other() -> None:
    other = "AC" + "f" * 32
    with served(create_app(Account(), Account(other, "theirs", keys={"SK1": "secret"}))) as both:
        form = {"To": PERSON, "From": OUR_NUMBER, "Body": "x"}
        sent = httpx.post(both + path(other), data=form, auth=("SK1", "secret")).json()["sid"]
        assert httpx.get(both + path(other), auth=AUTH).status_code == 401
        assert httpx.get(both + path(ACCOUNT), auth=(other, "theirs")).status_code == 401
        assert httpx.get(both + path(ACCOUNT, f"/{sent}.json"), auth=AUTH).status_code == 404
        assert httpx.get(f"{both}/_sent").json() == []
        assert len(httpx.get(f"{both}/_sent?account={other}").json()) == 1


def test_it_runs_as_a_program_of_its_own() -> None:
    port = free_port()
    command = [sys.executable, "-m", "tests.peers.twilio", "--port", str(port), "--token", "t"]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address + "/_sent", process)
            assert httpx.get(address + path(ACCOUNT), auth=(ACCOUNT, "t")).status_code == 200
        finally:
            process.kill()
