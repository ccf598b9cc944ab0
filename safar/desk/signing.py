"""The key that stands under published content: made once, private where content is published."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from safar.desk.errors import PublishError
from safar.registry.signature import raw_key


@dataclass(frozen=True)
class Keys:
    """A pair of Ed25519 keys, each 32 bytes in base64."""

    signing: str
    public: str


def new_keys() -> Keys:
    """Make a pair from the machine's randomness."""
    key = Ed25519PrivateKey.generate()
    raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return Keys(_text(raw), _text(_public(key)))


def public_of(signing_key: str) -> str:
    """Return the public half of a signing key.

    Raises:
        PublishError: it is no key.
    """
    return _text(_public(_private(signing_key)))


def sign(data: bytes, signing_key: str) -> str:
    """Return the signature of `data`, in base64.

    Raises:
        PublishError: the key is no key.
    """
    return _text(_private(signing_key).sign(data))


def _private(signing_key: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(raw_key(signing_key))
    except ValueError as error:
        raise PublishError(
            "SAFAR_CONTENT_SIGNING_KEY is no key; make one with `safar content keys`."
        ) from error


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
