"""Webhooks are called signed, once if all goes well, and nobody else in their place."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from case_house import House
from case_plan import DESKS
from notice_house import SECRET, Tellers, plan_with, settings, states
from pydantic import ValidationError

from safar.cases.notices.by_webhook import signature
from safar.cases.plan import Desk
from tests.clock import NOW
from tests.peers.hooks import Hooks, hooks, is_signed
from tests.peers.mail import silent_server


@pytest.fixture
def receiver() -> Iterator[Hooks]:
    with hooks() as made:
        yield made


@pytest.fixture
def tell(house: House, receiver: Hooks) -> Tellers:
    house.plan = plan_with(doha={"webhook": [f"{receiver.url}/cases?to=doha"]})
    house.open(danger=True)
    return Tellers(house, settings(timeout_seconds=2))


def test_a_call_says_what_happened_and_is_signed(house: House, receiver: Hooks, tell) -> None:
    assert tell.webhook() == 1
    (call,) = receiver.calls
    assert call.path == "/cases?to=doha"
    assert call.data == {
        "id": "notice-1",
        "kind": "opened",
        "case": 1,
        "desk": "doha",
        "risk": "red",
        "to": "desk",
        "at": "2026-11-23T09:30:00+00:00",
        "link": "https://safar.example.org/console/cases/1",
    }
    assert call.headers["content-type"] == "application/json"
    assert call.headers["user-agent"] == "Safar"
    assert call.headers["idempotency-key"] == "notice-1"
    assert is_signed(call, SECRET, NOW.timestamp())


def test_a_call_that_was_changed_or_is_old_is_not_signed(receiver: Hooks, tell) -> None:
    tell.webhook()
    (call,) = receiver.calls
    now = NOW.timestamp()
    assert not is_signed(replace(call, body=call.body.replace(b"red", b"low")), SECRET, now)
    assert not is_signed(call, "another secret of sixteen", now)
    assert not is_signed(call, SECRET, now + 301)


def test_the_signature_is_what_the_page_says() -> None:
    # By openssl dgst -sha256 -hmac with that secret, over 1763890200.{}
    assert signature(SECRET, NOW.fromtimestamp(1763890200, NOW.tzinfo), b"{}") == (
        "t=1763890200,v1=cffb2f3f58f91ca0e2ede29b2c7a78410137eede53b3c56a85b046233677897c"
    )


LATER = {429: "http_429", 500: "http_500", 503: "http_503", 404: "http_404", 401: "http_401"}


@pytest.mark.parametrize("status", LATER)
def test_what_did_not_work_is_tried_again_signed_anew(house, receiver, tell, status) -> None:
    receiver.answers = [(status, {})]
    assert tell.webhook() == 0
    assert states(house) == [("webhook", "ready", LATER[status])]
    tell.later(minutes=1)
    assert tell.webhook() == 1
    assert receiver.keys() == ["notice-1", "notice-1"]
    assert is_signed(receiver.calls[1], SECRET, house.clock().timestamp(), tolerance=1)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 410])
def test_nobody_else_is_called_in_its_place(house, receiver, tell, status) -> None:
    receiver.answers = [(status, {"location": f"{receiver.url}/elsewhere"})]
    assert tell.webhook() == 0
    assert states(house) == [("webhook", "failed", f"http_{status}")]
    tell.later(days=1)
    assert tell.webhook() == 0
    assert len(receiver.calls) == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), ("99999999", 3600), ("-5", 30), ("soon", 30), ("٣٠٠", 30)],
)
def test_it_may_ask_for_time(house, receiver, tell, said: str, seconds: int) -> None:
    receiver.answers = [(503, {"retry-after": said.encode().decode("latin-1")})]
    tell.webhook()
    tell.later(seconds=seconds - 1)
    assert tell.webhook() == 0
    tell.later(seconds=1)
    assert tell.webhook() == 1


def test_one_that_is_slow_is_not_waited_for_for_ever(house, receiver) -> None:
    house.plan = plan_with(doha={"webhook": [receiver.url]})
    house.open()
    receiver.seconds = 0.5
    assert Tellers(house, settings(timeout_seconds=0.1)).webhook() == 0
    assert states(house) == [("webhook", "ready", "lost")]


def test_one_that_says_nothing_holds_up_no_other(house, receiver) -> None:
    with silent_server() as port:
        urls = [f"http://127.0.0.1:{port}/", receiver.url]
        house.plan = plan_with(doha={"webhook": urls})
        house.open()
        assert Tellers(house, settings(timeout_seconds=0.2)).webhook() == 1
    assert states(house) == [("webhook", "ready", "lost"), ("webhook", "sent", None)]


def test_one_that_is_away_holds_up_no_other(house, receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        away = f"http://127.0.0.1:{server.getsockname()[1]}/"
    house.plan = plan_with(doha={"webhook": [away, receiver.url]})
    house.open()
    assert Tellers(house, settings()).webhook() == 1
    assert states(house) == [("webhook", "ready", "unreached"), ("webhook", "sent", None)]


def test_without_a_secret_nobody_is_called(house, receiver, tell) -> None:
    assert Tellers(house, settings(webhook_secret="")).webhook() == 0
    assert states(house) == [("webhook", "failed", "not_set_up")]
    assert receiver.calls == []


BAD = [
    "http://hook.example.org/",
    "https://user:password@hook.example.org/",
    "https:///path",
    "https://hook.example.org/#part",
    "https://hook.example.org/a b",
    "https://hook.example.org:port/",
    "https://[::1/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "https://hook.exämple.org/",
    "https://hook.example.org/\r\nHost: other",
    "http://127.0.0.1.example.org/",
    "http://localhost.example.org/",
    "",
]
BAD_MAIL = [
    "desk",
    "desk@",
    "a@b.example,c@d.example",
    "Desk <a@b.example>",
    "a@b.example\r\nBcc: c@d.example",
    "a@b.example\n",
    "a b@c.example",
    "ä@b.example",
    "a" * 250 + "@b.org",
]
BAD_SMS = [
    "0977123456",
    "+0123456789",
    "+977 98 0000",
    "+12",
    "+97798000000000000",
    "+9779800000\n",
]


@pytest.mark.parametrize(
    ("way", "address"),
    [
        *(("webhook", url) for url in BAD),
        *(("email", address) for address in BAD_MAIL),
        *(("sms", number) for number in BAD_SMS),
    ],
)
def test_an_address_that_must_not_be(way: str, address: str) -> None:
    with pytest.raises(ValidationError):
        Desk.model_validate({**DESKS[0], "notices": {way: [address]}})


GOOD = {
    "webhook": ["https://hook.example.org/a?b=c", "http://127.0.0.1:8000/", "http://localhost/x",
                "http://[::1]:9/"],
    "email": ["desk+cases@mission.example.org", "a.b-c_d@x.example"],
    "sms": ["+9779841234567", "+1500555"],
}  # fmt: skip


@pytest.mark.parametrize("way", GOOD)
def test_an_address_that_may_be(way: str) -> None:
    desk = Desk.model_validate({**DESKS[0], "notices": {way: GOOD[way]}})
    assert list(getattr(desk.notices, way)) == GOOD[way]
