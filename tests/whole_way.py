"""The whole way of a message: webhook or modem in, the worker's turn, the dispatcher out.

Everything is the real thing but three: the assistant follows a script, so that no model is needed;
the providers keep in a list what they are given; and the clock moves only when a test moves it.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from safar.answers.compose import Corridor, compose_topic, intent_option
from safar.answers.contacts import urgent_lines
from safar.answers.resources import Resources
from safar.assistant.engine import TurnResult, Understanding
from safar.assistant.worker import Worker
from safar.cases.office import Office
from safar.cases.plan import Plan
from safar.gateway import housekeeping
from safar.gateway.dispatcher import Dispatcher, DispatcherOptions
from safar.gateway.limits import LimitSettings
from safar.gateway.messages import InboundMessage, Received
from safar.gateway.providers.base import (
    Capabilities,
    FailureKind,
    NoConnectionError,
    OutboundMessage,
    SendResult,
    StatusReport,
)
from safar.gateway.surroundings import surroundings_of
from safar.messaging.reply import Reply
from safar.messaging.segments import measure
from safar.phrasing.values import Phrase
from safar.store import suppressions
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from safar.store.forgotten import known_ids
from safar.store.tables import inbox, outbox
from tests.clock import FakeClock
from tests.fresh_store import prepared
from tests.gateway.web_gateway import Gateway, make_settings
from tests.peers.twilio_webhooks import OUR_NUMBER, new_sid, sms_form, whatsapp_form
from tests.shipped import resources_of

ANA, BEN = "+9779841234567", "+639171234567"
CRY = "they beat me"
"""What the script takes for a cry for help."""
FORGET = "forget me"
LONG = "tell me everything"
LONGER = "tell me everything there is"
"""Takes more pages than anybody's repeats are answered."""
LINES = {"sms": "twilio", "whatsapp": "twilio", "modem": "modem"}
"""Ways in: over Twilio's webhook by SMS or WhatsApp, or over a modem."""


def kind_of(line: str) -> str:
    """Return the kind of the address that a person writes from on a line."""
    return "whatsapp" if line == "whatsapp" else "phone"


@dataclass
class Outlet:
    """A provider that keeps what it is given, unless the script has an error for it.

    Attributes:
        clock: The provider's own, by which its list is dated.
        errors_on: The one channel that the errors are for; None for all.
        away: Nobody reaches it.
        loses_answers: Errors raised after a message was taken.
    """

    name: str
    clock: Callable[[], datetime]
    errors: list[Exception | None] = field(default_factory=list)
    always: Exception | None = None
    errors_on: str | None = None
    away: bool = False
    loses_answers: list[Exception] = field(default_factory=list)
    sent: list[OutboundMessage] = field(default_factory=list)
    sent_at: list[datetime] = field(default_factory=list)
    calls: int = 0
    capabilities: Capabilities = Capabilities(frozenset({"sms", "whatsapp"}), can_find=True)

    def send(self, message: OutboundMessage) -> SendResult:
        self._reach()
        self.calls += 1
        error = None
        if self.errors_on in {None, message.channel}:
            error = self.errors.pop(0) if self.errors else self.always
        if error is not None:
            raise error
        self.sent.append(message)
        self.sent_at.append(self.clock())
        if self.loses_answers:
            raise self.loses_answers.pop(0)
        return SendResult(f"{self.name}-{len(self.sent)}", "queued")

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        """Look in the list, as Twilio's is: by address and text, newer than a moment."""
        self._reach()
        for place, (sent, at) in enumerate(zip(self.sent, self.sent_at, strict=True), start=1):
            same = (sent.to, sent.body) == (message.to, message.body)
            name = f"{self.name}-{place}"
            if same and at >= since and name not in message.taken_ids:
                return SendResult(name, "sent")
        return None

    def _reach(self) -> None:
        if self.away:
            raise NoConnectionError("no_connection")


