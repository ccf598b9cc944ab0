"""Calls that are too large or of the wrong kind, a store that cannot be used, and the routes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import event

from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from tests.clock import FakeClock
from tests.gateway.web_gateway import FORM, MESSAGE, PUBLIC, STATUS, Gateway, make_settings
from tests.peers.twilio_webhooks import TOKEN, new_sid, sign, sms_form, status_form

LIMIT = 131_072
TWILIO = {("POST", MESSAGE), ("POST", STATUS)}
HEALTH = {("GET", "/healthz")}


@pytest.fixture
def gateway(database: Database, keyring: KeyRing, clock: FakeClock, tmp_path: Path) -> Gateway:
    return Gateway(make_settings(tmp_path), database, keyring, clock)


@pytest.mark.parametrize("path", [MESSAGE, STATUS])
def test_a_body_over_the_limit_is_refused(gateway: Gateway, path: str) -> None:
    form = sms_form("x" * LIMIT, MessageStatus="delivered")

    assert gateway.post(form, path).status_code == 413
    assert gateway.written() == {}


def test_a_body_of_exactly_the_limit_is_read(gateway: Gateway) -> None:
    form = sms_form("")
    form["Padding"] = "x" * (LIMIT - len(urlencode(form)) - len("&Padding="))
    assert len(urlencode(form)) == LIMIT

    assert gateway.post(form).status_code == 200


def test_a_body_without_a_length_is_read_no_further_than_the_limit(gateway: Gateway) -> None:
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        while given < 100 * LIMIT:
            given += 10_000
            yield b"x" * 10_000

    answer = gateway.client.post(MESSAGE, content=endless(), headers={"Content-Type": FORM})

    assert answer.status_code == 413
    assert gateway.written() == {}


@pytest.mark.parametrize("number", [201, 1000, 20_000])
def test_a_form_of_very_many_fields_is_refused(gateway: Gateway, number: int) -> None:
    form = sms_form("x")
    many = "&".join(["a=b"] * number)

    answer = gateway.post(form, content=many.encode())

    assert answer.status_code == 400
    assert gateway.written() == {}


@pytest.mark.parametrize(
    "content_type",
    [
        pytest.param("application/json", id="JSON"),
        pytest.param("multipart/form-data; boundary=x", id="multipart"),
        pytest.param("text/plain", id="plain text"),
        pytest.param("", id="none"),
        pytest.param(f"x{FORM}", id="almost a form"),
    ],
)
def test_another_kind_of_body_is_refused(gateway: Gateway, content_type: str) -> None:
    form = sms_form("hello")

    for content in (None, json.dumps(form).encode()):
        answer = gateway.post(form, content=content, headers={"Content-Type": content_type})
        assert answer.status_code == 415
    assert gateway.written() == {}


def test_a_form_may_name_its_character_set(gateway: Gateway) -> None:
    headers = {"Content-Type": f"{FORM.upper()}; charset=UTF-8"}

    assert gateway.post(sms_form("hello"), headers=headers).status_code == 200


@pytest.mark.parametrize("path", [MESSAGE, STATUS])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_only_post_is_a_webhook(gateway: Gateway, method: str, path: str) -> None:
    query = urlencode(sms_form("hello"))
    signature = sign(TOKEN, f"{PUBLIC}{path}?{query}", {})

    for headers in ({}, {"X-Twilio-Signature": signature}):
        answer = gateway.client.request(method, f"{path}?{query}", headers=headers)
        assert answer.status_code == 405
    assert gateway.written() == {}


def test_a_locked_store_asks_to_be_called_again(
    keyring: KeyRing, clock: FakeClock, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/safar.db"
    other, impatient = open_database(url), open_database(url, busy_timeout_ms=30)
    gateway = Gateway(make_settings(tmp_path), impatient, keyring, clock)
    form, status = sms_form("hello"), status_form(new_sid(), "delivered")

    with other.write():
        for path, call in ((MESSAGE, form), (STATUS, status)):
            answer = gateway.post(call, path)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")

    assert gateway.post(form).status_code == 200
    assert gateway.texts() == ["hello"]
    other.close()
    impatient.close()


def test_a_full_disk_asks_to_be_called_again(gateway: Gateway) -> None:
    engine = gateway.database.engine
    form = sms_form("x" * 10_000)

    def fill(connection: object, record: object, proxy: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages}")

    event.listen(engine, "checkout", fill)
    answer = gateway.post(form)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert gateway.written() == {}

    event.remove(engine, "checkout", fill)
    engine.dispose()
    assert gateway.post(form).status_code == 200
    assert gateway.texts() == ["x" * 10_000]


def test_health_is_good_while_the_store_can_be_read(gateway: Gateway) -> None:
    assert gateway.client.get("/healthz").json() == {"status": "ok"}


def test_health_is_bad_when_the_store_is_damaged(gateway: Gateway, tmp_path: Path) -> None:
    gateway.database.engine.dispose()
    for file in tmp_path.glob("safar.db*"):
        file.write_bytes(b"this is no database " * 500)

    answer = gateway.client.get("/healthz")

    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, TWILIO | HEALTH, id="Twilio"),
        pytest.param({"twilio_account_sid": ""}, HEALTH, id="no account"),
        pytest.param({"twilio_auth_tokens": ()}, HEALTH, id="no token to check with"),
        pytest.param({"public_base_url": ""}, HEALTH, id="no public address"),
        pytest.param(
            {"twilio_account_sid": "", "simulator": True},
            HEALTH
            | {
                ("GET", "/simulator"),
                ("GET", "/simulator/"),
                ("GET", "/simulator/static/phone.css"),
                ("GET", "/simulator/static/phone.js"),
                ("GET", "/simulator/api/messages"),
                ("POST", "/simulator/api/messages"),
            },
            id="simulator",
        ),
    ],
)
def test_nothing_is_there_but_what_is_configured(
    database: Database,
    keyring: KeyRing,
    clock: FakeClock,
    tmp_path: Path,
    changes: dict[str, object],
    expected: set[tuple[str, str]],
) -> None:
    gateway = Gateway(make_settings(tmp_path, **changes), database, keyring, clock)
    every_path = {
        *(path for _, path in TWILIO | HEALTH | expected),
        *("/", "/docs", "/redoc", "/openapi.json", "/metrics", "/static/phone.js", "/simulator"),
        *("/simulator/", "/simulator/api/messages", "/simulator/static/phone.js"),
        *("/simulator/static/..%2fphone.js", "/simulator/static/index.html", f"{MESSAGE}/"),
        *("/webhooks/rest/webhook", "/conversations/x/messages", "/webhooks/simulator/message"),
    }

    found = {
        (method, path)
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH")
        for path in every_path
        if gateway.client.request(method, path, follow_redirects=False).status_code
        not in {404, 405, 422 if path.startswith("/simulator/static") else 404}
    }

    assert found == expected


def test_every_answer_says_not_to_keep_or_guess(gateway: Gateway) -> None:
    for answer in (
        gateway.post(sms_form("hello")),
        gateway.client.post(MESSAGE, data=sms_form("forged")),
        gateway.client.get("/nowhere"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
