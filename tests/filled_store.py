"""A store with something in every column that is encrypted, and short words to fill it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, insert, select

from safar.store import audit, conversations, suppressions, usage
from safar.store import people as shared_telephones
from safar.store.case_tables import (
    case_events,
    case_links,
    case_messages,
    case_notices,
    cases,
    desks,
    form_marks,
    staff,
)
from safar.store.contacts import find_or_create_conversation
from safar.store.copying import plain_columns
from safar.store.crypto import KeyRing
from safar.store.database import Database, Tx
from safar.store.notice_tables import case_notice_sends
from safar.store.staff_tables import (
    staff_accounts,
    staff_recovery_codes,
    staff_sessions,
    staff_waits,
)
from safar.store.tables import (
    contact_identities,
    counters,
    inbox,
    outbox,
    received_parts,
    sent_parts,
    service_windows,
    status_events,
)
from safar.store.understood import Understood
from safar.store.usage import Scope
from tests.clock import FakeClock

ANA = "+9779841234567"
BEN = "+9779847654321"
STORY = "my employer Rahman keeps my passport"


def raw_rows(tx: Tx, table: Table) -> list[tuple[Any, ...]]:
    """Return the rows of a table as the database has them, sorted."""
    columns = ", ".join(f'"{name}"' for name in plain_columns(table))
    found = tx.exec_driver_sql(f"SELECT {columns} FROM {table.name}")
    return sorted((tuple(row) for row in found), key=repr)


@dataclass
class Filled:
    """Puts rows into a store, each call in a transaction of its own, at the time of the clock."""

    database: Database
    keyring: KeyRing
    clock: FakeClock = field(default_factory=FakeClock)
    _numbers: int = 0

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def put(self, table: Table, **values: Any) -> Any:
        """Insert a row and return its first key."""
        with self.database.write() as tx:
            return self._put(tx, table, **values)

    def all(self, table: Table) -> list[Any]:
        with self.database.read() as tx:
            return list(tx.execute(select(table).order_by(*table.primary_key.columns)))

    def _put(self, tx: Tx, table: Table, **values: Any) -> Any:
        key = next(iter(table.primary_key.columns))
        return tx.execute(insert(table).values(**values).returning(key)).scalar_one()

    # People.

    def talk(self, phone: str = ANA, *, channel: str = "sms", profile: str | None = None) -> str:
        """Return the conversation with a number."""
        with self.database.write() as tx:
            found = find_or_create_conversation(
                tx,
                self.keyring,
                channel=channel,
                provider="fake",
                kind="phone" if channel == "sms" else "whatsapp",
                address=phone,
                our_address="+1500",
                now=self.clock(),
                profile=profile,
            )
        return found.id

    def contact_of(self, conversation_id: str) -> str:
        with self.database.read() as tx:
            return conversations.load(tx, self.keyring, conversation_id).contact_id

    def wrote(self, conversation_id: str, text: str = STORY, **values: Any) -> int:
        """Keep a message with all that comes along."""
        sealed = self.keyring.encrypt
        return int(
            self.put(
                inbox,
                **{
                    "provider": "fake",
                    "provider_message_id": f"in-{self.number()}",
                    "conversation_id": conversation_id,
                    "body_encrypted": sealed(text),
                    "raw_encrypted": sealed(json.dumps({"Body": text})),
                    "extras_encrypted": sealed(json.dumps({"place": "Doha"})),
                    "decided_encrypted": sealed("1"),
                    "understood_encrypted": Understood(intent="ask_wages").sealed(self.keyring),
                    "body_digest": self.keyring.digest("body", text),
                    "received_at": self.clock(),
                    "state": "done",
                    "not_before": self.clock(),
                    "updated_at": self.clock(),
                    **values,
                },
            )
        )

    def told(self, conversation_id: str, text: str = "An answer", **values: Any) -> int:
        """Keep an answer, and that it arrived."""
        number = self.number()
        outbox_id = self.put(
            outbox,
            **{
                "idempotency_key": f"out-{number}",
                "conversation_id": conversation_id,
                "provider": "fake",
                "channel": "sms",
                "body_encrypted": self.keyring.encrypt(text),
                "extras_encrypted": self.keyring.encrypt("{}"),
                "provider_message_id": f"given-{number}",
                "state": "delivered",
                "encoding": "gsm7",
                "not_before": self.clock(),
                "created_at": self.clock(),
                "updated_at": self.clock(),
                **values,
            },
        )
        if values.get("state", "delivered") == "delivered":
            self.put(
                status_events,
                provider="fake",
                provider_message_id=f"given-{number}",
                status="delivered",
                outbox_id=outbox_id,
                received_at=self.clock(),
            )
        return int(outbox_id)

    def remember(self, conversation_id: str, state: str = '{"city": "Doha"}') -> None:
        with self.database.write() as tx:
            conversations.save(
                tx,
                self.keyring,
                conversation_id,
                state=state,
                variant="ne",
                offered_options=[{"title": "Wages"}],
                pages=["page two"],
                last_inbox_id=1,
                now=self.clock(),
            )

    def another_person(self, conversation_id: str) -> None:
        """Let somebody else have the telephone."""
        contact_id = self.contact_of(conversation_id)
        with self.database.write() as tx:
            shared_telephones.begin_anew(tx, contact_id, "sms", self.clock())

    # Staff and cases.

    def desk(self) -> tuple[str, str]:
        """Return a desk and an officer there."""
        if not self.all(desks):
            self.put(
                desks,
                id="doha",
                name="Doha",
                kind="mission",
                details="{}",
                notices_encrypted=self.keyring.encrypt("{}"),
                updated_at=self.clock(),
            )
            self.put(
                staff,
                id="officer",
                name_encrypted=self.keyring.encrypt("Maya Gurung"),
                desk_id="doha",
                role="officer",
                created_at=self.clock(),
            )
        return "doha", "officer"

    def case(self, conversation_id: str, state: str = "closed", **values: Any) -> int:
        """Keep a case with a text, a note, its timeline and a notice."""
        desk_id, staff_id = self.desk()
        now = self.clock()
        reference = f"K7MA-{self.number():04}"
        case_id = self.put(
            cases,
            **{
                "reference": reference,
                "contact_id": self.contact_of(conversation_id),
                "conversation_id": conversation_id,
                "about_encrypted": self.keyring.encrypt('{"name": "Sita"}'),
                "origin": "NP",
                "destination": "QA",
                "city": "Doha",
                "kind": "ask_wages",
                "variant": "ne",
                "risk": "amber",
                "state": state,
                "desk_id": desk_id,
                "assignee_id": staff_id,
                "consent_terms": '{"message": "case.consent"}',
                "consented_at": now,
                "offered_at": now,
                "opened_at": now,
                "closed_at": now if state == "closed" else None,
                "updated_at": now,
                **values,
            },
        )
        for author, kind, text in (("worker", "text", STORY), ("staff", "note", "Rahman lies")):
            self.put(
                case_messages,
                case_id=case_id,
                author=author,
                staff_id=staff_id if author == "staff" else None,
                kind=kind,
                body_encrypted=self.keyring.encrypt(text),
                at=now,
            )
        self.put(
            case_events,
            case_id=case_id,
            action="consent",
            state="open",
            actor="worker",
            details="{}",
            at=now,
        )
        notice_id = self.put(
            case_notices,
            idempotency_key=f"n{self.number()}",
            case_id=case_id,
            desk_id=desk_id,
            kind="opened",
            created_at=now,
            done_at=now,
        )
        self.put(
            case_notice_sends,
            notice_id=notice_id,
            way="email",
            target_digest="d",
            state="sent",
            not_before=now,
            updated_at=now,
        )
        with self.database.write() as tx:
            deed = audit.Deed("worker", "consent", "case", str(case_id))
            audit.append(tx, self.keyring, deed, now)
        return int(case_id)

    def account(self) -> None:
        """Let the officer have an account, a session, a failed try, a used code."""
        _, staff_id = self.desk()
        now = self.clock()
        self.put(
            staff_accounts,
            staff_id=staff_id,
            email_digest="e",
            email_encrypted=self.keyring.encrypt("maya@example.org"),
            totp_encrypted=self.keyring.encrypt("JBSWY3DP"),
            invitation_digest="i",
            invitation_until=now + timedelta(days=1),
            invited_at=now,
            updated_at=now,
        )
        self.put(
            staff_sessions,
            digest="s",
            id="session",
            staff_id=staff_id,
            stage="whole",
            way="password",
            started_at=now,
            seen_at=now,
            ends_at=now + timedelta(hours=12),
        )
        self.put(staff_waits, key="k", failures=1, until=now, failed_at=now)
        self.put(staff_recovery_codes, staff_id=staff_id, digest="r", made_at=now, used_at=now)
        self.put(form_marks, mark="0" * 32, at=now)

    def part(self, inbox_id: int | None, text: str = STORY) -> int:
        """Keep a part of a long text."""
        return int(
            self.put(
                received_parts,
                provider="modem",
                device="stick",
                fingerprint=f"f{self.number()}",
                sender_digest=self.keyring.digest("phone", ANA),
                sender_encrypted=self.keyring.encrypt(ANA),
                reference="r",
                parts=2,
                part=1,
                text_encrypted=self.keyring.encrypt(text),
                received_at=self.clock(),
                inbox_id=inbox_id,
            )
        )

    def everything(self) -> str:
        """Fill every table of people and staff; return the conversation."""
        talk = self.talk()
        question = self.wrote(talk)
        answer = self.told(talk, inbox_id=question)
        self.remember(talk)
        self.part(question)
        now = self.clock()
        self.put(
            sent_parts,
            provider="modem",
            device="stick",
            outbox_id=answer,
            part=1,
            parts=1,
            reference="7",
            recipient_digest=self.keyring.digest("phone", ANA),
            status="sent",
            sent_at=now,
        )
        self.put(service_windows, conversation_id=talk, our_address="+1500", last_inbound_at=now)
        first, second = self.case(talk), self.case(talk, "withdrawn", withdrawn_at=now)
        self.put(case_links, first_id=first, second_id=second, at=now)
        self.account()
        with self.database.write() as tx:
            suppressions.suppress(tx, self.keyring.digest("phone", BEN), "sms", "person", now)
            usage.add(tx, [Scope("sender", self.contact_of(talk))], now, segments=2)
        self.put(counters, name="x", day=now.date().isoformat(), value=1)
        return talk

    def texts(self) -> list[str]:
        """Return everything readable in the columns that are encrypted."""
        from safar.store.sealed import sealed_columns

        found = []
        with self.database.read() as tx:
            for column in sealed_columns():
                for token in tx.execute(select(column.column)).scalars():
                    if token:
                        found.append(self.keyring.decrypt(token))
        return found

    def addresses(self) -> list[str]:
        return [
            self.keyring.decrypt(row.value_encrypted)
            for row in self.all(contact_identities)
            if row.value_encrypted
        ]
