"""Where notices may go: what an address must look like, and whose are those of a notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, StringConstraints

from safar.cases.notices.settings import is_loopback

WAYS: Final = ("email", "sms", "webhook")

# ASCII, one at sign, nothing that could end a header or begin a second address.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_LONGEST: Final = 254


class Target(NamedTuple):
    """One address of staff, and the way to it. It is nobody's who writes to Safar."""

    way: str
    address: str


def _an_email(text: str) -> str:
    if not _EMAIL.fullmatch(text) or len(text) > _LONGEST:
        raise ValueError(f'"{text}" is no e-mail address; write one such as desk@example.org')
    return text


def _a_webhook(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host or ""))
    plain = text.isascii() and text.isprintable() and " " not in text
    if not host or not secure or not plain or parts.username is not None or parts.fragment:
        raise ValueError(
            f'"{text}" is no address for a webhook; write one with https://, without a name and'
            " password in it"
        )
    return text


Email = Annotated[str, AfterValidator(_an_email)]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
Webhook = Annotated[str, AfterValidator(_a_webhook)]


def targets(notices: object) -> Iterator[Target]:
    """Yield the addresses in a desk's ``notices`` or ``supervisor_notices``, each once."""
    for way in WAYS:
        for address in dict.fromkeys(getattr(notices, way)):
            yield Target(way, address)
