"""What may be answered to a message that came: decided once, in the transaction that keeps it.

First words about consent, then loops, then limits. A message is kept whatever is decided; what
may not be answered is read for danger all the same, unless nobody can have written it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import Select, func, select

from safar.gateway.limits import LimitSettings, country_of, digits_of, full_scope
from safar.gateway.messages import InboundMessage, Treatment
from safar.gateway.set_back import within
from safar.messaging.options import OfferedOption, resolve
from safar.store import suppressions, usage
from safar.store.database import Tx
from safar.store.tables import inbox, outbox
from safar.store.usage import Scope

ConsentKind = Literal["stop", "start", "help"]
_SERVICE_KINDS = frozenset({"phone"})
_SHARED = frozenset({"total", "country", "prefix"})
_LONGEST_CHOICE = 4
_DAY = timedelta(days=1)
_EXPECTED_SEGMENTS = 3
"""What an answer that is still to be made is counted as: the budget of one page of SMS."""


class ConsentWord(Protocol):
    """A word that ends, begins or explains the service, found as the whole of a message."""

    @property
    def kind(self) -> ConsentKind:
        """What it asks for."""
        ...

    @property
    def variant(self) -> str:
        """Language variant of the word (BCP 47)."""
        ...

    @property
    def carrier(self) -> bool:
        """Whether telephone companies act on it themselves."""
        ...

    @property
    def only_when_stopped(self) -> bool:
        """Whether it means something else to anybody who has not asked to be left alone."""
        ...


FindWord = Callable[[str], ConsentWord | None]


@dataclass(frozen=True)
class Arrival:
    """A message and what the store knows of whom it is from.

    Attributes:
        digests: of the address it came from, and of the person's others on this channel: WhatsApp
            names a person by number today and by their id alone tomorrow.
        offered: returns the options that the person was offered last.
    """

    message: InboundMessage
    conversation_id: str
    contact_id: str
    digests: tuple[str, ...]
    body_digest: str
    offered: Callable[[], Sequence[OfferedOption]] = tuple


@dataclass(frozen=True)
class Verdict:
    """What may be answered, why, and the language of the word that decided, if one did."""

    treatment: Treatment
    reason: str | None = None
    variant: str | None = None


class Admission:
    """Judges messages.

    Args:
        limits: how much may be sent.
        find_word: finds words about consent; staff keep them in content/.
    """

    def __init__(self, limits: LimitSettings, find_word: FindWord) -> None:
        """Keep what is given."""
        self._limits, self._find_word = limits, find_word

    def judge(self, tx: Tx, arrival: Arrival, now: datetime) -> Verdict:
        """Decide on a message, and write down what it says about consent."""
        consent = self._consent(tx, arrival, now)
        if consent is not None:
            return self._unless_flooded(tx, arrival, consent, now)
        if arrival.message.costs:
            looping = self._loop(tx, arrival, now)
            if looping is not None:
                return Verdict("none", looping)
        if self._is_stopped(tx, arrival):
            return Verdict("stopped", "suppressed")
        if not arrival.message.costs:
            return Verdict("answer")
        verdict = self._within_limits(tx, arrival, now)
        if verdict.treatment == "danger_only" and self._told_enough(tx, arrival, now):
            return Verdict("none", "limit.danger_answers_day")
        return verdict

    def _told_enough(self, tx: Tx, arrival: Arrival, now: datetime) -> bool:
        return danger_told(tx, arrival.conversation_id, now) >= self._limits.danger_answers_day

    def _consent(self, tx: Tx, arrival: Arrival, now: datetime) -> Verdict | None:
        message = arrival.message
        word = self._find_word(message.body)
        kind: ConsentKind | None = message.opt_out or (word.kind if word else None)
        if kind is None:
            return None
        variant = word.variant if word else None
        stopped = self._is_stopped(tx, arrival)
        if word and word.only_when_stopped and not stopped and message.opt_out is None:
            return None
        if kind == "stop":
            for digest in arrival.digests:
                suppressions.suppress(tx, digest, message.channel, "person", now)
            # Where the provider has answered and blocked the number, ours would only be refused.
            told = message.carrier_acts and word is not None and word.carrier
            silent = message.opt_out is not None or told or stopped
            return Verdict("none" if silent else "stop", "stop", variant)
        if kind == "start":
            for digest in arrival.digests:
                suppressions.lift(tx, digest, message.channel, now)
        return Verdict(kind, kind, variant)

    @staticmethod
    def _is_stopped(tx: Tx, arrival: Arrival) -> bool:
        return suppressions.is_suppressed(tx, *arrival.digests)

    def _unless_flooded(self, tx: Tx, arrival: Arrival, said: Verdict, now: datetime) -> Verdict:
        """Return `said`, without an answer where that would feed a loop or a flood.

        The wish itself holds in any case. HELP may be a cry, so it has the allowance of danger.
        """
        silent = Verdict("none", said.reason, said.variant)
        if not arrival.message.costs:
            return said
        if said.treatment == "none" or self._loop(tx, arrival, now) is not None:
            return silent
        treatment = self._within_limits(tx, arrival, now).treatment
        if treatment == "answer":
            return said
        if said.treatment != "help":
            return silent
        if treatment == "limit":
            return Verdict("limit", said.reason, said.variant)
        asked = self._of_conversation(arrival, now, _DAY).where(inbox.c.treatment == "help")
        few = tx.execute(asked).scalar_one() < self._limits.danger_answers_day
        return said if few else silent

    def _loop(self, tx: Tx, arrival: Arrival, now: datetime) -> str | None:
        """Return why nobody can have written this, or nobody who waits for an answer."""
        message = arrival.message
        if message.sender_kind in _SERVICE_KINDS and digits_of(message.sender) is None:
            return "loop.sender"
        if digits_of(message.sender) is not None and message.sender == message.recipient:
            return "loop.ourselves"
        if (
            not _is_choice(message)
            and self._count(tx, arrival, now, self._burst, same_words=True) >= self._limits.repeats
            and resolve(message.body, arrival.offered()) is None
        ):
            return "loop.repeats"
        if self._count(tx, arrival, now, _DAY) >= self._limits.sender_messages_day:
            return "limit.sender_messages_day"
        return None

    def _within_limits(self, tx: Tx, arrival: Arrival, now: datetime) -> Verdict:
        limits, sender = self._limits, arrival.message.sender
        country = country_of(sender)
        if limits.countries and digits_of(sender) and country not in limits.countries:
            return Verdict("danger_only", "limit.countries")
        full = full_scope(tx, limits, arrival.contact_id, sender, now, _SHARED)
        if full is not None:
            return Verdict("danger_only", f"limit.{full}")
        own = usage.used(tx, Scope("sender", arrival.contact_id), now).segments
        # Or a heap that came while the worker was away would be let in as a whole.
        own += _EXPECTED_SEGMENTS * self._unanswered(tx, arrival)
        burst = self._count(tx, arrival, now, self._burst)
        if own < limits.sender_segments_day and burst < limits.sender_messages_burst:
            return Verdict("answer")
        reason = "limit.sender" if own >= limits.sender_segments_day else "limit.burst"
        told = tx.execute(
            self._of_conversation(arrival, now, _DAY).where(inbox.c.treatment == "limit")
        ).scalar_one()
        # The limit is told once a day; a person who is told so each time pays for reading it.
        return Verdict("danger_only" if told else "limit", reason)

    @staticmethod
    def _unanswered(tx: Tx, arrival: Arrival) -> int:
        query = (
            select(func.count())
            .select_from(inbox)
            .where(
                inbox.c.conversation_id == arrival.conversation_id,
                inbox.c.state.in_(["ready", "leased"]),
                inbox.c.treatment.not_in(["danger_only", "stopped"]),
            )
        )
        return int(tx.execute(query).scalar_one())

    @property
    def _burst(self) -> timedelta:
        return timedelta(minutes=self._limits.burst_minutes)

    def _count(
        self,
        tx: Tx,
        arrival: Arrival,
        now: datetime,
        span: timedelta,
        *,
        same_words: bool = False,
    ) -> int:
        query = self._of_conversation(arrival, now, span)
        if same_words:
            query = query.where(inbox.c.body_digest == arrival.body_digest)
        return int(tx.execute(query).scalar_one())

    @staticmethod
    def _of_conversation(arrival: Arrival, now: datetime, span: timedelta) -> Select[Any]:
        return (
            select(func.count())
            .select_from(inbox)
            .where(
                inbox.c.conversation_id == arrival.conversation_id,
                within(inbox.c.received_at, now, span),
            )
        )


def danger_told(tx: Tx, conversation_id: str, now: datetime) -> int:
    """Count the messages of a conversation that were answered as danger within a day."""
    return int(
        tx.execute(
            select(func.count(outbox.c.inbox_id.distinct())).where(
                outbox.c.conversation_id == conversation_id,
                outbox.c.kind == "danger",
                within(outbox.c.created_at, now, _DAY),
            )
        ).scalar_one()
    )


def _is_choice(message: InboundMessage) -> bool:
    """Whether a menu was answered, by a button or a number: "9" again and again reads on.

    A title that was typed is found by what was offered, which is only looked up where it matters.
    A machine that sends nothing but such a title comes to the limits instead.
    """
    text = message.body.strip()
    number = len(text) <= _LONGEST_CHOICE and any(each.isdigit() for each in text)
    return message.extras.choice is not None or (
        number and not any(each.isalpha() for each in text)
    )


def admit_all(_tx: Tx, _arrival: Arrival, _now: datetime) -> Verdict:
    """Let everything be answered: for the simulator's own commands and for tests of other parts."""
    return Verdict("answer")
