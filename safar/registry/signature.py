"""Who stands behind a published registry: its manifest beside it, signed with Ed25519.

A version is a folder of three files: `registry.db`, `manifest.json` with the registry's SHA-256 in
it, and `manifest.sig`, the signature over the manifest's bytes in base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from safar.registry.errors import RegistryUnsignedError

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
_CHUNK: Final = 1 << 20
_KEY_BYTES: Final = 32


def check_signature(registry: Path, public_key: str) -> None:
    """Check that the file `registry` is what the owner of a key has signed.

    Args:
        registry: the file itself, no link.
        public_key: 32 bytes in base64.

    Raises:
        RegistryUnsignedError: it is not, or the key is no key.
    """

    def refuse(detail: str) -> RegistryUnsignedError:
        return RegistryUnsignedError(registry, detail)

    try:
        key = Ed25519PublicKey.from_public_bytes(raw_key(public_key))
    except ValueError as error:
        raise refuse("SAFAR_CONTENT_PUBLIC_KEY is no key of `safar content keys`") from error
    try:
        manifest = registry.with_name(MANIFEST).read_bytes()
        signature = base64.b64decode(registry.with_name(SIGNATURE).read_bytes(), validate=False)
    except (OSError, binascii.Error) as error:
        raise refuse("it has no signature beside it") from error
    try:
        key.verify(signature, manifest)
    except InvalidSignature as error:
        raise refuse("its signature is not of the configured key") from error
    try:
        expected = json.loads(manifest)["registry_sha256"]
    except (ValueError, LookupError, TypeError) as error:
        raise refuse("its manifest cannot be read") from error
    try:
        found = file_sha256(registry)
    except OSError as error:
        raise refuse(f"it cannot be read ({error.strerror})") from error
    if expected != found:
        raise refuse("it is not the file that was signed")


def raw_key(text: str) -> bytes:
    """Return the bytes of a key in base64.

    Raises:
        ValueError: it is no base64 of 32 bytes.
    """
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    if len(raw) != _KEY_BYTES:
        raise ValueError(f"{len(raw)} bytes, not {_KEY_BYTES}")
    return raw


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
