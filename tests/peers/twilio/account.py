"""An account: its secrets, its messages, who opted out, and what a test wants of it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tests.peers.twilio.faults import Faults
from tests.peers.twilio.messages import Message
from tests.peers.twilio.movable_clock import SimClock
from tests.peers.twilio_webhooks import ACCOUNT, OUR_NUMBER, TOKEN

WINDOW = timedelta(hours=24)
_STRICT = ConfigDict(extra="forbid")


class Callbacks(BaseModel):
    """The statuses that each message of ours goes through, and how they are reported.

    Attributes:
        statuses: in the order of the calls; none leaves messages as they were accepted.
        target: stands in for the address's scheme and host.
        error_code: goes with `failed` and `undelivered`.
        delay: seconds of the stand-in's clock before each status.
        copies: how often each call is made.
        order: of the calls, when all statuses were reached.
        lose: the share of calls that is never made, drawn with `seed`.
    """

    model_config = _STRICT

    statuses: list[str] = []
    target: str | None = None
    error_code: int = 30008
    delay: float = Field(default=0.0, ge=0)
    copies: int = Field(default=1, ge=1, le=10)
    order: Literal["as_given", "reversed", "shuffled"] = "as_given"
    lose: float = Field(default=0.0, ge=0, le=1)
    seed: int = 0


class Webhooks(BaseModel):
    """Where inbound messages are delivered.

    Attributes:
        message_url: as configured at Twilio, with connection overrides such as `#rc=3&rp=all`;
            it is what is signed. Without one nothing is delivered.
        fallback_url: called when the first one could not be reached or gave an error.
        target: stands in for the scheme and host of `message_url`.
        fallback_target: likewise for `fallback_url`; `target` if not given.
        advanced_opt_out: whether the form tells of an opt-out word, as Twilio's product does.
    """

    model_config = _STRICT

    message_url: str | None = None
    fallback_url: str | None = None
    target: str | None = None
    fallback_target: str | None = None
    advanced_opt_out: bool = False


class Outcome(BaseModel):
    """How messages to one number end: the last status and its error code."""

    model_config = _STRICT

    status: Literal["delivered", "undelivered", "failed"]
    error_code: int | None = None


class Numbers(BaseModel):
    """What is known of numbers.

    Attributes:
        owned: senders of the account, as they stand in From; None leaves every sender in.
        services: numbers that send for a messaging service, by its SID.
        not_on_whatsapp: bare numbers that WhatsApp does not know.
        outcomes: how messages end, by recipient as it is written in To.
        templates: ContentSids that exist; None lets every one pass.
    """

    model_config = _STRICT

    owned: list[str] | None = None
    services: dict[str, list[str]] = {}
    not_on_whatsapp: list[str] = []
    outcomes: dict[str, Outcome] = {}
    templates: list[str] | None = None


class Lists(BaseModel):
    """How the list of messages behaves.

    Attributes:
        lag: seconds until a new message is in it.
        unsent: whether a message that has not left yet passes a filter by DateSent, by the time
            it was created. What Twilio does is not documented, so try both.
        pages: how many pages there are at most, so that no client reads for ever.
    """

    model_config = _STRICT

    lag: float = Field(default=0.0, ge=0)
    unsent: bool = True
    pages: int = Field(default=100, ge=1)


@dataclass
class Account:
    """One account. `token` signs; `other_tokens` are good for the API, too.

    Attributes:
        keys: API keys and their secrets, for the API only.
        sent: what it accepted to send, oldest first.
        received: what people wrote to it, oldest first.
        replies: what Twilio answered by itself to STOP, START and HELP.
        opted_out: pairs of our number and theirs.
        last_inbound: when somebody last wrote on WhatsApp, by our address and theirs.
    """

    sid: str = ACCOUNT
    token: str = TOKEN
    other_tokens: tuple[str, ...] = ()
    keys: dict[str, str] = field(default_factory=dict)
    sent: list[Message] = field(default_factory=list)
    received: list[Message] = field(default_factory=list)
    replies: list[Message] = field(default_factory=list)
    faults: Faults | None = None
    read_faults: Faults | None = None
    callbacks: Callbacks = field(default_factory=Callbacks)
    webhooks: Webhooks = field(default_factory=Webhooks)
    numbers: Numbers = field(default_factory=Numbers)
    lists: Lists = field(default_factory=Lists)
    opted_out: set[tuple[str, str]] = field(default_factory=set)
    last_inbound: dict[tuple[str, str], datetime] = field(default_factory=dict)
    clock: SimClock = field(default_factory=SimClock)
    reports: set[asyncio.Task[None]] = field(default_factory=set)
    order: Iterator[int] = field(default_factory=itertools.count)

    def knows(self, user: str, password: str) -> bool:
        """Tell whether these are credentials of the account."""
        if user == self.sid:
            return password in (self.token, *self.other_tokens)
        return self.keys.get(user) == password

    def messages(self) -> list[Message]:
        """Return all messages that were not deleted, newest first."""
        every = (*self.sent, *self.received, *self.replies)
        return sorted(
            (message for message in every if not message["deleted"]),
            key=lambda message: message["order"],
            reverse=True,
        )

    def pool(self, service: str) -> list[str]:
        """Return the numbers that send for a messaging service."""
        return self.numbers.services.get(service) or [OUR_NUMBER]

    def shares_opt_out(self, number: str) -> list[str]:
        """Return our numbers that a STOP to `number` silences: its whole messaging service."""
        for pool in self.numbers.services.values():
            if number in pool:
                return pool
        return [number]

    def window_open(self, ours: str, theirs: str) -> bool:
        """Tell whether somebody wrote on WhatsApp less than 24 hours ago."""
        last = self.last_inbound.get((ours, theirs))
        return last is not None and self.clock() - last < WINDOW

    def reset(self) -> None:
        """Forget everything but who the account is."""
        for kept in (self.sent, self.received, self.replies):
            kept.clear()
        self.faults = self.read_faults = None
        self.callbacks, self.webhooks = Callbacks(), Webhooks()
        self.numbers, self.lists = Numbers(), Lists()
        self.opted_out.clear()
        self.last_inbound.clear()
        self.clock.reset()