class Scripted:
    """Answers by what stands in the text, or by the topic whose id it is; `asked` is the text."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self.asked: list[str] = []
        self.slots: list[dict[str, Any]] = []
        self.meanwhile: Callable[[], object] | None = None
        self.fails = False
        self.variant: str | None = None
        self.told: dict[str, Any] = {}
        """What is noted of whoever writes next."""
        self.menus = {"menu"}
        """What is answered with a menu."""
        self.understands: dict[str, Understanding] = {}
        """What a text is taken for, if not for a greeting."""
        self.says: dict[str, Reply] = {}
        """What is answered to a text, if not what stands above."""

    async def turn(
        self,
        conversation_id: str,
        text: str,
        slots: Mapping[str, Any],
        command: str | None = None,
    ) -> TurnResult:
        self.asked.append(command or text)
        self.slots.append(dict(slots))
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        if self.fails:
            raise RuntimeError
        seen = Understanding(text=text, variant="en", intent="greet", confidence=1.0, danger=False)
        seen = self.understands.get(text, seen)
        variant = self.variant or str(slots.get("variant") or "en")
        after = {**slots, **self.told, "last_topic": text}
        self.told = {}
        return TurnResult([self.says.get(text) or self._reply(text)], after, seen, variant)

    def _reply(self, text: str) -> Reply:
        if CRY in text:
            lines = urgent_lines(
                self._resources.registry(), Corridor("NP", "QA", None), self._resources.today()
            )
            return Reply(parts=lines, urgent=True)
        if FORGET in text:
            return Reply(parts=[Phrase(id="forget.erased")], erases=True)
        if text in self.menus:
            return Reply(
                parts=[Phrase(id="utter_greet")],
                options=[intent_option("ask_wages"), intent_option("contact_hotline")],
            )
        if self._resources.registry().topic(text) is not None:
            today = self._resources.today()
            return compose_topic(
                self._resources.registry(), text, origin="NP", destination="QA", today=today
            )
        if LONG in text:
            times = 40 if LONGER in text else 12
            return Reply(parts=[Phrase(id="utter_greet"), *[Phrase(id="consent.help")] * times])
        return Reply(parts=[Phrase(id="utter_greet")])


def limits_of(**changes: object) -> LimitSettings:
    """Return limits with these changes, whatever the environment says."""
    return LimitSettings(_env_file=None, **changes)  # type: ignore[arg-type, call-arg]


class Way:
    """A gateway, a worker and a dispatcher over one store."""

    def __init__(
        self,
        home: Path,
        keyring: KeyRing,
        registry_path: Path,
        limits: LimitSettings | None = None,
        options: DispatcherOptions | None = None,
        changes: Mapping[str, object] | None = None,
        others: Sequence[str] = (),
        plan: Plan | None = None,
    ) -> None:
        self.clock, self.keyring = FakeClock(), keyring
        # As an operator should have it: Safar alone keeps who sent STOP.
        own = {
            "registry_path": registry_path,
            "twilio_obeys_stop": False,
            "database_url": f"sqlite:///{home / 'safar.db'}",
            **(changes or {}),
        }
        self.settings = make_settings(home, **own)
        self.file = home / "safar.db"
        self.database = open_database(prepared(self.settings.database_url), busy_timeout_ms=5_000)
        self.limits = limits or limits_of()
        self.gateway = Gateway(self.settings, self.database, keyring, self.clock, self.limits)
        self.surroundings = surroundings_of(
            self.settings, self.database, keyring, self.clock, self.limits
        )
        self.resources = resources_of(self.settings, self.clock)
        self.script = Scripted(self.resources)
        self.worker = Worker(
            self.database,
            keyring,
            self.script,  # type: ignore[arg-type]  # the script has the one method that is used
            self.resources,
            "worker",
            self.clock,
            self.limits,
            office=None if plan is None else self.office,
        )
        self.plan = plan
        self.twilio, self.modem = Outlet("twilio", self.clock), Outlet("modem", self.clock)
        self.others = {name: Outlet(name, self.clock) for name in others}
        self.dispatcher = Dispatcher(
            self.database,
            keyring,
            [self.twilio, self.modem, *self.others.values()],
            owner="dispatcher",
            clock=self.clock,
            rng=random.Random(1),
            options=options or DispatcherOptions(),
        )
        self.errands = {errand.name: errand for errand in housekeeping.errands(self.surroundings)}

    def office(self) -> Office:
        assert self.plan is not None
        return Office(self.keyring, self.plan, self.clock, secrets.choice)

    def close(self) -> None:
        self.database.close()

    # What a person does.

    def write(self, text: str, line: str = "sms", sender: str = ANA, **fields: Any) -> Received:
        """Bring a message in through the front door of its line; return where it was put."""
        if line == "modem":
            message = InboundMessage(
                provider="modem",
                provider_message_id=fields.pop("MessageSid", new_sid("GSM")),
                channel="sms",
                sender_kind="phone",
                sender=sender,
                recipient="+9779800000000",
                body=text,
                **fields,
            )
            return self.surroundings.receive(message)
        if line == "whatsapp":
            own = {
                "From": f"whatsapp:{sender}",
                "WaId": sender[1:],
                "ExternalUserId": f"whatsapp:XX.{sender[1:]}",
            }
            form = whatsapp_form(text, **(own | fields))
        else:
            form = sms_form(text, From=sender, **fields)
        answer = self.gateway.post(form)
        assert answer.status_code == 200, answer.text
        stored = known_ids(self.keyring, "twilio", form["MessageSid"])
        row = next(r for r in self.inbox() if r.provider_message_id in stored)
        return Received(row.id, row.conversation_id, duplicate=False)

    def bring(self, text: str, **fields: Any) -> Received:
        """Bring in a message with fields that the webhook does not set yet."""
        values = {
            "provider": "twilio",
            "provider_message_id": new_sid(),
            "channel": "sms",
            "sender_kind": "phone",
            "sender": ANA,
            "recipient": OUR_NUMBER,
            "body": text,
        }
        return self.surroundings.receive(InboundMessage.model_validate(values | fields))

    # What we do.

    def work(self, rounds: int = 500) -> int:
        """Let the worker close what is ready; return how many messages that was."""
        done = 0
        for _ in range(rounds):
            now = asyncio.run(self.worker.run_once())
            done += now
            if not now:
                break
        return done

    def send(self, rounds: int = 500) -> int:
        """Let the dispatcher send what is ready."""
        done = 0
        for _ in range(rounds):
            now = self.dispatcher.run_once()
            done += now
            if not now:
                break
        return done

    def answer(self) -> list[str]:
        """Work and send; return what was sent by it."""
        before = len(self.sent())
        self.work()
        self.send()
        return [message.body for message in self.sent()[before:]]

    def ask(self, text: str, line: str = "sms", sender: str = ANA, **fields: Any) -> list[str]:
        """Write, work and send; return what was sent by it."""
        self.write(text, line, sender, **fields)
        return self.answer()

    def report(
        self, outbox_id: int, status: str, failure: FailureKind | None = None, code: str = "1"
    ) -> bool:
        """Bring a delivery report about a row."""
        row = self.row(outbox_id)
        report = StatusReport(
            row["provider"],
            status,
            provider_message_id=row["provider_message_id"],
            outbox_id=outbox_id,
            error_code=code,
            failure=failure,
        )
        return self.surroundings.report(report)

    # What is there.

    def sent(self) -> list[OutboundMessage]:
        outlets = (self.twilio, self.modem, *self.others.values())
        sent = [message for outlet in outlets for message in outlet.sent]
        return sorted(sent, key=lambda message: message.outbox_id)

    def bodies(self) -> list[str]:
        return [message.body for message in self.sent()]

    def segments(self, since: int = 0) -> int:
        return sum(measure(body).segments for body in self.bodies()[since:])

    def inbox(self) -> list[Any]:
        with self.database.read() as tx:
            return list(tx.execute(select(inbox).order_by(inbox.c.id)))

    def outbox(self) -> list[Any]:
        with self.database.read() as tx:
            return list(tx.execute(select(outbox).order_by(outbox.c.id)))

    def row(self, outbox_id: int) -> dict[str, Any]:
        return dict(next(r for r in self.outbox() if r.id == outbox_id)._mapping)

    def states(self) -> list[str]:
        return [row.state for row in self.outbox()]

    def treatments(self) -> list[str]:
        return [row.treatment for row in self.inbox()]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.database.read() as tx:
            return [tuple(row) for row in tx.exec_driver_sql(sql)]

    def stopped(self, line: str = "sms", sender: str = ANA) -> bool:
        address = f"whatsapp:{sender}" if line == "whatsapp" else sender
        with self.database.read() as tx:
            return suppressions.is_suppressed(tx, self.keyring.digest(kind_of(line), address))

    def words(self, phrase_id: str, variant: str = "en") -> str:
        """Return a phrase as it stands in the catalogue."""
        return self.resources.catalogue.phrase(Phrase(id=phrase_id), variant)

    def plain(self, text: str, variant: str) -> str:
        """Return a text as an SMS of a variant has it."""
        return text.translate(self.resources.catalogue.sms_letters(variant))
