"""Calls that Twilio did not make for us: refused, and nothing is written but a counter."""

from __future__ import annotations

from pathlib import Path

import pytest

from safar.store.crypto import KeyRing
from safar.store.database import Database
from tests.clock import FakeClock
from tests.gateway.web_gateway import MESSAGE, OLD_TOKEN, PUBLIC, STATUS, Gateway, make_settings
from tests.peers.twilio_webhooks import ACCOUNT, TOKEN, new_sid, sign, sms_form, status_form

QUERY = "site=a%2Bb&x="


@pytest.fixture
def gateway(database: Database, keyring: KeyRing, clock: FakeClock, tmp_path: Path) -> Gateway:
    return Gateway(make_settings(tmp_path), database, keyring, clock)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param("", id="empty"),
        pytest.param("AAAAAAAAAAAAAAAAAAAAAAAAAAA=", id="wrong"),
        pytest.param("not base64 ÿ", id="no ASCII"),
        pytest.param("x" * 5000, id="very long"),
    ],
)
@pytest.mark.parametrize("path", [MESSAGE, STATUS])
def test_a_forged_signature_leaves_only_a_counter(
    gateway: Gateway, path: str, signature: str
) -> None:
    answer = gateway.client.post(
        path,
        data=sms_form("hello"),
        headers={"X-Twilio-Signature": signature.encode("latin-1")},
    )

    assert answer.status_code == 403
    assert gateway.written() == {"counters": 1}
    assert gateway.counter("webhook.bad_signature") == 1


@pytest.mark.parametrize("path", [MESSAGE, STATUS])
def test_a_missing_signature_leaves_only_a_counter(gateway: Gateway, path: str) -> None:
    assert gateway.client.post(path, data=sms_form("hello")).status_code == 403
    assert gateway.client.post(path, data=sms_form("hello")).status_code == 403
    assert gateway.written() == {"counters": 1}
    assert gateway.counter("webhook.bad_signature") == 2


def test_the_refusal_does_not_say_what_was_expected(gateway: Gateway) -> None:
    form = sms_form("my secret")
    answer = gateway.post(form, token="other")

    assert answer.status_code == 403
    assert sign("other", PUBLIC + MESSAGE, form) not in answer.text
    assert "my secret" not in answer.text


def test_the_token_before_the_present_one_still_signs(gateway: Gateway) -> None:
    assert gateway.post(sms_form("hello"), token=OLD_TOKEN).status_code == 200
    assert gateway.texts() == ["hello"]


def test_the_caller_does_not_choose_how_it_is_signed(gateway: Gateway) -> None:
    chosen = {"X-Twilio-Webhooks-Signature-Settings": "key=x,algorithm=HMAC_SHA256"}

    assert gateway.post(sms_form("hello"), headers=chosen).status_code == 200
    assert gateway.post(sms_form("hello"), headers=chosen, token="other").status_code == 403


@pytest.mark.parametrize("field", ["Body", "From", "To", "MessageSid", "NewField"])
def test_a_changed_or_added_field_is_refused(gateway: Gateway, field: str) -> None:
    form = sms_form("hello")
    signature = sign(TOKEN, PUBLIC + MESSAGE, form)

    answer = gateway.client.post(
        MESSAGE, data=form | {field: "x"}, headers={"X-Twilio-Signature": signature}
    )

    assert answer.status_code == 403


def test_a_signature_of_one_webhook_does_not_fit_the_other(gateway: Gateway) -> None:
    form = sms_form("hello") | {"MessageStatus": "delivered"}

    assert gateway.post(form, STATUS, signed_url=PUBLIC + MESSAGE).status_code == 403


@pytest.mark.parametrize(
    "host",
    ["evil.example", "gw.example.org:8443", "gw.example.org/webhooks/twilio/status?", "["],
)
def test_the_host_header_means_nothing(gateway: Gateway, host: str) -> None:
    assert gateway.post(sms_form("hello"), headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "signed_url"),
    [
        pytest.param({"Host": "evil.example"}, f"https://evil.example{MESSAGE}", id="host"),
        pytest.param(
            {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
            f"https://evil.example{MESSAGE}",
            id="forwarded host",
        ),
        pytest.param({}, f"http://127.0.0.1:8080{MESSAGE}", id="address behind the proxy"),
        pytest.param({}, f"http://gw.example.org{MESSAGE}", id="other scheme"),
        pytest.param(
            {"Host": "gw.example.org/webhooks/twilio/status?"},
            f"{PUBLIC}{STATUS}?{MESSAGE}",
            id="path in the host",
        ),
    ],
)
def test_only_the_public_address_is_signed_for(
    gateway: Gateway, headers: dict[str, str], signed_url: str
) -> None:
    answer = gateway.post(sms_form("hello"), headers=headers, signed_url=signed_url)

    assert answer.status_code == 403
    assert gateway.inbox() == []


def test_the_default_port_may_be_signed_for(gateway: Gateway) -> None:
    answer = gateway.post(sms_form("hello"), signed_url=f"{PUBLIC}:443{MESSAGE}")

    assert answer.status_code == 200


