"""The last word on a message: a person has the conversation, or a case changes with it.

Both are decided in the transaction that closes the message, under the lock of its conversation:
so each text has one reader, and nothing is told of a case that did not come about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from safar.answers.contacts import urgent_lines
from safar.answers.resources import Resources
from safar.assistant.answering import channel_of, outgoing
from safar.assistant.case_steps import Asked, carry_out
from safar.assistant.memory import Memory
from safar.assistant.turns import After, Before, corridor_of, options_as_json, plain_turn
from safar.cases import talking
from safar.cases.errors import NoDesksError, UnknownCaseError
from safar.cases.office import Office
from safar.gateway.messages import ClaimedMessage, ConversationUpdate, LastWord
from safar.messaging.render import SmsBudget
from safar.messaging.reply import Reply
from safar.store.database import Tx
from safar.store.tables import conversations

_CONSENT_WORDS = frozenset({"stop", "start", "help"})
"""Treatments that are answered whoever has the conversation: the law and the carriers ask it."""

_WHOLE = SmsBudget(gsm7=3, ucs2=5)
"""Segments of what is said of a case. It comes once, and when a person is back, and whom to call
until then, must stand beside its number."""

_log = structlog.get_logger(__name__)


def remembered_of(after: After) -> ConversationUpdate:
    """Return what a turn leaves for the next one."""
    return ConversationUpdate(
        state=after.state,
        variant=after.variant,
        offered_options=options_as_json(after.options),
        pages=after.pages,
    )


@dataclass(frozen=True)
class LastWords:
    """Has the last word on each message of a worker process.

    Attributes:
        office: Gives the surroundings of cases; raises `NoDesksError` where there are none.
        fresh: How long an answer is worth sending as it is.
    """

    resources: Resources
    office: Callable[[], Office] = field(repr=False)
    fresh: timedelta

    def on(
        self, message: ClaimedMessage, after: After | None, now: datetime
    ) -> Callable[[Tx], LastWord | None] | None:
        """Return what decides over a message in its last transaction; None without desks."""
        try:
            office = self.office()
        except NoDesksError:
            return None
        return lambda tx: self._decide(tx, office, message, after, now)

    def _decide(
        self, tx: Tx, office: Office, message: ClaimedMessage, after: After | None, now: datetime
    ) -> LastWord | None:
        if after is not None and after.erases and (after.case is None or after.case.sure):
            return None
        if self._received(tx, office, message):
            kept = after is not None and message.treatment in _CONSENT_WORDS
            texts = outgoing(message, after, now, self.fresh) if kept and after else []
            return LastWord([text for text in texts if text.kind == "consent"])
        if after is None or after.case is None or message.treatment in _CONSENT_WORDS:
            return None
        reply = carry_out(tx, office, after.case, self._asked(tx, message, after, now))
        return None if reply is None else self._say(message, after, reply, now)

    @staticmethod
    def _received(tx: Tx, office: Office, message: ClaimedMessage) -> bool:
        try:
            return talking.receive(
                tx, office, message.conversation_id, message.id, text_of(message)
            )
        except UnknownCaseError:
            _log.error("cases.no_conversation", inbox_id=message.id)
            return False

    def _asked(self, tx: Tx, message: ClaimedMessage, after: After, now: datetime) -> Asked:
        contact_id = tx.execute(
            select(conversations.c.contact_id).where(conversations.c.id == message.conversation_id)
        ).scalar_one()
        slots = Memory.model_validate_json(after.state).slots
        corridor = corridor_of(self.resources, slots, after.variant)
        return Asked(
            conversation_id=message.conversation_id,
            contact_id=contact_id,
            inbox_id=message.id,
            text=text_of(message),
            variant=after.variant,
            numbers=urgent_lines(self.resources.registry(), corridor, now.date()),
            said=after.replies[-1] if after.replies else Reply(parts=[]),
        )

    def _say(self, message: ClaimedMessage, after: After, reply: Reply, now: datetime) -> LastWord:
        before = Before(after.state, variant=after.variant)
        said = plain_turn(self.resources, channel_of(message), before, now, lambda _: reply, _WHOLE)
        return LastWord(
            outgoing(message, said, now, self.fresh), remembered_of(said), erases=said.erases
        )


def text_of(message: ClaimedMessage) -> str:
    """Return a message as staff read it: its text, the place and what else came along."""
    lines = [message.body] if message.body.strip() else []
    place = message.extras.location
    if place is not None:
        lines.append(f"[{place.latitude:.5f}, {place.longitude:.5f}] {place.label}".rstrip())
    lines += [f"[{media.content_type or 'file'}]" for media in message.extras.media]
    return "\n".join(lines)
