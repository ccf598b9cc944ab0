"""Notices by SMS leave through the outbox, apart from everybody who writes to Safar."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from case_house import House
from notice_house import Tellers, plan_with, settings, states, undone
from sqlalchemy import select

from safar.cases.notices import by_sms, spreading
from safar.cli.case_errands import queue_of
from safar.gateway import staff_texts
from safar.gateway.dispatcher import Dispatcher
from safar.gateway.providers.base import (
    Capabilities,
    OptedOutError,
    OutboundMessage,
    PermanentSendError,
    SendResult,
)
from safar.store import erasure, suppressions
from safar.store.contacts import find_or_create_conversation
from safar.store.tables import contact_identities, conversations, outbox

pytestmark = pytest.mark.both_databases

NUMBER = "+97455512345"
OURS = "+97444400000"
SETTINGS = settings(sms_provider="fake", sms_from=OURS, sms_per_hour=3)


@dataclass
class FakeProvider:
    """Takes texts, or says what a test says."""

    name: str = "fake"
    capabilities: Capabilities = Capabilities(channels=frozenset({"sms"}))
    taken: list[OutboundMessage] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    status: str = "delivered"

    def send(self, message: OutboundMessage) -> SendResult:
        if self.fails:
            raise self.fails.pop(0)
        self.taken.append(message)
        return SendResult(f"F{message.outbox_id}", self.status)

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        return None


@dataclass
class Line:
    """A house whose desk has a telephone, and the way there."""

    house: House
    provider: FakeProvider = field(default_factory=FakeProvider)

    def hand_over(self) -> int:
        queue = queue_of(self.house.keyring, ["fake"], SETTINGS)
        return by_sms.hand_over(self.house.database, self.house.office, queue, SETTINGS)

    def dispatch(self) -> None:
        Dispatcher(
            self.house.database,
            self.house.keyring,
            [self.provider],
            owner="test",
            clock=self.house.clock,
            rng=random.Random(1),
        ).run_once()

    def open(self, number: int = 0, **values: object) -> None:
        self.house.open(self.house.talk(f"+977980000{number:04}")[0], **values)


@pytest.fixture
def line(house: House) -> Line:
    house.plan = plan_with(doha={"sms": [NUMBER]})
    return Line(house)


def test_a_notice_leaves_through_the_outbox_and_is_settled_by_it(line: Line) -> None:
    line.open(danger=True)
    assert line.hand_over() == 1
    assert states(line.house) == [("sms", "handed_over", None)]
    assert line.hand_over() == 0
    line.dispatch()
    (message,) = line.provider.taken
    assert (message.to, message.from_, message.channel) == (NUMBER, OURS, "sms")
    assert message.body == (
        "Safar, Case 1 (red): A new case waits at your desk."
        " https://safar.example.org/console/cases/1"
    )
    assert undone(line.house) == 1
    line.hand_over()
    assert states(line.house) == [("sms", "sent", None)]
    assert undone(line.house) == 0


def test_what_the_provider_only_took_counts_as_told_after_a_day(line: Line) -> None:
    line.provider.status = "sent"
    line.open()
    line.hand_over()
    line.dispatch()
    line.hand_over()
    assert states(line.house) == [("sms", "handed_over", None)]
    line.house.pass_(24 * 60)
    line.hand_over()
    assert states(line.house) == [("sms", "sent", None)]


def test_what_the_provider_refuses_is_given_up_and_can_be_tried_again(line: Line) -> None:
    line.provider.fails = [PermanentSendError("30006")]
    line.open()
    line.hand_over()
    line.dispatch()
    line.hand_over()
    assert states(line.house) == [("sms", "failed", "30006")]
    spreading.retry_failed(line.house.database, line.house.clock())
    assert line.hand_over() == 1
    line.dispatch()
    line.hand_over()
    assert states(line.house) == [("sms", "sent", None)]
    assert len(line.provider.taken) == 1


def test_the_conversation_of_staff_is_nobody_elses(line: Line) -> None:
    # The same telephone has written to Safar as anybody may.
    own, contact_id = line.house.talk(NUMBER)
    line.open()
    line.hand_over()
    with line.house.database.read() as tx:
        found = tx.execute(
            select(conversations.c.id, conversations.c.contact_id, contact_identities.c.kind)
            .join(outbox, outbox.c.conversation_id == conversations.c.id)
            .join(contact_identities, contact_identities.c.id == conversations.c.identity_id)
        ).one()
    assert found.id != own
    assert found.contact_id != contact_id
    assert found.kind == "staff"
    # And what they write there goes where it went before.
    assert line.house.talk(NUMBER) == (own, contact_id)


def test_who_asked_to_be_left_alone_gets_no_notice(line: Line) -> None:
    line.house.talk(NUMBER)
    with line.house.database.write() as tx:
        digest = line.house.keyring.digest("phone", NUMBER)
        suppressions.suppress(tx, digest, "sms", "person", line.house.clock())
    line.open()
    assert line.hand_over() == 0
    assert states(line.house) == [("sms", "failed", "opted_out")]


def test_whom_the_carrier_leaves_alone_gets_no_second_one(line: Line) -> None:
    line.provider.fails = [OptedOutError("21610")]
    line.open(1)
    line.hand_over()
    line.dispatch()
    line.open(2)
    assert line.hand_over() == 0
    assert states(line.house) == [("sms", "failed", "21610"), ("sms", "failed", "opted_out")]
    # It is their wish as staff: to the person who writes to Safar it says nothing.
    with line.house.database.read() as tx:
        digest = line.house.keyring.digest("phone", NUMBER)
        assert not suppressions.is_suppressed(tx, digest)
    # Once they have written START, an operator lets it be tried again.
    with line.house.database.write() as tx:
        assert staff_texts.heed_no_refusal(tx, line.house.clock()) == 1
    spreading.retry_failed(line.house.database, line.house.clock())
    assert line.hand_over() == 2


def test_a_carriers_word_is_forgotten_and_a_persons_wish_is_not(line: Line) -> None:
    line.house.talk(NUMBER)
    with line.house.database.write() as tx:
        digest = line.house.keyring.digest("phone", NUMBER)
        suppressions.suppress(tx, digest, "sms", "person", line.house.clock())
        assert staff_texts.heed_no_refusal(tx, line.house.clock()) == 0
        assert suppressions.is_suppressed(tx, digest)


def test_more_than_the_limit_waits_and_red_goes_first(line: Line) -> None:
    for number in range(4):
        line.open(number)
    assert line.hand_over() == 3
    assert states(line.house)[3] == ("sms", "ready", "limit")
    line.open(9, danger=True)
    assert line.hand_over() == 0
    line.house.pass_(59)
    assert line.hand_over() == 0
    line.house.pass_(1)
    assert line.hand_over() == 2
    for _ in range(5):
        line.dispatch()
    bodies = [message.body for message in line.provider.taken]
    assert [body.split()[2] for body in bodies] == ["1", "2", "3", "5", "4"]
    assert "(red)" in bodies[3]


def test_a_limit_that_a_clock_ahead_used_up_is_not_used_up(line: Line) -> None:
    for number in range(3):
        line.open(number)
    assert line.hand_over() == 3
    line.house.clock.now = line.house.clock.now.replace(year=2025)
    line.open(9)
    assert line.hand_over() == 1


def test_where_no_provider_is_set_up_that_is_said(line: Line) -> None:
    line.open()
    queue = queue_of(line.house.keyring, ["twilio"], SETTINGS)
    assert by_sms.hand_over(line.house.database, line.house.office, queue, SETTINGS) == 0
    assert states(line.house) == [("sms", "failed", "not_set_up")]


def test_an_address_that_was_mended_is_told(line: Line) -> None:
    line.open()
    spreading.spread(line.house.database, line.house.office)
    line.house.plan = plan_with(doha={"sms": ["+97455554321"]})
    assert line.hand_over() == 1
    line.dispatch()
    assert [message.to for message in line.provider.taken] == ["+97455554321"]


def test_a_letter_that_fails_does_not_repeat_the_sms(line: Line) -> None:
    line.house.plan = plan_with(doha={"sms": [NUMBER], "email": ["desk@example.org"]})
    line.open()
    tell = Tellers(line.house, settings())
    for _ in range(3):
        line.hand_over()
        tell.email()
        line.dispatch()
        tell.later(hours=2)
    assert len(line.provider.taken) == 1


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_words_of_an_sms_are_counted_as_they_are_sent(line: Line, language: str) -> None:
    line.house.plan = plan_with(doha={"sms": [NUMBER]}, doha_in=language)
    line.open()
    line.hand_over()
    with line.house.database.read() as tx:
        row = tx.execute(select(outbox.c.encoding, outbox.c.segments)).one()
    assert tuple(row) == {"ar": ("ucs2", 2), "fr": ("gsm7", 1)}[language]


def test_forgetting_the_same_telephone_takes_no_notice_away(line: Line) -> None:
    with line.house.database.write() as tx:
        found = find_or_create_conversation(
            tx,
            line.house.keyring,
            channel="sms",
            provider="fake",
            kind="phone",
            address=NUMBER,
            our_address=OURS,
            now=line.house.clock(),
        )
    line.open()
    line.hand_over()
    with line.house.database.write() as tx:
        erasure.begin(tx, line.house.keyring, found.id, line.house.clock())
    with line.house.database.write() as tx:
        erasure.finish(tx, line.house.keyring)
    line.dispatch()
    assert [message.to for message in line.provider.taken] == [NUMBER]