def test_the_query_is_part_of_what_is_signed(gateway: Gateway) -> None:
    right = f"{PUBLIC}{MESSAGE}?{QUERY}"

    assert gateway.post(sms_form("a"), query=QUERY).status_code == 200
    assert gateway.post(sms_form("b"), signed_url=right).status_code == 403
    assert gateway.post(sms_form("c"), query="site=a%20b&x=", signed_url=right).status_code == 403
    assert gateway.post(sms_form("d"), query=QUERY, signed_url=PUBLIC + MESSAGE).status_code == 403
    assert gateway.texts() == ["a"]


def test_a_hash_of_the_body_in_the_query_does_not_stand_in_for_the_form(gateway: Gateway) -> None:
    form = sms_form("hello")
    query = "bodySHA256=" + "0" * 64
    without_form = sign(TOKEN, f"{PUBLIC}{MESSAGE}?{query}", {})

    answer = gateway.client.post(
        f"{MESSAGE}?{query}", data=form, headers={"X-Twilio-Signature": without_form}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("path", [MESSAGE, STATUS])
def test_another_account_is_refused(gateway: Gateway, path: str) -> None:
    form = sms_form("hello", AccountSid="AC" + "f" * 32, MessageStatus="delivered")

    assert gateway.post(form, path).status_code == 403
    assert gateway.written() == {"counters": 1}
    assert gateway.counter("webhook.other_account") == 1


@pytest.mark.parametrize(
    "sid",
    [
        pytest.param("", id="empty"),
        pytest.param("SM123", id="short"),
        pytest.param("SM" + "g" * 32, id="no hexadecimal digits"),
        pytest.param(ACCOUNT, id="of an account"),
        pytest.param(new_sid() + "0", id="long"),
        pytest.param(new_sid() + "\n", id="with a line end"),
        pytest.param(" " + new_sid(), id="with a space"),
    ],
)
@pytest.mark.parametrize("path", [MESSAGE, STATUS])
def test_an_id_that_is_none_is_refused(gateway: Gateway, path: str, sid: str) -> None:
    form = sms_form("hello", MessageSid=sid, MessageStatus="delivered")

    assert gateway.post(form, path).status_code == 403
    assert gateway.written() == {"counters": 1}
    assert gateway.counter("webhook.malformed") == 1


@pytest.mark.parametrize("missing", ["MessageSid", "AccountSid", "From", "To"])
def test_a_message_without_a_field_it_must_have_is_refused(gateway: Gateway, missing: str) -> None:
    form = sms_form("hello")
    del form[missing]

    assert gateway.post(form).status_code == 403
    assert gateway.written() == {"counters": 1}


def test_fields_cannot_be_reshaped_under_the_same_signature(gateway: Gateway) -> None:
    # The signature has no marks between names and values, so these two are signed alike.
    form = sms_form("hello")
    reshaped = {name: value for name, value in form.items() if name != "MessageSid"}
    reshaped["Message"] = "Sid" + form["MessageSid"]
    assert sign("t", PUBLIC, form) == sign("t", PUBLIC, reshaped)

    assert gateway.post(reshaped).status_code == 403
    assert gateway.inbox() == []


def test_a_status_form_is_no_message(gateway: Gateway) -> None:
    form = status_form(new_sid(), "delivered")
    del form["From"]

    assert gateway.post(form).status_code == 403


@pytest.fixture
def by_shared_key(
    database: Database, keyring: KeyRing, clock: FakeClock, tmp_path: Path
) -> Gateway:
    keys = {"twilio_signature": "shared_key", "twilio_shared_keys": ("new key", "old key")}
    return Gateway(make_settings(tmp_path, **keys), database, keyring, clock)


@pytest.mark.parametrize(
    ("key", "algorithm", "status"),
    [
        pytest.param("new key", "sha256", 200, id="the key"),
        pytest.param("old key", "sha256", 200, id="the key before it"),
        pytest.param("new key", "sha1", 403, id="the key, by the weaker algorithm"),
        pytest.param(TOKEN, "sha256", 403, id="the auth token"),
        pytest.param(TOKEN, "sha1", 403, id="the auth token, as it signs"),
    ],
)
def test_where_shared_keys_are_configured_they_alone_sign(
    by_shared_key: Gateway, key: str, algorithm: str, status: int
) -> None:
    form = sms_form("hello")
    headers = {"X-Twilio-Signature": sign(key, PUBLIC + MESSAGE, form, algorithm)}
    assert by_shared_key.client.post(MESSAGE, data=form, headers=headers).status_code == status


def test_where_auth_tokens_are_configured_sha256_is_refused(gateway: Gateway) -> None:
    form = sms_form("hello")
    headers = {"X-Twilio-Signature": sign(TOKEN, PUBLIC + MESSAGE, form, "sha256")}
    assert gateway.client.post(MESSAGE, data=form, headers=headers).status_code == 403
