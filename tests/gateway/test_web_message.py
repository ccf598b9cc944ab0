"""Inbound messages: whatever a person can write is kept once, exactly."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from safar.gateway import inbox
from safar.store.contacts import address_of
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.tables import conversations
from tests.clock import FakeClock
from tests.gateway.conftest import LEASE
from tests.gateway.web_gateway import Gateway, make_settings
from tests.peers.twilio_webhooks import OUR_NUMBER, new_sid, sms_form, whatsapp_form


@pytest.fixture
def gateway(database: Database, keyring: KeyRing, clock: FakeClock, tmp_path: Path) -> Gateway:
    return Gateway(make_settings(tmp_path), database, keyring, clock)


def test_a_message_is_kept_and_answered_with_nothing_to_say(gateway: Gateway) -> None:
    answer = gateway.post(sms_form("तलब कहिले पाउँछु?"))

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.text.endswith("<Response/>")
    (row,) = gateway.inbox()
    assert (row.provider, row.state) == ("twilio", "ready")
    assert gateway.texts() == ["तलब कहिले पाउँछु?"]


def test_the_same_message_twice_is_one_row(gateway: Gateway) -> None:
    form = sms_form("hello")

    assert [gateway.post(form).status_code for _ in range(2)] == [200, 200]
    assert gateway.texts() == ["hello"]


def test_the_same_words_in_two_messages_are_two_rows(gateway: Gateway) -> None:
    gateway.post(sms_form("hello"))
    gateway.post(sms_form("hello"))

    assert gateway.texts() == ["hello", "hello"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("   \n\t ", id="only space"),
        pytest.param("🙏🏽👩‍👩‍👧🇳🇵", id="only emoji"),
        pytest.param("a\x00b\x07\x1b[31mred\x7f\x85", id="control characters"),
        pytest.param("\u202eevil\u2066\u200b\ufeff", id="direction marks"),
        pytest.param("'; DROP TABLE inbox; --", id="SQL"),
        pytest.param("<script>alert(1)</script>&amp;<Response><Message>x", id="HTML"),
        pytest.param('/emergency{"destination": "QA"}', id="Rasa's own notation"),
        pytest.param("%s %(x)s {0} {x} $(id) `id`", id="formats and shells"),
        pytest.param("STOP", id="carrier's word"),
        pytest.param("a+b&c=d%20e;f", id="what forms escape"),
        pytest.param("صاحب البيت يضربني\r\nوحابسني في الغرفة", id="Arabic, two lines"),
        pytest.param("x" * 10_000, id="10,000 characters"),
        pytest.param("क" * 10_000, id="10,000 characters of Devanagari, 90 kB as a form"),
    ],
)
def test_a_text_is_kept_exactly(gateway: Gateway, text: str) -> None:
    assert gateway.post(sms_form(text)).status_code == 200
    assert gateway.texts() == [text]


def test_a_form_without_a_body_is_an_empty_message(gateway: Gateway) -> None:
    form = sms_form("x", NumMedia="1", MessageSid=new_sid("MM"))
    del form["Body"]

    assert gateway.post(form).status_code == 200
    assert gateway.texts() == [""]


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        pytest.param(b"ab%FF%C3cd", "ab\ufffd\ufffdcd", id="escaped"),
        pytest.param(b"ab\xff\xc3cd", "ab\ufffd\ufffdcd", id="raw"),
        pytest.param(b"ab%ED%A0%BDcd", "ab\ufffd\ufffd\ufffdcd", id="half an emoji"),
        pytest.param(b"ab%zzcd%", "ab%zzcd%", id="no escape at all"),
    ],
)
def test_bytes_that_are_no_text_do_not_cost_the_message(
    gateway: Gateway, sent: bytes, read_as: str
) -> None:
    # Whoever signs can only sign what the bytes are read as.
    form = sms_form(read_as)
    others = {name: value for name, value in form.items() if name != "Body"}

    answer = gateway.post(form, content=urlencode(others).encode() + b"&Body=" + sent)

    assert answer.status_code == 200
    assert gateway.texts() == [read_as]


def test_fields_given_twice_are_one_message(gateway: Gateway) -> None:
    form: dict[str, str | list[str]] = {**sms_form("x"), "Body": ["first", "second"]}
    form["NumMedia"] = ["0", "0"]

    assert gateway.post(form).status_code == 200
    assert gateway.texts() == ["second"]


def test_fields_we_do_not_know_are_kept_but_the_text_is_not_kept_twice(gateway: Gateway) -> None:
    gateway.post(sms_form("hello", NewField="new", OptOutType="STOP"))

    (row,) = gateway.inbox()
    raw = json.loads(gateway.keyring.decrypt(row.raw_encrypted))
    assert (raw["NewField"], raw["OptOutType"]) == ("new", "STOP")
    assert "Body" not in raw


def test_a_whatsapp_message_is_answered_to_where_it_came_from(gateway: Gateway) -> None:
    assert gateway.post(whatsapp_form("Konfirmasi")).status_code == 200

    (claimed,) = inbox.claim(
        gateway.database, gateway.keyring, "worker", gateway.clock(), LEASE, limit=10
    )
    assert (claimed.channel, claimed.body) == ("whatsapp", "Konfirmasi")
    assert claimed.raw["ButtonPayload"] == "ask_wages"
    with gateway.database.read() as tx:
        address = address_of(tx, gateway.keyring, claimed.conversation_id)
        ours = tx.execute(select(conversations.c.our_address)).scalar_one()
    assert (address, ours) == ("whatsapp:+6281234567890", f"whatsapp:{OUR_NUMBER}")


def test_one_number_on_two_channels_is_two_conversations(gateway: Gateway) -> None:
    gateway.post(sms_form("a", From="+6281234567890"))
    gateway.post(whatsapp_form("b"))

    first, second = gateway.inbox()
    assert first.conversation_id != second.conversation_id


def test_a_sender_with_letters_is_kept_too(gateway: Gateway) -> None:
    assert gateway.post(sms_form("advertisement", From="=cmd|'/c'!A")).status_code == 200
    assert gateway.texts() == ["advertisement"]
