"""Passwords: what is asked of a new one, and how one is kept and compared."""

from __future__ import annotations

import threading
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12
LONGEST: Final = 256
"""Characters; a longer one would only keep the machine busy."""

# OWASP asks for 46 MiB with one pass at least; here with one more. A sign-in then takes about a
# tenth of a second.
_MEMORY_KIB: Final = 47_104
_PASSES: Final = 2
_AT_ONCE: Final = 2
"""So many are computed at the same time: others wait, or the memory of a small machine is full."""


class Hasher:
    """Keeps and compares passwords by argon2id. Threads may share it."""

    def __init__(self, memory_kib: int = _MEMORY_KIB, passes: int = _PASSES) -> None:
        """Take the parameters; tests take small ones."""
        self._argon2 = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=1, type=Type.ID
        )
        self._turns = threading.Semaphore(_AT_ONCE)
        self._of_nobody: str | None = None

    def hash(self, password: str) -> str:
        """Return what is kept of a password: parameters, salt and hash in one text."""
        with self._turns:
            return self._argon2.hash(password)

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was kept.

        Without a kept one the same work is done, so that the time tells nobody who has an account.
        """
        return self._compare(kept or self._nobodys(), password) and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether a password was kept with other parameters than those of now."""
        return self._argon2.check_needs_rehash(kept)

    def _compare(self, kept: str, password: str) -> bool:
        if len(password) > LONGEST:
            return False
        with self._turns:
            try:
                return self._argon2.verify(kept, password)
            except (VerificationError, InvalidHashError):
                return False

    def _nobodys(self) -> str:
        if self._of_nobody is None:
            self._of_nobody = self.hash("nobody has this password")
        return self._of_nobody
