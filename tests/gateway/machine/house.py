"""The house under test: one store, a clock that anybody may set, two carriers, three people."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import event, select

from safar.gateway import inbox, outbox
from safar.gateway.admission import Admission
from safar.gateway.delivery import apply_report
from safar.gateway.dispatcher import Dispatcher
from safar.gateway.limits import LimitSettings
from safar.gateway.messages import ConversationUpdate, Identity, InboundMessage, Kind, OutgoingText
from safar.gateway.providers.base import StatusReport
from safar.store import erasure, suppressions, switches
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from safar.store.tables import conversations
from safar.store.tables import inbox as inbox_table
from safar.store.tables import outbox as outbox_table
from tests.clock import FakeClock
from tests.gateway.machine.diary import Diary
from tests.gateway.machine.truth import Carrier, Killed

LEASE = timedelta(seconds=30)
FORGET = "forget me"
KEYS = [KeyRing.generate(), KeyRing.generate()]
HASH_KEY = KeyRing.generate()
ANY_AMOUNT = 1_000_000


@dataclass(frozen=True)
class Line:
    """One way a person writes: who, over which channel of which provider."""

    person: str
    channel: str
    provider: str

    @property
    def kind(self) -> str:
        return "whatsapp" if self.channel == "whatsapp" else "phone"

    @property
    def address(self) -> str:
        return f"whatsapp:{self.person}" if self.channel == "whatsapp" else self.person


ANA, BEN = "+9779841234567", "+639171234567"
LINES = (
    Line(ANA, "sms", "asked"),
    Line(ANA, "whatsapp", "noted"),
    Line(BEN, "sms", "mute"),
    Line(BEN, "sms", "asked"),
)
"""``asked`` has a list that is proof, ``noted`` may find a message late, ``mute`` finds nothing."""


@dataclass(frozen=True)
class Plan:
    """What the worker says to a message: how many texts, what for, and how long they are fresh."""

    texts: int = 1
    kind: Kind = "answer"
    fresh: float | None = None


@dataclass(frozen=True)
class Word:
    kind: str
    variant: str = "en"
    carrier: bool = False
    only_when_stopped: bool = False


def find_word(body: str) -> Any:
    return Word(body.lower()) if body in {"STOP", "START"} else None


class House:
    """Everything in one place, with short words for what the rules do."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="safar-machine-")
        self.clock = FakeClock()
        self.database = open_database(f"sqlite:///{self.folder}/safar.db")
        # No power fails here, and each example has a file of its own.
        event.listen(self.database.engine, "connect", _hurry)
        self.database.engine.dispose()
        self.diary = Diary(self.database)
        self.keyring = KeyRing(KEYS, HASH_KEY)
        self.carriers = {
            "asked": Carrier("asked", self.clock, has_list=True),
            "noted": Carrier("noted", self.clock),
            "mute": Carrier("mute", self.clock, can_find=False),
        }
        for carrier in self.carriers.values():
            carrier.meanwhile = self.report
        limits = LimitSettings(
            _env_file=None,  # type: ignore[call-arg]
            **dict.fromkeys(
                [
                    *["sender_segments_day", "sender_messages_burst", "sender_messages_day"],
                    *["prefix_segments_day", "country_segments_day", "total_segments_day"],
                    *["danger_answers_day", "repeats"],
                ],
                ANY_AMOUNT,
            ),
        )
        self._judge = Admission(limits, find_word).judge
        self._names = 0
        self.dispatchers = [self.start_dispatcher() for _ in range(2)]
        self.plans: dict[str, Plan] = {}
        self.unsaid: dict[int, int] = {}
        """Rows that must not be sent after this place in the diary: the person was forgotten."""
        self.silenced: set[int] = set()
        """Messages whose answer the person has asked not to get."""
        self.broken: list[str] = []
        self.seen: Counter[str] = Counter()
        """States of rows and messages after the last step."""

    def close(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def pass_(self, seconds: float) -> None:
        """Let time pass, for everybody; to set our own clock alone, see `clock`."""
        self.clock.pass_(seconds)
        for carrier in self.carriers.values():
            carrier.passed += seconds

    def name(self, what: str) -> str:
        """Make a name that nobody had before: so it is with owners of leases."""
        self._names += 1
        return f"{what}{self._names}"

    # Keys.

    def lose_key(self) -> None:
        """Take away the key that everything so far was written with."""
        self._use(KeyRing(KEYS[1:], HASH_KEY))

    def return_key(self) -> None:
        self._use(KeyRing(KEYS, HASH_KEY))

    def _use(self, keyring: KeyRing) -> None:
        self.keyring = keyring
        self.dispatchers = [self.start_dispatcher() for _ in range(2)]

    # What people do.

    def write(self, line: Line, body: str) -> inbox.Received:
        message = InboundMessage(
            provider=line.provider,
            provider_message_id=self.name("in"),
            channel=line.channel,  # type: ignore[arg-type]
            sender_kind=line.kind,
            sender=line.address,
            recipient="+15005550006",
            body=body,
            aliases=(Identity(kind="phone", value=line.person),) if line.kind != "phone" else (),
        )
        return inbox.receive(self.database, self.keyring, message, self.clock(), self._judge)

    def ask(self, line: Line, plan: Plan) -> inbox.Received:
        """Write something that the worker will answer by this plan."""
        body = self.name("question ")
        self.plans[body] = plan
        return self.write(line, body)

    def wish(self, line: Line, wish: str) -> None:
        """Let a person write STOP, START or that they want to be forgotten; see it done."""
        self.write(line, wish)
        if wish == FORGET:
            self.work()
        else:
            assert self.is_stopped(line) == (wish == "STOP")

    def is_stopped(self, line: Line) -> bool:
        with self.database.read() as tx:
            return suppressions.is_suppressed(tx, self.keyring.digest(line.kind, line.address))

    # What the worker does.

    def claim_message(self, owner: str, limit: int = 1) -> list[inbox.ClaimedMessage]:
        claimed = inbox.claim(self.database, self.keyring, owner, self.clock(), LEASE, limit)
        for message in claimed:
            if not message.body:
                self.broken.append(f"forgotten message {message.id} is to be answered again")
        return claimed

    def finish_message(self, message: inbox.ClaimedMessage, owner: str) -> bool:
        texts = self._texts(message)
        erases = message.body == FORGET
        before = {row.id for row in self.rows()}
        unsaid = self._waiting_of(message.conversation_id) if erases else set()
        done = inbox.finish(
            self.database,
            self.keyring,
            message,
            owner,
            self.clock(),
            conversation=None if erases else ConversationUpdate(state="{}"),
            outgoing=texts,
            erases=erases,
        )
        if done:
            self.unsaid |= dict.fromkeys(unsaid - set(self.unsaid), self.diary.place())
            answered = {row.id for row in self.rows() if row.inbox_id == message.id} - before
            if not answered and texts:
                self.silenced.add(message.id)
                if message.treatment == "answer" and not self._stopped_since(message):
                    self.broken.append(f"the answer to message {message.id} was not queued")
        return done

    def work(self) -> int:
        """Let a worker without troubles answer what is ready."""
        owner, done = self.name("worker"), 0
        while claimed := self.claim_message(owner, 9):
            done += sum(self.finish_message(each, owner) for each in claimed)
        return done

    def _texts(self, message: inbox.ClaimedMessage) -> list[OutgoingText]:
        if message.treatment in {"stop", "start"}:
            return [OutgoingText(text=f"consent {message.id}", kind="consent")]
        if message.body == FORGET:
            return [OutgoingText(text=f"forgotten {message.id}", kind="notice")]
        plan = self.plans.get(message.body, Plan())
        if message.treatment != "answer" and plan.kind != "danger":
            return []
        lasts = plan.kind != "answer" or plan.fresh is None
        return [
            OutgoingText(
                text=f"{plan.kind} {message.id} round {message.round} text {place}",
                kind=plan.kind,
                expires_at=None if lasts else self.clock() + timedelta(seconds=plan.fresh or 0),
                sms_text=f"sms of {message.id} round {message.round}" if place == 0 else None,
            )
            for place in range(plan.texts)
        ]

    def _stopped_since(self, message: inbox.ClaimedMessage) -> bool:
        with self.database.read() as tx:
            found = tx.exec_driver_sql(
                "SELECT count(*) FROM suppressions s JOIN contact_identities i"
                " ON i.digest = s.digest JOIN conversations c ON c.identity_id = i.id"
                " WHERE c.id = ?",
                (message.conversation_id,),
            )
            return bool(found.scalar_one())

    def _waiting_of(self, conversation_id: str) -> set[int]:
        own = select(conversations.c.contact_id).where(conversations.c.id == conversation_id)
        theirs = select(conversations.c.id).where(
            conversations.c.contact_id == own.scalar_subquery()
        )
        with self.database.read() as tx:
            rows = tx.execute(
                select(outbox_table.c.id).where(
                    outbox_table.c.conversation_id.in_(theirs),
                    outbox_table.c.kind.not_in(["danger", "officer"]),
                )
            )
            return set(rows.scalars())

    # What else happens.

    def officer_writes(self, line: Line, kind: Kind) -> int | None:
        """Queue a text that answers no message; None where there is nobody to send it to."""
        with self.database.write() as tx:
            conversation = tx.execute(
                select(conversations.c.id)
                .where(
                    conversations.c.channel == line.channel,
                    conversations.c.provider == line.provider,
                )
                .order_by(conversations.c.created_at.desc())
                .limit(1)
            ).scalar_one_or_none()
            if conversation is None:
                return None
            key = self.name(kind)
            return outbox.put(
                tx,
                self.keyring,
                idempotency_key=key,
                conversation_id=conversation,
                text=OutgoingText(text=key, kind=kind),
                now=self.clock(),
            )

    def report(self, report: StatusReport) -> bool:
        return apply_report(self.database, self.keyring, report, self.clock())

    def finish_forgetting(self) -> int:
        with self.database.write() as tx:
            return erasure.finish(tx, self.keyring)

    def stop_sending(self, on: bool) -> None:
        with self.database.write() as tx:
            if on:
                switches.turn_on(tx, switches.SENDING_STOPPED, "test", self.clock())
            else:
                switches.turn_off(tx, switches.SENDING_STOPPED)

    @property
    def sending_stopped(self) -> bool:
        with self.database.read() as tx:
            return switches.find(tx, switches.SENDING_STOPPED) is not None

    def start_dispatcher(self) -> Dispatcher:
        return Dispatcher(
            self.database,
            self.keyring,
            list(self.carriers.values()),
            owner=self.name("dispatcher"),
            clock=self.clock,
            rng=random.Random(1),
        )

    def dispatch(self, which: int) -> int:
        """Let a dispatcher serve everybody once; one that is killed is started again."""
        try:
            return self.dispatchers[which].run_once()
        except Killed:
            self.dispatchers[which] = self.start_dispatcher()
            return 1

    # What is there.

    @property
    def anything_taken(self) -> bool:
        return any(carrier.taken for carrier in self.carriers.values())

    def rows(self) -> list[Any]:
        with self.database.read() as tx:
            return list(tx.execute(select(outbox_table).order_by(outbox_table.c.id)))

    def row(self, outbox_id: int) -> dict[str, Any]:
        with self.database.read() as tx:
            found = tx.execute(select(outbox_table).where(outbox_table.c.id == outbox_id)).one()
            return dict(found._mapping)

    def messages(self) -> list[Any]:
        with self.database.read() as tx:
            return list(tx.execute(select(inbox_table).order_by(inbox_table.c.id)))


def _hurry(connection: Any, _entry: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
