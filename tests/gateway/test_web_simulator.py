"""The simulator's page and calls: on this machine only, for its own page only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from safar.gateway import inbox, queueing
from safar.gateway.messages import ConversationUpdate, OutgoingText
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.tables import conversations
from tests.clock import FakeClock
from tests.gateway.conftest import LEASE
from tests.gateway.web_gateway import PUBLIC, Gateway, make_settings
from tests.peers.twilio_webhooks import sms_form

PAGE = "/simulator/"
CALL = "/simulator/api/messages"
PERSON = "+9779800000001"
PARTS = ("/simulator/", "/simulator/static/phone.css", "/simulator/static/phone.js")


@pytest.fixture
def gateway(database: Database, keyring: KeyRing, clock: FakeClock, tmp_path: Path) -> Gateway:
    return Gateway(make_settings(tmp_path, simulator=True), database, keyring, clock)


def write(gateway: Gateway, text: str, channel: str = "sms", sender: str = PERSON) -> int:
    said = {"sender": sender, "channel": channel, "text": text}
    return gateway.client.post(CALL, json=said).status_code


def talk(gateway: Gateway, channel: str = "sms", sender: str = PERSON) -> dict[str, Any]:
    answer = gateway.client.get(CALL, params={"sender": sender, "channel": channel})
    assert answer.status_code == 200
    return dict(answer.json())


def answer_last(gateway: Gateway, *texts: OutgoingText, state: str | None = None) -> None:
    (claimed,) = inbox.claim(gateway.database, gateway.keyring, "w", gateway.clock(), LEASE)
    assert inbox.finish(
        gateway.database,
        gateway.keyring,
        claimed,
        "w",
        gateway.clock(),
        conversation=ConversationUpdate(state=state, variant="ne"),
        outgoing=texts,
    )


def test_without_being_asked_for_it_is_not_there(
    database: Database, keyring: KeyRing, clock: FakeClock, tmp_path: Path
) -> None:
    gateway = Gateway(make_settings(tmp_path), database, keyring, clock)

    for path in (*PARTS, CALL):
        assert gateway.client.get(path).status_code == 404
    assert write(gateway, "hello") == 404
    assert gateway.written() == {}


def test_a_talk_from_first_word_to_answer(gateway: Gateway) -> None:
    assert talk(gateway) == {"messages": [], "understood": None, "waiting": False}

    assert write(gateway, "तलब\nपाइन") == 202
    asked = {"from": "person", "text": "तलब\nपाइन"}
    assert talk(gateway) == {"messages": [asked], "understood": None, "waiting": True}

    answer_last(
        gateway,
        OutgoingText(text="उजुरी गर्नुहोस्", segments=1, encoding="ucs2"),
        state='{"understood": {"intent": "ask_wages", "confidence": 0.9}}',
    )
    assert talk(gateway) == {
        "messages": [
            asked,
            {
                "from": "safar",
                "text": "उजुरी गर्नुहोस्",
                "segments": 1,
                "encoding": "UCS-2",
                "delivered": False,
            },
        ],
        "understood": {"intent": "ask_wages", "confidence": 0.9},
        "waiting": False,
    }


def test_a_text_that_answers_no_message_stands_where_it_came(gateway: Gateway) -> None:
    write(gateway, "help")
    answer_last(gateway, OutgoingText(text="A person will write."))
    gateway.clock.pass_(60)
    with gateway.database.write() as tx:
        (conversation_id,) = tx.execute(select(conversations.c.id)).scalars()
        queueing.put(
            tx,
            gateway.keyring,
            idempotency_key="reply",
            conversation_id=conversation_id,
            text=OutgoingText(text="We are here.", kind="officer"),
            now=gateway.clock(),
        )
    gateway.clock.pass_(60)
    write(gateway, "thanks")
    said = ["help", "A person will write.", "We are here.", "thanks"]
    assert [message["text"] for message in talk(gateway)["messages"]] == said


def test_people_and_channels_are_apart(gateway: Gateway) -> None:
    write(gateway, "by SMS")

    assert talk(gateway, "whatsapp")["messages"] == []
    assert talk(gateway, sender="+971500000002")["messages"] == []


def test_the_same_words_twice_are_two_messages(gateway: Gateway) -> None:
    write(gateway, "1")
    write(gateway, "1")

    assert talk(gateway)["messages"] == [{"from": "person", "text": "1"}] * 2


def test_real_peoples_talks_cannot_be_read(gateway: Gateway) -> None:
    assert gateway.post(sms_form("a secret", From=PERSON)).status_code == 200

    assert talk(gateway)["messages"] == []


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "/emergency{}",
        "\x00\u202e",
        "",
        "x" * 12_000,
    ],
    ids=["HTML", "Rasa's own notation", "control characters", "empty", "longest"],
)
def test_a_text_is_kept_exactly(gateway: Gateway, text: str) -> None:
    assert write(gateway, text) == 202
    assert talk(gateway)["messages"] == [{"from": "person", "text": text}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"{", 422, id="no JSON"),
        pytest.param(b"[]", 422, id="no object"),
        pytest.param(b'{"sender": "+977", "channel": "sms"}', 422, id="no text"),
        pytest.param(b'{"text": "x", "channel": "fax"}', 422, id="no such channel"),
        pytest.param(b'{"text": "x", "provider": "twilio"}', 422, id="unknown field"),
        pytest.param(b'{"text": "x", "sender": "+977 98; DROP"}', 422, id="no number"),
        pytest.param(b'{"text": "x", "sender": ""}', 422, id="empty number"),
        pytest.param(b'{"text": "\\ud83d"}', 422, id="half an emoji"),
        pytest.param(b'{"text": "' + b"x" * 12_001 + b'"}', 422, id="too long"),
        pytest.param(b'{"text": "' + b"x" * 200_000 + b'"}', 413, id="far too long"),
    ],
)
def test_a_call_that_is_wrong_is_refused(gateway: Gateway, body: bytes, status: int) -> None:
    answer = gateway.client.post(CALL, content=body)

    assert answer.status_code == status
    assert gateway.written() == {}


@pytest.mark.parametrize("query", ["", "sender=", "sender=a%20b", "sender=%2B977&channel=fax"])
def test_a_question_that_is_wrong_is_refused(gateway: Gateway, query: str) -> None:
    assert gateway.client.get(f"{CALL}?{query}").status_code == 422


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": "evil.example"}, id="foreign name"),
        pytest.param({"Host": "evil.example:8080"}, id="foreign name with port"),
        pytest.param({"Host": "localhost.evil.example:8080"}, id="name that begins like ours"),
        pytest.param({"Host": "127.0.0.1.evil.example"}, id="address that goes on"),
        pytest.param({"Host": ""}, id="no name"),
        pytest.param({"Host": "gw.example.org"}, id="public name"),
        pytest.param({"Origin": "https://evil.example"}, id="foreign page"),
        pytest.param({"Origin": "null"}, id="page without origin"),
        pytest.param({"Origin": "http://127.0.0.1:9999"}, id="other port of this machine"),
        pytest.param({"Origin": "https://127.0.0.1:8080"}, id="other scheme"),
        pytest.param({"X-Forwarded-For": "203.0.113.7"}, id="through a proxy"),
        pytest.param({"Forwarded": "for=203.0.113.7"}, id="through a newer proxy"),
    ],
)
def test_only_our_own_page_may_call(gateway: Gateway, headers: dict[str, str]) -> None:
    for path in (*PARTS, f"{CALL}?sender={PERSON.replace('+', '%2B')}"):
        assert gateway.client.get(path, headers=headers).status_code == 403
    answer = gateway.client.post(CALL, json={"text": "x"}, headers=headers)
    assert answer.status_code == 403
    assert gateway.written() == {}


@pytest.mark.parametrize("client", ["192.168.1.20", "203.0.113.7", "::ffff:203.0.113.7", "fe80::1"])
def test_another_machine_may_not_call(gateway: Gateway, client: str) -> None:
    remote = TestClient(gateway.app, base_url="http://127.0.0.1:8080", client=(client, 40000))

    for path in PARTS:
        assert remote.get(path).status_code == 403
    assert remote.post(CALL, json={"text": "x"}).status_code == 403
    assert gateway.written() == {}


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "localhost", "[::1]:8080"])
def test_this_machine_may_call_by_any_of_its_names(gateway: Gateway, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}

    assert gateway.client.get(PAGE, headers=headers).status_code == 200
    assert gateway.client.post(CALL, json={"text": "x"}, headers=headers).status_code == 202


@pytest.mark.parametrize("path", [*PARTS, f"{CALL}?sender=x"])
def test_nothing_foreign_may_be_loaded_or_run(gateway: Gateway, path: str) -> None:
    policy = gateway.client.get(path).headers["Content-Security-Policy"]

    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"


def test_the_page_has_no_inline_script_or_style_and_names_no_other_place(gateway: Gateway) -> None:
    page, style, script = (gateway.client.get(path).text for path in PARTS)

    assert re.findall(r"<script[^>]*>", page) == ['<script src="static/phone.js" defer>']
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page) == []
    for part in (page, style, script):
        assert re.findall(r"(?:https?:)?//[a-z0-9]+\.[a-z]+", part) == []
    assert re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script) == []


def test_what_the_script_looks_for_is_on_the_page(gateway: Gateway) -> None:
    page, _, script = (gateway.client.get(path).text for path in PARTS)

    wanted = set(re.findall(r'byId\("([\w-]+)"\)', script))
    assert wanted
    assert wanted <= set(re.findall(r'\bid="([\w-]+)"', page))


def test_every_control_has_a_name_that_can_be_read_aloud(gateway: Gateway) -> None:
    page = gateway.client.get(PAGE).text
    named = set(re.findall(r'<label[^>]*\bfor="([\w-]+)"', page))

    for control in re.findall(r"<(?:input|textarea|select)\b[^>]*>", page):
        identity = re.search(r'\bid="([\w-]+)"', control)
        assert "aria-label=" in control or (identity and identity[1] in named), control
    assert 'aria-live="polite"' in page
    assert '<html lang="en">' in page
    assert 'name="viewport"' in page


def test_the_address_without_a_slash_leads_to_the_page(gateway: Gateway) -> None:
    answer = gateway.client.get("/simulator", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (307, PAGE)
    assert PUBLIC not in answer.headers["location"]
