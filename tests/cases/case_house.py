"""A store with conversations, desks and staff, and short words for what everybody does."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from case_plan import PLAN
from sqlalchemy import insert, select

from safar.cases import directory, handling, opening, rows, talking
from safar.cases.actors import worker
from safar.cases.climbing import carry_out
from safar.cases.office import Office
from safar.cases.opening import Offer, Terms
from safar.cases.plan import Plan
from safar.cases.rows import Case
from safar.store.case_tables import case_events, case_notices
from safar.store.contacts import find_or_create_conversation
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx
from safar.store.tables import inbox, outbox
from tests.clock import FakeClock

TERMS = Terms(message="case.consent", shares=("phone", "conversation"))


@dataclass
class House:
    """Everything in one place; each call is a transaction of its own."""

    database: Database
    keyring: KeyRing
    plan: Plan = PLAN
    clock: FakeClock = field(default_factory=FakeClock)
    staff: dict[str, str] = field(default_factory=dict)
    rng: random.Random = field(default_factory=lambda: random.Random(20261123))
    _numbers: int = 0

    @property
    def office(self) -> Office:
        return Office(self.keyring, self.plan, self.clock, self.rng.choice)

    def hire(self) -> None:
        """Give each desk two officers and a supervisor: ``doha1``, ``doha2``, ``doha-boss``."""
        with self.database.write() as tx:
            directory.sync_desks(tx, self.office)
            for desk in self.plan.desks:
                for name, role in (("1", "officer"), ("2", "officer"), ("-boss", "supervisor")):
                    self.staff[desk.id + name] = directory.add_staff(
                        tx, self.office, f"{desk.id} {name}", desk.id, role
                    )

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    # The worker.

    def talk(self, phone: str = "+9779841234567", profile: str | None = None) -> tuple[str, str]:
        """Return the ids of a conversation and its contact."""
        with self.database.write() as tx:
            found = find_or_create_conversation(
                tx,
                self.keyring,
                channel="sms",
                provider="fake",
                kind="phone",
                address=phone,
                our_address="+1500",
                now=self.clock(),
                profile=profile,
            )
        return found.id, found.contact_id

    def row_in(self, tx: Tx, conversation_id: str, text: str, state: str = "done") -> int:
        return tx.execute(
            insert(inbox)
            .values(
                provider="fake",
                provider_message_id=f"in-{conversation_id}-{self.number()}",
                conversation_id=conversation_id,
                body_encrypted=self.keyring.encrypt(text),
                raw_encrypted="",
                received_at=self.clock(),
                state=state,
                not_before=self.clock(),
                updated_at=self.clock(),
            )
            .returning(inbox.c.id)
        ).scalar_one()

    def row_out(self, tx: Tx, conversation_id: str, text: str, **values: Any) -> int:
        return tx.execute(
            insert(outbox)
            .values(
                idempotency_key=f"out-{conversation_id}-{self.number()}",
                conversation_id=conversation_id,
                provider="fake",
                channel="sms",
                body_encrypted=self.keyring.encrypt(text),
                encoding="gsm7",
                not_before=self.clock(),
                created_at=self.clock(),
                updated_at=self.clock(),
                **{"state": "sent", **values},
            )
            .returning(outbox.c.id)
        ).scalar_one()

    def write(self, conversation_id: str, text: str) -> bool:
        """Let the worker write; return whether a person got it."""
        with self.database.write() as tx:
            row = self.row_in(tx, conversation_id, text)
            return talking.receive(tx, self.office, conversation_id, row, text)

    def offer(self, conversation_id: str, kind: str = "ask_wages", **values: Any) -> Case:
        wanted = {"origin": "NP", "destination": "QA", **values}
        with self.database.write() as tx:
            return opening.offer(tx, self.office, Offer(conversation_id, kind, **wanted))

    def consent(self, case: Case, terms: Terms = TERMS) -> Case:
        with self.database.write() as tx:
            return opening.consent(tx, self.office, case.id, case.contact_id, terms)

    def open(self, conversation_id: str | None = None, **values: Any) -> Case:
        """Offer a case and let the worker agree."""
        return self.consent(self.offer(conversation_id or self.talk()[0], **values))

    # Staff.

    def do(self, what: str, case: Case, who: str, *more: Any) -> Any:
        """Call a function of `handling` or `talking` as a member of staff."""
        function = getattr(handling, what, None) or getattr(talking, what)
        with self.database.write() as tx:
            return function(tx, self.office, case.id, self.staff[who], *more)

    def reply(self, case: Case, who: str, text: str) -> int:
        return int(
            self.do(
                "reply", case, who, text, lambda tx: self.row_out(tx, case.conversation_id, text)
            )
        )

    def add(self, case: Case, **values: Any) -> Case:
        """Let the worker add something to their case."""
        with self.database.write() as tx:
            return talking.add(tx, self.office, case.id, case.contact_id, "x", None, **values)

    def reopen(self, case: Case) -> Case:
        """Let the worker open their closed case once more."""
        with self.database.write() as tx:
            return opening.reopen(tx, self.office, case.id, worker(case.contact_id))

    # Everybody.

    def pass_(self, minutes: float) -> datetime:
        return self.clock.pass_(minutes * 60)

    def climb(self) -> int:
        return carry_out(self.database, self.office)

    def case(self, case: Case) -> Case:
        with self.database.read() as tx:
            return rows.read(tx, case.id)

    def events(self, case: Case) -> list[str]:
        with self.database.read() as tx:
            found = tx.execute(
                select(case_events.c.action)
                .where(case_events.c.case_id == case.id)
                .order_by(case_events.c.id)
            )
            return list(found.scalars())

    def notices(self, case: Case) -> list[tuple[str, str, bool]]:
        with self.database.read() as tx:
            found = tx.execute(
                select(case_notices.c.kind, case_notices.c.desk_id, case_notices.c.to_supervisor)
                .where(case_notices.c.case_id == case.id)
                .order_by(case_notices.c.id)
            )
            return [tuple(row) for row in found.all()]
