"""Encryption of personal fields and keyed digests for looking them up."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from safar.store.errors import CryptoError

MIN_HASH_KEY = 32
"""Fewest characters of a hash key: phone numbers are few enough to be guessed by trying all."""

_PHONE_MARKS = re.compile(r"[\s().\-\u00a0\u2010-\u2015]")
_PHONE = re.compile(r"\+?[0-9]{2,20}")
_PREFIX = re.compile(r"[a-z]+:")


class KeyRing:
    """Fernet keys, newest first: the first one encrypts, all of them decrypt.

    The hash key is apart from them, since a new one would make every known address a stranger.
    Neither shows in the repr.
    """

    def __init__(self, keys: Sequence[str], hash_key: str) -> None:
        """Take the keys as `generate` makes them.

        Raises:
            CryptoError: No key is given, one is no Fernet key, or the hash key is too short.
        """
        if not keys:
            raise CryptoError(
                "No encryption key is set, so nothing can be stored. Make one with"
                " `safar init` and set SAFAR_KEYS."
            )
        fernets = []
        for place, key in enumerate(keys, start=1):
            try:
                fernets.append(Fernet(key))
            except (ValueError, TypeError):
                # The cause is left out of the chain on purpose: it could show the key.
                raise CryptoError(
                    f"Encryption key number {place} of {len(keys)} is not a Fernet key (44"
                    " characters of URL-safe base64). Make one with `safar init`."
                ) from None
        if len(hash_key) < MIN_HASH_KEY:
            raise CryptoError(
                f"The hash key has {len(hash_key)} characters and needs at least {MIN_HASH_KEY}."
                " Make one with `safar init` and set SAFAR_HASH_KEY."
            )
        self._fernets = tuple(fernets)
        self._fernet = MultiFernet(fernets)
        self._hash_key = hash_key.encode()

    def __repr__(self) -> str:
        """Show no key."""
        return "KeyRing(…)"

    @staticmethod
    def generate() -> str:
        """Make a new random key, fit for encryption and as hash key."""
        return Fernet.generate_key().decode("ascii")

    def encrypt(self, text: str) -> str:
        """Encrypt a text with the newest key; the same text gives another token each time."""
        # "surrogatepass": a provider may hand on half an emoji, which must not cost the message.
        return self._fernet.encrypt(text.encode("utf-8", "surrogatepass")).decode("ascii")

    def decrypt(self, token: str) -> str:
        """Decrypt a token made with any key of the ring; of an erased text nothing is left.

        Raises:
            CryptoError: No key of the ring opens it.
        """
        if not token:
            return ""
        try:
            return self._fernet.decrypt(token.encode()).decode("utf-8", "surrogatepass")
        except (InvalidToken, UnicodeError):
            raise CryptoError(
                "A stored text cannot be decrypted with the keys in SAFAR_KEYS. Add the key it"
                " was written with at the end of the list."
            ) from None

    def rotate(self, token: str) -> str:
        """Encrypt a token anew with the newest key.

        Raises:
            CryptoError: No key of the ring opens it.
        """
        return self.encrypt(self.decrypt(token))

    def place_of(self, token: str) -> int | None:
        """Return which key made a token: 0 is the newest, None is none of the ring."""
        raw = token.encode()
        for place, fernet in enumerate(self._fernets):
            try:
                fernet.decrypt(raw)
            except InvalidToken:
                continue
            return place
        return None

    def digest(self, kind: str, value: str) -> str:
        """Make the keyed digest by which an address is found again.

        Args:
            kind: What the value is: ``phone``, ``whatsapp``, ``simulator``. Equal values of
                two kinds have different digests.
            value: The address; ``whatsapp:+977 98-0`` and ``+977980`` are the same.

        Returns:
            64 hexadecimal digits (HMAC-SHA256).
        """
        message = f"{kind}\0{normalise(value)}".encode("utf-8", "surrogatepass")
        return hmac.new(self._hash_key, message, hashlib.sha256).hexdigest()

    def seal(self, purpose: str, text: str) -> str:
        """Make the keyed hash of a text just as it is: whoever has no key cannot make another.

        Args:
            purpose: What it is for. Equal texts for two purposes have different seals.
            text: Every sign of it counts, unlike in `digest`.
        """
        message = f"seal\0{purpose}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self._hash_key, message, hashlib.sha256).hexdigest()


def normalise(value: str) -> str:
    """Write an address in one way, so that the same person is not met as two.

    A prefix such as ``whatsapp:`` goes, and so do the spaces, dashes and brackets of a phone
    number. Anything else (alphanumeric senders, user ids) keeps its letters and their case.
    """
    bare = unicodedata.normalize("NFC", value.strip())
    prefix = _PREFIX.match(bare)
    if prefix:
        bare = bare[prefix.end() :].strip()
    phone = _PHONE_MARKS.sub("", bare)
    return phone if _PHONE.fullmatch(phone) else bare
