"""Several gateways, workers and dispatchers over one store: as if there were one of each."""

from __future__ import annotations

import random
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import event, select, update

from safar.gateway import inbox, outbox
from safar.gateway.dispatcher import Dispatcher, DispatcherOptions
from safar.gateway.messages import ConversationUpdate, InboundMessage, OutgoingText
from safar.store import erasure
from safar.store.contacts import address_of
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from safar.store.errors import StoreUnavailableError
from safar.store.tables import conversations
from safar.store.tables import inbox as inbox_table
from tests.gateway.conftest import FakeProvider

pytestmark = pytest.mark.both_databases

MESSAGES, PEOPLE = 120, 7
OF_POST = 1_000
"""Number of a message by the person whom `post` writes for."""
LEASE = timedelta(seconds=30)
PATIENCE = 20_000
HEAD_START = 0.3


def now() -> datetime:
    return datetime.now(timezone.utc)


def message(number: int) -> InboundMessage:
    return InboundMessage(
        provider="fake",
        provider_message_id=f"in-{number}",
        channel="sms",
        sender_kind="phone",
        sender="+9779841234567" if number == OF_POST else f"+97798412345{number % PEOPLE:02}",
        recipient="+1500",
        body=str(number),
    )


def at_once(*works: Callable[[], None]) -> None:
    """Run all of them in threads that begin together; what fails in one fails here."""
    failures: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class Machine:
    """One of the machines that share the work: its own connections to the store."""

    def __init__(self, name: str, url: str, keyring: KeyRing, provider: FakeProvider) -> None:
        self.name, self.keyring = name, keyring
        self.database = open_database(url, busy_timeout_ms=PATIENCE)
        self.dispatcher = Dispatcher(
            self.database,
            keyring,
            [provider],
            owner=f"dispatcher-{name}",
            clock=now,
            rng=random.Random(name),
            options=DispatcherOptions(batch=5, lease=LEASE),
        )
        self.failed = 0

    def receive(self) -> None:
        """Take every message, as both gateways do when the provider delivers all of them twice."""
        for number in range(MESSAGES):
            while True:
                try:
                    inbox.receive(self.database, self.keyring, message(number), now())
                    break
                except StoreUnavailableError:
                    self.failed += 1  # answered 503: the provider delivers it again

    def answer(self) -> None:
        while not self._all_in("done", inbox.counts(self.database)):
            claimed = inbox.claim(self.database, self.keyring, self.name, now(), LEASE, 3)
            for each in claimed:
                assert inbox.finish(
                    self.database,
                    self.keyring,
                    each,
                    self.name,
                    now(),
                    conversation=ConversationUpdate(state=each.body),
                    outgoing=[
                        OutgoingText(text=f"{each.body} a"),
                        OutgoingText(text=f"{each.body} b"),
                    ],
                )

    def send(self) -> None:
        while sum(outbox.counts(self.database).values()) < 2 * MESSAGES or not self._all_in(
            "accepted", outbox.counts(self.database), 2
        ):
            self.dispatcher.run_once()

    @staticmethod
    def _all_in(state: str, counts: dict[str, int], times: int = 1) -> bool:
        return counts == {state: times * MESSAGES}


@pytest.fixture
def machines(database_url: str, keyring: KeyRing) -> tuple[Machine, Machine, FakeProvider]:
    provider = FakeProvider()
    first, second = (Machine(name, database_url, keyring, provider) for name in ("one", "two"))
    return first, second, provider


