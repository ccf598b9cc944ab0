"""Ports for servers of tests that are killed and started again under the same one."""

from __future__ import annotations

import random
import socket
from pathlib import Path
from typing import Final

_LOWEST: Final = 20_000
_GIVEN: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL: Final = 32_768
_TRIES: Final = 100


def free_port() -> int:
    """Return a port that nobody has, and that the system gives to no connection by itself.

    One that the system gave could be the near end of somebody's connection while the server is
    away, and its next start would fail.
    """
    highest = int(_GIVEN.read_text().split()[0]) if _GIVEN.exists() else _USUAL
    dice = random.SystemRandom()
    for _ in range(_TRIES):
        port = dice.randrange(_LOWEST, max(highest, _LOWEST + 1_000))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"None of {_TRIES} ports from {_LOWEST} to {highest} is free.")
