"""What everything done to a case works with, handed in from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from safar.cases.plan import Plan
from safar.store.crypto import KeyRing


@dataclass(frozen=True)
class Office:
    """The surroundings of cases.

    Attributes:
        keyring: Encrypts, decrypts and seals.
        plan: Desks, risks and timers.
        clock: Gives the time, UTC.
        choose: Returns one sign of those given, each as likely; `secrets.choice` outside tests.
    """

    keyring: KeyRing = field(repr=False)
    plan: Plan = field(repr=False)
    clock: Callable[[], datetime]
    choose: Callable[[str], str]