@pytest.mark.timeout(180)
def test_none_is_lost_none_is_doubled_and_order_is_kept(machines) -> None:
    first, second, provider = machines
    at_once(
        *(first.receive, second.receive),
        *(first.answer, second.answer),
        *(first.send, second.send),
    )
    by_person: dict[str, list[str]] = defaultdict(list)
    for sent in provider.sent:
        by_person[sent.to].append(sent.body)
    assert Counter(sent.body for sent in provider.sent) == Counter(
        f"{number} {place}" for number in range(MESSAGES) for place in "ab"
    )
    assert len(by_person) == PEOPLE
    for bodies in by_person.values():
        # The order in which the two gateways kept them is the order of the answers.
        assert [body[-1] for body in bodies] == ["a", "b"] * (len(bodies) // 2)
        assert bodies[::2] == [f"{body[:-2]} a" for body in bodies[1::2]]
    _assert_order(first.database, first.keyring, provider)
    first.database.close()
    second.database.close()


def _assert_order(database: Database, keyring: KeyRing, provider: FakeProvider) -> None:
    with database.read() as tx:
        kept = tx.exec_driver_sql("SELECT id, body_encrypted FROM inbox ORDER BY id").all()
    order = {keyring.decrypt(body): place for place, (_, body) in enumerate(kept)}
    assert len(order) == MESSAGES
    last: dict[str, int] = defaultdict(lambda: -1)
    for sent in provider.sent:
        place = order[sent.body[:-2]]
        assert place >= last[sent.to]
        last[sent.to] = place


@pytest.fixture
def other(database_url: str) -> Iterator[Database]:
    """The store as another machine has it open."""
    opened = open_database(database_url, busy_timeout_ms=PATIENCE)
    yield opened
    opened.close()


@contextmanager
def meanwhile(database: Database, statement: str, work: Callable[[], None]) -> Iterator[None]:
    """Let `work` begin right after the first such statement, as far as locks let it go."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    thread = threading.Thread(target=run)

    def after(conn: Any, cursor: Any, said: str, *rest: Any) -> None:
        if statement in " ".join(said.split()) and thread.ident is None:
            thread.start()
            thread.join(HEAD_START)

    event.listen(database.engine, "after_cursor_execute", after)
    yield
    event.remove(database.engine, "after_cursor_execute", after)
    assert thread.ident is not None, "There was no such statement."
    thread.join()
    if failures:
        raise failures[0]


def test_of_two_reports_at_once_the_last_word_stays(post, other: Database) -> None:
    (row,) = post.queue("x")
    outbox.mark_sent(post.database, row, post.clock(), provider_message_id="P1", status="queued")

    def report(database: Database, status: str) -> None:
        outbox.apply_status(
            database, provider="fake", status=status, now=now(), provider_message_id="P1"
        )

    with meanwhile(post.database, "FROM outbox", lambda: report(other, "delivered")):
        report(post.database, "sent")
    assert post.state(row) == "delivered"


@pytest.mark.parametrize("statement", ["INSERT INTO contacts", "INSERT INTO inbox"])
def test_of_two_messages_at_once_the_first_is_answered_first(
    database: Database, other: Database, keyring: KeyRing, statement: str
) -> None:
    lent: list[list[str]] = []

    def second() -> None:
        inbox.receive(other, keyring, message(PEOPLE), now())
        claimed = inbox.claim(other, keyring, "worker", now(), LEASE, 10)
        lent.append([each.body for each in claimed])

    with meanwhile(database, statement, second):
        inbox.receive(database, keyring, message(0), now())
    assert lent == [["0"]]
    with database.read() as tx:
        people = tx.execute(select(conversations.c.id).distinct()).all()
    assert len(people) == 1


def test_the_same_message_at_once_is_kept_once(
    database: Database, other: Database, keyring: KeyRing
) -> None:
    kept: list[inbox.Received] = []

    def again() -> None:
        kept.append(inbox.receive(other, keyring, message(0), now()))

    with meanwhile(database, "FROM inbox", again):
        kept.append(inbox.receive(database, keyring, message(0), now()))
    assert sorted(each.duplicate for each in kept) == [False, True]
    assert len({each.inbox_id for each in kept}) == 1


def test_of_two_texts_at_once_the_first_goes_first(post, other: Database, keyring: KeyRing) -> None:
    conversation = post.receive().conversation_id
    lent: list[list[str]] = []

    def put(database: Database, text: str) -> None:
        with database.write() as tx:
            outbox.put(
                tx,
                keyring,
                idempotency_key=text,
                conversation_id=conversation,
                text=OutgoingText(text=text),
                now=now(),
            )

    def second() -> None:
        put(other, "second")
        lent.append(
            [item.message.body for item in outbox.claim(other, keyring, "d", now(), LEASE, 9)]
        )

    with meanwhile(post.database, "INSERT INTO outbox", second):
        put(post.database, "first")
    assert lent == [["first"]]


def test_who_writes_while_being_forgotten_can_be_answered(
    post, other: Database, keyring: KeyRing
) -> None:
    conversation = post.receive().conversation_id
    post.claim_inbox()
    with post.database.write() as tx:
        tx.execute(update(inbox_table).values(state="done"))
        erasure.begin(tx, post.keyring, conversation, post.clock())
    again: list[inbox.Received] = []

    def write() -> None:
        again.append(inbox.receive(other, keyring, message(OF_POST), now()))

    with meanwhile(post.database, "FROM inbox", write), post.database.write() as tx:
        erasure.finish(tx, post.keyring)
    with post.database.read() as tx:
        address = address_of(tx, keyring, again[0].conversation_id)
    assert address == message(OF_POST).sender


def test_two_who_look_at_what_is_too_old_do_it_once(
    post, other: Database, keyring: KeyRing
) -> None:
    post.queue("old", expires_at=post.clock())
    post.clock.pass_(60)

    def claim(database: Database) -> None:
        outbox.claim(database, keyring, "d", post.clock(), LEASE, 9)

    with meanwhile(post.database, "outbox.expires_at <=", lambda: claim(other)):
        claim(post.database)
    with post.database.read() as tx:
        assert tx.execute(select(inbox_table.c.state, inbox_table.c.round)).all() == [("ready", 1)]
