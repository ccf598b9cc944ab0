"""Nothing is fetched but a provider's own files, from the open internet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from safar.gateway.media import MediaError, fetch, is_public
from safar.gateway.providers.twilio.media import rules_of

ACCOUNT = "AC" + "0" * 32
RULES = rules_of(ACCOUNT)
BASE = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{'1' * 32}/Media/ME"
GOOD = BASE + "2" * 32
JPEG = b"\xff\xd8\xff" + b"0" * 100
PUBLIC = "54.230.1.1"
AUTH = ("SK", "secret")


def _fetch(
    answer: Callable[[httpx.Request], httpx.Response],
    address: str = GOOD,
    found: tuple[str, ...] = (PUBLIC,),
) -> bytes:
    transport = httpx.MockTransport(answer)
    file = fetch(address, RULES, AUTH, lookup=lambda _: found, transport=transport)
    return file.content


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True),
        ("2600:9000::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("2002:a01:203::", False),
        ("64:ff9b::a01:203", False),
        ("64:ff9b::36e6:101", False),
        ("64:ff9b:1::36e6:101", False),
        ("::10.1.2.3", False),
        ("::54.230.1.1", False),
        ("fec0::1", False),
        ("2001:0:a01:203::abfe:fefe", False),
        ("2001:0:36e6:101::f5fe:fdfc", False),
        ("ff02::1", False),
        ("localhost", False),
        ("0x7f.1", False),
    ],
)
def test_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http" + GOOD[5:], id="not encrypted"),
        pytest.param(
            GOOD.replace("api.twilio.com", "api.twilio.com.evil.example"), id="other host"
        ),
        pytest.param(GOOD.replace("api.twilio.com", "api.twilio.com@evil.example"), id="user"),
        pytest.param(GOOD.replace(ACCOUNT, "AC" + "9" * 32), id="other account"),
        pytest.param(GOOD + "/../../../x", id="path upwards"),
        pytest.param(GOOD + "?x=1", id="query"),
        pytest.param(GOOD + "\n", id="line end"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("", id="empty"),
    ],
)
def test_other_addresses_are_not_even_looked_up(address: str) -> None:
    def never(_: httpx.Request) -> httpx.Response:
        raise AssertionError

    with pytest.raises(MediaError, match="address_refused"):
        _fetch(never, address)


def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == PUBLIC
        assert request.headers["host"] == "api.twilio.com"
        assert request.extensions["sni_hostname"] == "api.twilio.com"
        assert request.headers["authorization"].startswith("Basic ")
        return httpx.Response(200, content=JPEG)

    assert _fetch(answer) == JPEG


@pytest.mark.parametrize(
    "found", [("127.0.0.1",), (PUBLIC, "10.0.0.1"), ()], ids=["loopback", "one of two", "none"]
)
def test_a_name_that_leads_inside_is_refused(found: tuple[str, ...]) -> None:
    with pytest.raises(MediaError, match="not_public"):
        _fetch(lambda _: httpx.Response(200, content=JPEG), found=found)


@pytest.mark.parametrize(
    "target",
    [
        "http://mms.twiliocdn.com/x",
        "https://evil.example/x",
        "https://mms.twiliocdn.com:8443/x",
        "//169.254.169.254/latest",
        "",
    ],
)
def test_redirects_lead_only_to_known_hosts(target: str) -> None:
    with pytest.raises(MediaError, match="redirect_refused"):
        _fetch(lambda _: httpx.Response(302, headers={"Location": target}))


def test_credentials_stay_with_the_first_host() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["host"] == "api.twilio.com":
            return httpx.Response(302, headers={"Location": "https://mms.twiliocdn.com/x"})
        assert "authorization" not in request.headers
        return httpx.Response(200, content=JPEG)

    assert _fetch(answer) == JPEG


def test_a_ring_of_redirects_ends() -> None:
    back = {"Location": "https://mms.twiliocdn.com/x"}
    with pytest.raises(MediaError, match="too_many_redirects"):
        _fetch(lambda _: httpx.Response(302, headers=back))


def test_a_file_without_end_is_cut_off() -> None:
    with pytest.raises(MediaError, match="too_long"):
        _fetch(lambda _: httpx.Response(200, content=JPEG + b"0" * RULES.longest))


@pytest.mark.parametrize("content", [b"<html>", b"MZ\x90", b"", b"<svg onload=x>"])
def test_what_a_file_is_says_its_beginning(content: bytes) -> None:
    named = {"Content-Type": "image/jpeg"}
    with pytest.raises(MediaError, match="kind_refused"):
        _fetch(lambda _: httpx.Response(200, content=content, headers=named))


def test_a_file_that_trickles_in_is_given_up() -> None:
    seconds = iter(range(0, 10_000, 5))

    def trickle() -> Iterator[bytes]:
        yield JPEG
        while True:
            yield b"0"

    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=trickle()))
    with pytest.raises(MediaError, match="too_slow"):
        fetch(
            GOOD,
            RULES,
            AUTH,
            lookup=lambda _: (PUBLIC,),
            transport=transport,
            now=lambda: float(next(seconds)),
        )
