"""Staff with accounts, over a store with desks; short words for what everybody does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyotp
from case_house import House as CaseHouse
from sqlalchemy import select

from safar.cases import directory
from safar.staff import accounts, invitations, signing_in
from safar.staff.access import Access
from safar.staff.accounts import Account
from safar.staff.invitations import Wanted
from safar.staff.passwords import Hasher
from safar.staff.record import OPERATOR
from safar.staff.signing_in import Answer
from safar.store.case_tables import audit
from safar.store.database import Database
from tests.clock import FakeClock

GOOD = "quiet lemon ladder sunrise"
ANN, BEN = "ann@example.org", "ben@example.org"
HERE = "192.0.2.7"


class CountingHasher(Hasher):
    """Argon2 with little work, which remembers how often it was asked to compare."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, passes=1)
        self.compared: list[bool] = []

    def _compare(self, kept: str, password: str) -> bool:
        found = super()._compare(kept, password)
        self.compared.append(found)
        return found


@dataclass
class StaffOffice:
    """Everything in one place; each call is a transaction of its own."""

    cases: CaseHouse
    hasher: CountingHasher = field(default_factory=CountingHasher)
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.cases.database

    @property
    def clock(self) -> FakeClock:
        return self.cases.clock

    @property
    def access(self) -> Access:
        return Access(self.cases.keyring, self.clock, self.cases.rng.choice, self.hasher)

    def invite(self, email: str = ANN, role: Any = "officer", desk: str = "doha") -> str:
        """Invite somebody; return the token of the invitation."""
        with self.database.write() as tx:
            staff_id = directory.add_staff(tx, self.cases.office, "Ann", desk, role)
            return invitations.invite(tx, self.access, staff_id, email, OPERATOR)

    def secret_of(self, token: str) -> str:
        with self.database.read() as tx:
            return invitations.find(tx, self.access, token)[1]

    def code(self, email: str = ANN) -> str:
        """What the authenticator of somebody shows now."""
        return pyotp.TOTP(self.secrets[email]).at(self.clock())

    def accept(self, token: str, email: str = ANN, **changes: str) -> list[str]:
        """Accept an invitation; return the recovery codes."""
        self.secrets[email] = self.secret_of(token)
        wanted = {"name": "Ann", "password": GOOD, "code": self.code(email), "language": "en"}
        _, made = invitations.accept(
            self.database, self.access, token, Wanted(**(wanted | changes))
        )
        return made

    def set_up(self, email: str = ANN, role: Any = "officer", desk: str = "doha") -> str:
        """Give somebody an account that is set up; return their id."""
        self.accept(self.invite(email, role, desk), email)
        # The code of this half minute was used just now.
        self.clock.pass_(60)
        return self.account(email).staff_id

    def account(self, email: str = ANN) -> Account:
        with self.database.read() as tx:
            found = accounts.by_email(tx, self.access, email)
        assert found is not None
        return found

    def password(self, password: str = GOOD, email: str = ANN, address: str = HERE) -> Answer:
        return signing_in.with_password(self.database, self.access, email, password, address)

    def give_code(self, token: str, code: str | None = None, address: str = HERE) -> Answer:
        typed = self.code() if code is None else code
        return signing_in.with_code(self.database, self.access, token, typed, address)

    def sign_in(self, email: str = ANN) -> str:
        """Sign somebody in; return the token of their browser."""
        half = self.password(email=email)
        whole = self.give_code(half.token, self.code(email))
        assert whole.token
        return whole.token

    def deeds(self) -> list[tuple[str, str, str | None, str]]:
        """Who did what to whom, as the audit has it: actor, action, actor's id, subject's id."""
        with self.database.read() as tx:
            rows = tx.execute(
                select(audit.c.actor, audit.c.action, audit.c.actor_id, audit.c.subject_id)
                .where(audit.c.subject == "staff", audit.c.action != "add")
                .order_by(audit.c.number)
            )
            return [tuple(row) for row in rows]
