"""Fetches a picture or a recording from a provider, and from nowhere else.

The address comes in with a message, so it is hostile: it must be one of the provider's own, its
name must lead to a public address, and that very address is connected to (else a name could lead
elsewhere a moment later). Messages only note what came along; nothing is fetched by itself.
See OWASP, server-side request forgery prevention.
"""

# ruff: noqa: PLR0913, PLR0917 - what a fetch hangs on is handed in, one argument each.

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import httpx
import regex

Resolve = Callable[[str], Sequence[str]]
_HTTPS = 443
_REDIRECTS = range(300, 400)
_OK = 200
# What a file is says its beginning, never its name or what the server calls it.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)
# Ways to write an IPv4 address that a router on the way may lead anywhere (NAT64, "compatible"
# ones), and what was meant for single sites.
_NEVER = tuple(
    ipaddress.IPv6Network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "fec0::/10")
)
_MP4_AT, _MP4_MARK = 4, b"ftyp"
_WEBP = (b"RIFF", b"WEBP")
_WEBP_AT = 8


class MediaError(RuntimeError):
    """A file was not fetched; the code says why and holds nothing of the message."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(f"The file was not fetched ({code}).")
        self.code = code


@dataclass(frozen=True)
class MediaRules:
    """What may be fetched.

    Attributes:
        address: the whole address must match it.
        redirect_hosts: hosts that may be led to; credentials are not sent there.
        longest: bytes of a file.
        redirects: at most so many.
        seconds: for connecting and for each read.
        seconds_in_all: for the whole file, redirects and all: else one that trickles in never ends.
    """

    address: str
    redirect_hosts: frozenset[str] = frozenset()
    longest: int = 10 * 1024 * 1024
    redirects: int = 3
    seconds: float = 15.0
    seconds_in_all: float = 60.0


@dataclass(frozen=True)
class MediaFile:
    """A file as it was fetched."""

    content_type: str
    content: bytes = field(repr=False)


def resolve(host: str) -> Sequence[str]:
    """Return the addresses of a name."""
    try:
        found = socket.getaddrinfo(host, _HTTPS, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise MediaError("unresolvable") from error
    return [str(each[4][0]) for each in found]


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet, seen through every way of writing it."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in _NEVER):
            return False
        server, client = ip.teredo or (None, None)
        inside = [each for each in (ip.ipv4_mapped, ip.sixtofour, server, client) if each]
        if inside:
            return all(is_public(str(each)) for each in inside)
    return ip.is_global and not ip.is_multicast


def fetch(
    address: str,
    rules: MediaRules,
    auth: tuple[str, str],
    *,
    lookup: Resolve = resolve,
    transport: httpx.BaseTransport | None = None,
    now: Callable[[], float] = time.monotonic,
) -> MediaFile:
    """Fetch one file.

    Args:
        address: as it came with the message.
        rules: what may be fetched.
        auth: user and password, for the first host only.
        lookup: finds the addresses of a name.
        transport: carries the requests; for tests.
        now: gives seconds that only grow.

    Raises:
        MediaError: the address is none of the provider's, leads to no public place, or the file
            is too long, of no allowed kind, or cannot be had.
    """
    if not regex.fullmatch(rules.address, address):
        raise MediaError("address_refused")
    given: tuple[str, str] | None = auth
    until = now() + rules.seconds_in_all
    for _ in range(rules.redirects + 1):
        headers, content = _get(address, rules, given, lookup, transport, lambda: until - now())
        if headers is None:
            return MediaFile(_kind(content), content)
        address = urljoin(address, headers.get("location", ""))
        parts = urlsplit(address)
        if parts.scheme != "https" or parts.hostname not in rules.redirect_hosts or parts.port:
            raise MediaError("redirect_refused")
        given = None
    raise MediaError("too_many_redirects")


def _get(
    address: str,
    rules: MediaRules,
    auth: tuple[str, str] | None,
    lookup: Resolve,
    transport: httpx.BaseTransport | None,
    left: Callable[[], float],
) -> tuple[Mapping[str, str] | None, bytes]:
    """Return the headers of a redirect, or the bytes of the file."""
    host = urlsplit(address).hostname or ""
    found = lookup(host)
    if not found or not all(is_public(each) for each in found):
        raise MediaError("not_public")
    pinned = f"[{found[0]}]" if ":" in found[0] else found[0]
    url = httpx.URL(address).copy_with(host=pinned)
    content = bytearray()
    try:
        with (
            httpx.Client(
                timeout=max(0.1, min(rules.seconds, left())),
                transport=transport,
                follow_redirects=False,
                trust_env=False,
            ) as client,
            client.stream(
                "GET",
                url,
                headers={"Host": host},
                auth=auth,
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            if answer.status_code in _REDIRECTS:
                return answer.headers, b""
            if answer.status_code != _OK:
                raise MediaError(f"status_{answer.status_code}")
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > rules.longest:
                    raise MediaError("too_long")
                if left() < 0:
                    raise MediaError("too_slow")
    except httpx.HTTPError as error:
        raise MediaError("connection_failed") from error
    return None, bytes(content)


def _kind(content: bytes) -> str:
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[_MP4_AT : _MP4_AT + len(_MP4_MARK)] == _MP4_MARK:
        return "video/mp4"
    if content.startswith(_WEBP[0]) and content[_WEBP_AT:].startswith(_WEBP[1]):
        return "image/webp"
    raise MediaError("kind_refused")
