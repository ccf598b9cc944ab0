"""Many telephones at once, each step of worker, dispatcher, officer and timers by itself, by dice.

Everything that is one transaction in the processes is one step here: a text comes in; a worker
claims; it closes a message, by the real last word; a dispatcher claims; it says that it is about to
send; the provider takes the text or does not; an officer takes, answers, hands back. Between any
two steps of one actor the dice may put any step of the others, let time pass so that leases end,
or let an actor die with what it has in hand. The assistant alone is a stand-in: it answers each
text with one text.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from case_house import House
from sqlalchemy import insert, select

from safar.assistant.last_word import LastWords
from safar.assistant.turns import After
from safar.cases.rows import Case
from safar.gateway import inbox, outbox, queueing
from safar.gateway.messages import ClaimedMessage, OutgoingText
from safar.gateway.outbox_rows import ClaimedSend
from safar.gateway.providers.base import SendResult
from safar.store import erasure
from safar.store import tables as store
from safar.store.case_tables import case_messages
from safar.store.database import Tx

LEASE = timedelta(seconds=30)
FRESH = timedelta(hours=4)
OFFICER = "doha1"
_AT_ONCE = 12
_ANSWER = After(texts=["an answer"], state="{}", variant="en", options=[], pages=[])

# How often each step is thrown, against the others.
WEIGHTS = {
    "claim": 5,
    "close": 22,
    "lend": 5,
    "announce": 16,
    "send": 14,
    "settle": 1,
    "officer": 9,
    "die": 1,
    "time": 1,
}


@dataclass
class Phone:
    """One telephone, its open case, and what its person has written in this round."""

    number: str
    conversation_id: str = ""
    case: Case | None = None
    person_has_it: bool = False
    texts: list[int] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)


@dataclass
class Worker:
    """A worker's process: what it has claimed and not closed yet."""

    name: str
    lent: list[ClaimedMessage] = field(default_factory=list)


@dataclass
class Sender:
    """A dispatcher's process: what it has claimed, and what it is about to send."""

    name: str
    lent: list[ClaimedSend] = field(default_factory=list)
    sending: list[ClaimedSend] = field(default_factory=list)


