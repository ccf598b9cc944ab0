"""A carrier that knows the truth: what it really took, whatever was heard of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from safar.gateway.providers.base import (
    Capabilities,
    ChannelPausedError,
    ContentError,
    ExpiredError,
    FailureKind,
    OptedOutError,
    OutboundMessage,
    PermanentSendError,
    RecipientError,
    SendResult,
    StatusReport,
    TransientSendError,
    UnknownOutcomeError,
    WindowClosedError,
)

PLACE = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "partially_delivered": 3,
    "delivered": 4,
    "read": 5,
}
"""Good words in the order of a message's life, written down here once more on purpose."""

BAD = ("failed", "undelivered", "canceled")

REFUSALS: dict[str, Callable[[], Exception]] = {
    "busy": lambda: TransientSendError("busy"),
    "come back later": lambda: TransientSendError("429", retry_after=timedelta(minutes=3)),
    "out of order": lambda: ChannelPausedError("20003"),
    "no such address": lambda: RecipientError("63003"),
    "window closed": lambda: WindowClosedError("63016"),
    "our fault": lambda: ContentError("63027"),
    "opted out": lambda: OptedOutError("21610"),
    "too old": lambda: ExpiredError("30036"),
    "refused": lambda: PermanentSendError("1"),
    "request lost": lambda: UnknownOutcomeError("timeout"),
}
"""What may come of a call without the carrier having taken the message."""

DOUBTFUL: dict[str, Callable[[], BaseException]] = {
    "answer lost": lambda: UnknownOutcomeError("timeout"),
    "answer unreadable": lambda: RuntimeError("a bug of ours"),
    "killed after": lambda: Killed("after"),
}
"""What may be heard of a call though the carrier took the message."""

OUTCOMES = ("taken", "taken", "report first", "killed before", *REFUSALS, *DOUBTFUL)
LAGS = (0, 20, 400)
"""Seconds until it can be found what became of a message. A list that counts as proof has none."""


class Killed(BaseException):
    """The process that sends dies here, as by `kill -9`."""


@dataclass
class Taken:
    """A message that the carrier really took.

    Attributes:
        row: The outbox row it was sent for.
        listed_from: When it can be found; see `Carrier.passed`.
        word: The carrier's word for where it is now.
    """

    id: str
    row: int
    to: str
    body: str
    at: datetime
    listed_from: float
    word: str = "queued"


@dataclass
class Carrier:
    """Takes messages, lists them with a lag, and reports on them.

    Attributes:
        has_list: Whether what it cannot show was surely not taken.
        passed: Seconds since the beginning by a clock that nobody sets.
        script: What comes of the next calls through `send`; then everything is taken.
        reports: All that was ever reported; any of it may arrive, at any time, more than once.
        broken: Promises to the carrier that were not kept, in words.
        meanwhile: Called with a report that overtakes the answer to a call.
    """

    name: str
    clock: Callable[[], datetime]
    can_find: bool = True
    has_list: bool = False
    channels: frozenset[str] = frozenset({"sms", "whatsapp"})
    script: list[str] = field(default_factory=list)
    lag: int = 0
    unreadable: bool = False
    taken: list[Taken] = field(default_factory=list)
    reports: list[StatusReport] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    calls: int = 0
    passed: float = 0.0
    meanwhile: Callable[[StatusReport], object] | None = None

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(self.channels, can_find=self.can_find, has_list=self.has_list)

    def send(self, message: OutboundMessage) -> SendResult:
        return self.take(message, self.script.pop(0) if self.script else "taken")

    def take(self, message: OutboundMessage, outcome: str) -> SendResult:
        """Let a call come to this end; raise what its caller hears."""
        self.calls += 1
        if outcome == "killed before":
            raise Killed(outcome)
        if outcome in REFUSALS:
            raise REFUSALS[outcome]()
        now = self.clock()
        taken = Taken(
            f"{self.name}-{len(self.taken) + 1}",
            message.outbox_id,
            message.to,
            message.body,
            now,
            self.passed + (0 if self.has_list else self.lag),
        )
        self.taken.append(taken)
        if outcome == "report first" and self.meanwhile is not None:
            self.meanwhile(self.goes_on(taken, "sent", None))
        if outcome in DOUBTFUL:
            raise DOUBTFUL[outcome]()
        return SendResult(taken.id, "queued")

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        if self.unreadable:
            raise TransientSendError("503")
        shown = [each for each in self.taken if each.listed_from <= self.passed]
        for each in reversed(shown):
            same = (each.to, each.body) == (message.to, message.body)
            if same and each.at >= since and each.id not in message.taken_ids:
                return SendResult(each.id, each.word)
        hidden = [each.id for each in shown if each.row == message.outbox_id]
        if hidden and not message.taken_ids.intersection(hidden):
            self.broken.append(f"asked for row {message.outbox_id} so that it was not found")
        return None

    def goes_on(self, taken: Taken, word: str, failure: FailureKind | None) -> StatusReport:
        """Let a message come to where this word says, if it leads on; return the report of it."""
        here = PLACE.get(taken.word)
        if here is not None and PLACE.get(word, here + 1 if here <= PLACE["sent"] else -1) > here:
            taken.word = word
        bad = taken.word in BAD
        report = StatusReport(
            self.name,
            taken.word,
            provider_message_id=taken.id,
            outbox_id=taken.row,
            error_code="30003" if bad else None,
            failure=failure if bad else None,
        )
        self.reports.append(report)
        return report

    def of_row(self, row: int) -> list[Taken]:
        return [each for each in self.taken if each.row == row]
