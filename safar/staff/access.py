"""What everything about accounts works with, handed in from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from safar.staff.passwords import Hasher
from safar.store.crypto import KeyRing

_SIGNS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_LENGTH: Final = 43
"""Of 64 signs: 258 bits."""


@dataclass(frozen=True)
class Access:
    """The surroundings of accounts.

    Attributes:
        keyring: Encrypts, decrypts and seals.
        clock: Gives the time, UTC.
        choose: Returns one sign of those given, each as likely; `secrets.choice` outside tests.
        hasher: Of passwords.
    """

    keyring: KeyRing = field(repr=False)
    clock: Callable[[], datetime]
    choose: Callable[[str], str]
    hasher: Hasher = field(default_factory=Hasher)

    def token(self) -> str:
        """Return a new word that nobody can guess, fit for a cookie and an address."""
        return self.text(_SIGNS, _LENGTH)

    def text(self, signs: str, length: int) -> str:
        """Return a text of signs chosen by chance."""
        return "".join(self.choose(signs) for _ in range(length))