class World:
    """Plays rounds; each is one interleaving a telephone, and nothing may be wrong after it."""

    def __init__(self, house: House, rng: random.Random, phones: int) -> None:
        """Give each telephone a case that somebody has acknowledged."""
        self.house, self.rng = house, rng
        self.last_words = LastWords(None, lambda: house.office, FRESH)  # type: ignore[arg-type]
        self.phones = [Phone(f"+97798{rng.randrange(10**8):08}") for _ in range(phones)]
        self.by_conversation: dict[str, Phone] = {}
        self.workers = [Worker("worker-a"), Worker("worker-b")]
        self.senders = [Sender("sender-a"), Sender("sender-b")]
        self.taken: set[int] = set()
        self.traces: Counter[tuple[str, ...]] = Counter()
        self.seen: Counter[str] = Counter()
        for phone in self.phones:
            self._begin(phone)

    def play(self) -> None:
        """Play one round: everybody writes, all steps fall as the dice say, all is finished."""
        coming = [phone for phone in self.phones for _ in range(self.rng.choice((1, 1, 1, 2)))]
        self.rng.shuffle(coming)
        steps: dict[str, Callable[[], bool]] = {
            "claim": self._claim,
            "close": self._close,
            "lend": self._lend,
            "announce": self._announce,
            "send": self._send,
            "settle": self._settle,
            "officer": self._officer,
            "die": self._die,
            "time": self._time,
        }
        thrown = iter(self.rng.choices(list(WEIGHTS), list(WEIGHTS.values()), k=100_000))
        while coming:
            # About as many steps a text as it takes, so that much is under way at any time.
            self._write(coming.pop())
            for _ in range(self.rng.randrange(13)):
                steps[next(thrown)]()
        if self.rng.random() < 0.4:  # noqa: PLR2004 - so often that no world is without it
            self._forget(self.rng.choice(self.phones))
        self._finish(steps)
        self._look()

    # What is done, one transaction each. Each returns whether there was anything to do.

    def _write(self, phone: Phone) -> None:
        now = self.house.clock()
        with self.house.database.write() as tx:
            row = tx.execute(
                insert(store.inbox)
                .values(
                    provider="fake",
                    provider_message_id=f"came-{self.house.number()}",
                    conversation_id=phone.conversation_id,
                    body_encrypted=self.house.keyring.encrypt("a text"),
                    raw_encrypted=self.house.keyring.encrypt("{}"),
                    received_at=now,
                    state="ready",
                    not_before=now,
                    updated_at=now,
                )
                .returning(store.inbox.c.id)
            ).scalar_one()
        phone.texts.append(row)
        phone.trace.append("write")

    def _claim(self) -> bool:
        worker, house = self.rng.choice(self.workers), self.house
        if worker.lent:
            return False
        worker.lent = inbox.claim(
            house.database, house.keyring, worker.name, house.clock(), LEASE, _AT_ONCE
        )
        for message in worker.lent:
            self._note(message.conversation_id, "claim")
        return bool(worker.lent)

    def _close(self) -> bool:
        worker, house = self.rng.choice(self.workers), self.house
        if not worker.lent:
            return False
        message = worker.lent.pop(0)
        now = house.clock()
        answer = OutgoingText(text="an answer", segments=1, encoding="gsm7", expires_at=now + FRESH)
        closed = inbox.finish(
            house.database,
            house.keyring,
            message,
            worker.name,
            now,
            conversation=None,
            outgoing=[answer],
            last_word=self.last_words.on(message, _ANSWER, now),
        )
        self._note(message.conversation_id, "close" if closed else "too late")
        return True

    def _lend(self) -> bool:
        sender, house = self.rng.choice(self.senders), self.house
        if sender.lent or sender.sending:
            return False
        sender.lent = outbox.claim(
            house.database, house.keyring, sender.name, house.clock(), LEASE, _AT_ONCE
        )
        for text in sender.lent:
            self._note(text.message.conversation_id, "lend")
        return bool(sender.lent)

    def _announce(self) -> bool:
        """Say that a text is about to be sent: after that the bot has said its word."""
        sender, house = self.rng.choice(self.senders), self.house
        if not sender.lent:
            return False
        text = sender.lent.pop(0)
        sure = outbox.mark_sending(house.database, text.id, sender.name, house.clock(), LEASE)
        phone = self.by_conversation.get(text.message.conversation_id)
        if sure:
            sender.sending.append(text)
            # What officers write is urgent, and the stand-in for the assistant says nothing urgent.
            held = phone is not None and phone.person_has_it and not text.message.urgent
            assert not held, f"the bot speaks while a person has it: {phone}"
        self._note(text.message.conversation_id, "send" if sure else "be silent")
        return True

    def _send(self) -> bool:
        """Let the provider take a text, or not take it for now."""
        sender, house = self.rng.choice(self.senders), self.house
        if not sender.sending:
            return False
        text, now = sender.sending.pop(0), house.clock()
        if self.rng.random() < 0.1:
            outbox.retry_later(
                house.database, text.id, sender.name, now, delay=timedelta(), error_code="busy"
            )
            self._note(text.message.conversation_id, "busy")
            return True
        self.taken.add(text.id)
        outbox.mark_sent(
            house.database, text.id, now, provider_message_id=f"p{text.id}", status="delivered"
        )
        self._note(text.message.conversation_id, "sent")
        return True

    def _settle(self) -> bool:
        """Ask the provider what became of texts whose sender died or was too slow."""
        sender, house = self.rng.choice(self.senders), self.house
        now = house.clock()
        found = outbox.claim_unknown(
            house.database,
            house.keyring,
            sender.name,
            now,
            LEASE,
            _AT_ONCE,
            provider="fake",
            settle=timedelta(),
        )
        for text in found:
            known = SendResult(f"p{text.id}", "delivered") if text.id in self.taken else None
            outbox.resolve_unknown(
                house.database, text.id, sender.name, now, found=known, may_resend=True
            )
            self._note(text.message.conversation_id, "found" if known else "not found")
        return bool(found)

    def _officer(self) -> bool:
        phone = self.rng.choice(self.phones)
        assert phone.case is not None
        if not phone.person_has_it:
            self.house.do("take", phone.case, OFFICER)
            phone.person_has_it = True
            phone.trace.append("take")
        elif self.rng.random() < 0.2:  # noqa: PLR2004 - one in five
            self.house.do("reply", phone.case, OFFICER, "a reply", self._queue(phone))
            phone.trace.append("reply")
        else:
            self.house.do("hand_back", phone.case, OFFICER)
            phone.person_has_it = False
            phone.trace.append("hand back")
        return True

    def _die(self) -> bool:
        """Lose what somebody has in hand, as a process does that is killed."""
        if self.rng.random() < 0.5:  # noqa: PLR2004 - every other
            worker = self.rng.choice(self.workers)
            lost = [message.conversation_id for message in worker.lent]
            worker.lent = []
        else:
            sender = self.rng.choice(self.senders)
            lost = [text.message.conversation_id for text in [*sender.lent, *sender.sending]]
            # The provider has some of them, and nobody was told so.
            self.taken |= {text.id for text in sender.sending if self.rng.random() < 0.5}  # noqa: PLR2004
            sender.lent, sender.sending = [], []
        for conversation_id in lost:
            self._note(conversation_id, "die")
        return bool(lost)

    def _time(self) -> bool:
        """Let a while pass: what was lent goes to others, and the timers look."""
        self.house.clock.pass_(self.rng.choice((5, 40)))
        self.house.climb()
        return True

    def _forget(self, phone: Phone) -> None:
        """Forget a person in the middle of everything; the telephone begins anew."""
        house = self.house
        with house.database.write() as tx:
            erasure.begin(tx, house.keyring, phone.conversation_id, house.clock())
        # Their case has ended with that, and the bot says so.
        phone.person_has_it = False
        for _ in range(3):
            with house.database.write() as tx:
                if erasure.finish(tx, house.keyring):
                    break
            # What is under way leaves first.
            self._drain()
        phone.texts.clear()
        phone.trace.append("forget")
        self.by_conversation.pop(phone.conversation_id)
        phone.number = f"+97798{self.rng.randrange(10**8):08}"
        self._begin(phone)

    # What sees to it that a round comes to its end, and looks at it.

    def _finish(self, steps: dict[str, Callable[[], bool]]) -> None:
        for phone in self.phones:
            if phone.person_has_it and self.rng.random() < 0.5:  # noqa: PLR2004 - every other
                self.house.do("hand_back", self._case(phone), OFFICER)
                phone.person_has_it = False
                phone.trace.append("hand back")
        self._drain()
        assert not any(steps[name]() for name in ("claim", "lend"))

    def _drain(self) -> None:
        """Let everybody work until there is nothing to do."""
        for _ in range(200):
            self.house.clock.pass_(LEASE.total_seconds() + 1)
            busy = False
            for _ in range(8):
                for step in (
                    self._claim,
                    self._close,
                    self._settle,
                    self._lend,
                    self._announce,
                    self._send,
                ):
                    while step():
                        busy = True
            if not busy:
                return
        raise AssertionError("There is no end to it.")

    def _look(self) -> None:
        """See that each text of the round has a reader, and who has not two."""
        texts = {row: phone for phone in self.phones for row in phone.texts}
        with self.house.database.read() as tx:
            came = store.inbox.c
            done = dict(tx.execute(select(came.id, came.state).where(came.id.in_(texts))).all())
            of_text = case_messages.c.inbox_id
            kept = set(
                tx.execute(select(of_text, case_messages.c.case_id).where(of_text.in_(texts))).all()
            )
            went = store.outbox.c
            answers: dict[int, list[str]] = {}
            for row, state in tx.execute(
                select(went.inbox_id, went.state).where(went.inbox_id.in_(texts))
            ).all():
                answers.setdefault(row, []).append(state)
        for row, phone in texts.items():
            assert done[row] == "done", f"a text is {done[row]}: {phone}"
            self._look_at(phone, (row, self._case(phone).id) in kept, answers.get(row, []))
        for phone in self.phones:
            self.traces[tuple(phone.trace)] += 1
            phone.texts.clear()
            phone.trace.clear()

    def _look_at(self, phone: Phone, kept: bool, answers: list[str]) -> None:
        answered = "delivered" in answers
        assert kept or answered, f"neither bot nor person got a text, answers {answers}: {phone}"
        assert len(answers) <= 1, f"a text was answered twice: {phone}"
        readers = "both" if answered else "passed on"
        self.seen["person" if not answers else readers if kept else "bot"] += 1

    # Short words.

    def _begin(self, phone: Phone) -> None:
        phone.conversation_id, _ = self.house.talk(phone.number)
        phone.case = self.house.open(phone.conversation_id)
        phone.person_has_it = False
        self.house.do("acknowledge", phone.case, OFFICER)
        self.by_conversation[phone.conversation_id] = phone

    def _case(self, phone: Phone) -> Case:
        assert phone.case is not None
        return phone.case

    def _queue(self, phone: Phone) -> Callable[[Tx], int | None]:
        house = self.house

        def queue(tx: Tx) -> int | None:
            return queueing.put(
                tx,
                house.keyring,
                idempotency_key=f"reply:{house.number()}",
                conversation_id=phone.conversation_id,
                text=OutgoingText(text="a reply", segments=1, encoding="gsm7", kind="officer"),
                now=house.clock(),
            )

        return queue

    def _note(self, conversation_id: str, what: str) -> None:
        phone = self.by_conversation.get(conversation_id)
        if phone is not None:
            phone.trace.append(what)
