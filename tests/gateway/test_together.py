"""Several gateways, workers and dispatchers over one store: as if there were one of each."""

from __future__ import annotations

import random
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from safar.gateway import inbox, outbox
from safar.gateway.dispatcher import Dispatcher, DispatcherOptions
from safar.gateway.messages import ConversationUpdate, InboundMessage, OutgoingText
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from safar.store.errors import StoreUnavailableError
from tests.gateway.conftest import FakeProvider

pytestmark = pytest.mark.both_databases

MESSAGES, PEOPLE = 120, 7
LEASE = timedelta(seconds=30)
PATIENCE = 20_000


def now() -> datetime:
    return datetime.now(timezone.utc)


def message(number: int) -> InboundMessage:
    return InboundMessage(
        provider="fake",
        provider_message_id=f"in-{number}",
        channel="sms",
        sender_kind="phone",
        sender=f"+97798412345{number % PEOPLE:02}",
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


def test_of_two_reports_at_once_the_last_word_stays(
    post, database_url: str, keyring: KeyRing
) -> None:
    rows = post.queue(*(str(number) for number in range(20)))
    for row in rows:
        outbox.mark_sent(
            post.database, row, post.clock(), provider_message_id=f"P{row}", status="queued"
        )
    opened = [open_database(database_url, busy_timeout_ms=PATIENCE) for _ in range(3)]

    def report(database: Database, status: str) -> Callable[[], None]:
        def work() -> None:
            for row in rows:
                outbox.apply_status(
                    database,
                    provider="fake",
                    status=status,
                    now=post.clock(),
                    provider_message_id=f"P{row}",
                )

        return work

    words = ("sent", "delivered", "sending")
    at_once(*(report(database, word) for database, word in zip(opened, words, strict=True)))
    assert {post.state(row) for row in rows} == {"delivered"}
    for database in opened:
        database.close()
