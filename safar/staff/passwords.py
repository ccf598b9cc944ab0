"""Passwords: what is asked of a new one, and how one is kept and compared."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from safar.staff.errors import StaffRefusedError

SHORTEST: Final = 12
LONGEST: Final = 256
"""Characters; a longer one would only keep the machine busy."""

# OWASP asks for 46 MiB with one pass at least; here with one more. A sign-in then takes about a
# tenth of a second.
_MEMORY_KIB: Final = 47_104
_PASSES: Final = 2
_AT_ONCE: Final = 2
"""So many are computed at the same time: others wait, or the memory of a small machine is full."""

_WAITING: Final = 8
"""So many wait at most: more would keep every thread of the gateway from its webhooks."""
_FEWEST_SIGNS: Final = 5
"""Different signs that must be left once what is obvious was taken out."""
_SHORT: Final = 2
_PART: Final = re.compile(r"[\W_]+")
_OBVIOUS: Final = frozenset(
    "safar password passwort contraseña senha parola admin administrator welcome letmein login"
    " console consular consulate embassy mission desk officer supervisor secret changeme qwerty"
    " qwertz azerty asdf zxcv 123456789 12345678 1234567 123456 12345 1234 987654321 54321"
    " iloveyou monkey dragon football".split()
)


class Hasher:
    """Keeps and compares passwords by argon2id. Threads may share it."""

    def __init__(self, memory_kib: int = _MEMORY_KIB, passes: int = _PASSES) -> None:
        """Take the parameters; tests take small ones."""
        self._argon2 = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=1, type=Type.ID
        )
        self._turns = threading.Semaphore(_AT_ONCE)
        self._places = threading.Semaphore(_AT_ONCE + _WAITING)
        self._of_nobody: str | None = None

    def hash(self, password: str) -> str:
        """Return what is kept of a password: parameters, salt and hash in one text.

        Raises:
            StaffRefusedError: Too many wait already.
        """
        with self._turn():
            return self._argon2.hash(normal(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was kept.

        Without a kept one the same work is done, so that the time tells nobody who has an account.

        Raises:
            StaffRefusedError: Too many wait already.
        """
        return self._compare(kept or self._nobodys(), password) and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether a password was kept with other parameters than those of now."""
        return self._argon2.check_needs_rehash(kept)

    def _compare(self, kept: str, password: str) -> bool:
        if len(password) > LONGEST:
            return False
        with self._turn():
            try:
                return self._argon2.verify(kept, normal(password))
            except (VerificationError, InvalidHashError):
                return False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise StaffRefusedError(
                "busy", "Many people sign in at this moment. Try again in a minute."
            )
        try:
            with self._turns:
                yield
        finally:
            self._places.release()

    def _nobodys(self) -> str:
        if self._of_nobody is None:
            self._of_nobody = self.hash("nobody has this password")
        return self._of_nobody


def check(password: str, *personal: str) -> str:
    """Return a new password as it is kept, if it will do.

    Length counts, as NIST SP 800-63B has it; no kinds of signs are asked for. What is refused is
    what everybody would try first.

    Args:
        password: As it was typed.
        personal: Name and e-mail address of whoever chose it.

    Raises:
        StaffRefusedError: It is too short, too long or too easily guessed.
    """
    password = normal(password)
    if len(password) < SHORTEST:
        raise StaffRefusedError(
            "password",
            "This password is too short. Take at least 12 characters; four or five words that have"
            " nothing to do with each other are good.",
        )
    if len(password) > LONGEST:
        raise StaffRefusedError(
            "password", "This password is too long. Take at most 256 characters."
        )
    if _is_obvious(password, personal):
        raise StaffRefusedError(
            "password",
            "This password is easily guessed. Take one without your name, your address, Safar, or"
            " rows of letters and digits.",
        )
    return password


def normal(password: str) -> str:
    """Write a password in one way, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password)


def _is_obvious(password: str, personal: tuple[str, ...]) -> bool:
    left = password.casefold()
    own = {part for text in personal for part in _PART.split(text.casefold()) if len(part) > _SHORT}
    for word in sorted({*_OBVIOUS, *own}, key=len, reverse=True):
        left = left.replace(word, "")
    left = _PART.sub("", left)
    return len(set(left)) < _FEWEST_SIGNS or _steps(left)


def _steps(text: str) -> bool:
    """Whether each sign follows the one before: 456789, zyxwvu."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1 and steps <= {-1, 0, 1}
