"""One claimed message, from what may be answered to it to what is queued and remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from safar.answers.compose import Corridor
from safar.answers.contacts import urgent_lines
from safar.answers.resources import Resources
from safar.assistant.engine import Assistant
from safar.assistant.turns import (
    MORE,
    After,
    Before,
    Hint,
    fallback_turn,
    known_at,
    plain_turn,
    take_turn,
)
from safar.gateway.messages import Choice, ClaimedMessage, Kind, OutgoingText
from safar.messaging.fold import fold
from safar.messaging.render import Channel, SmsBudget
from safar.messaging.reply import Reply
from safar.messaging.segments import measure
from safar.phrasing.values import Phrase

# By treatment: what is said, and whether the numbers to call follow.
_SAID: dict[str, tuple[tuple[str, ...], bool]] = {
    "stop": (("consent.stopped",), False),
    "start": (("consent.started",), False),
    "help": (("consent.help", "consent.danger_call"), True),
    "limit": (("limit.reached",), True),
}
_QUESTIONS = frozenset({"danger.question", "danger.where"})
_ALL_AT_ONCE = SmsBudget(gsm7=8, ucs2=12)
"""Segments of the only answer somebody gets who asked to be left alone."""
_ONLY_DANGER = frozenset({"danger_only", "stopped"})
_LONGEST_BUTTON = 20
"""Characters on a button of WhatsApp."""
_MOST_BUTTONS = 10


def channel_of(message: ClaimedMessage) -> Channel:
    """Return the channel of a message as the renderers name it."""
    return "whatsapp" if message.channel == "whatsapp" else "sms"


async def answer(
    assistant: Assistant,
    resources: Resources,
    message: ClaimedMessage,
    before: Before,
    now: datetime,
) -> After | None:
    """Return what to say to a message and what to remember; None where nothing may be said."""
    channel = channel_of(message)
    before = known_at(resources, before, now)
    if message.treatment in _SAID:
        before = _in_their_language(resources, message, before)
        return plain_turn(resources, channel, before, now, _said(resources, message, now))
    only_danger = message.treatment in _ONLY_DANGER
    after = await take_turn(
        assistant,
        resources,
        conversation_id=message.conversation_id,
        text=message.body,
        channel=channel,
        before=before,
        now=now,
        hint=Hint(
            choice=message.extras.choice,
            decided=message.decided,
            attached=bool(message.extras.media or message.extras.location),
            late_since=message.received_at if message.round else None,
        ),
    )
    if only_danger and not after.urgent:
        # Whoever asks to be forgotten is, though they are not to be written to.
        return replace(after, texts=[]) if after.erases else None
    return _with_way_back(resources, channel, after, now) if _stopped(message) else after


def _stopped(message: ClaimedMessage) -> bool:
    return message.treatment == "stopped"


def _with_way_back(resources: Resources, channel: Channel, after: After, now: datetime) -> After:
    """Return an answer to danger as all that a person gets who asked to be left alone.

    The numbers and how to be answered again: no question and nothing to choose, since what they
    wrote back would meet silence.
    """
    parts = [part for reply in after.replies for part in reply.parts if part.id not in _QUESTIONS]
    parts.append(Phrase(id="consent.way_back"))
    reply = Reply(parts=parts, urgent=True)
    return plain_turn(
        resources, channel, Before(after.state), now, lambda _: reply, sms_budget=_ALL_AT_ONCE
    )


def failed(resources: Resources, message: ClaimedMessage, before: Before, now: datetime) -> After:
    """Return the honest answer where the assistant failed.

    To a person who gets an answer only in danger it is the numbers: one too many is better than
    none where the message could not be read.
    """
    channel = channel_of(message)
    if message.treatment == "answer":
        return fallback_turn(resources, channel, before, now)
    after = plain_turn(resources, channel, before, now, _said(resources, message, now))
    return _with_way_back(resources, channel, after, now) if _stopped(message) else after


def outgoing(
    message: ClaimedMessage, after: After, now: datetime, fresh: timedelta
) -> list[OutgoingText]:
    """Return the texts of an answer as the outbox takes them.

    Args:
        message: what is answered.
        after: the answer.
        now: UTC.
        fresh: how long the answer is worth sending as it is.
    """
    kind = _kind(message, after)
    # What saves a life is true tomorrow, too; and a page was asked for as it stands.
    lasting = kind != "answer" or after.decided == MORE
    choices = _buttons(after) if message.channel == "whatsapp" else ()
    texts = []
    for place, text in enumerate(after.texts):
        size = measure(text)
        last = place == len(after.texts) - 1
        sms = _sms_form(after, place)
        texts.append(
            OutgoingText(
                text=text,
                segments=size.segments if message.channel == "sms" else 0,
                encoding="gsm7" if size.encoding == "GSM-7" else "ucs2",
                expires_at=None if lasting else now + fresh,
                kind=kind,
                choices=choices if last else (),
                variant=after.variant,
                sms_text=sms,
                sms_segments=measure(sms).segments if sms else 0,
            )
        )
    return texts


def _kind(message: ClaimedMessage, after: After) -> Kind:
    if message.treatment in ("stop", "start", "help"):
        return "consent"
    if after.urgent:
        return "danger"
    if after.erases or message.treatment == "limit":
        return "notice"
    return "answer"


def _sms_form(after: After, place: int) -> str | None:
    """Return the SMS that stands for a text of another channel: the first one for the first."""
    if not after.sms_texts or place >= len(after.sms_texts):
        return None
    return fold(after.sms_texts[place])


def _buttons(after: After) -> tuple[Choice, ...]:
    """Return the options as buttons, where all of them can be ones; the text numbers them too.

    None under what is not for others: a notification shows buttons, and text and buttons of a
    content stand on one line with the neutral one.
    """
    options = after.options
    if after.urgent or after.sensitive:
        return ()
    if not 1 <= len(options) <= _MOST_BUTTONS:
        return ()
    if any(len(option.title) > _LONGEST_BUTTON for option in options):
        return ()
    return tuple(Choice(id=option.id, title=option.title) for option in options)


def _said(
    resources: Resources, message: ClaimedMessage, now: datetime
) -> Callable[[Corridor], Reply]:
    """Return what makes a text about the service, with the numbers where the person is."""
    ids, with_numbers = _SAID.get(message.treatment, (("consent.danger_call",), True))

    def make(corridor: Corridor) -> Reply:
        lines = urgent_lines(resources.registry(), corridor, now.date()) if with_numbers else []
        return Reply(
            parts=[*(Phrase(id=each) for each in ids), *lines],
            urgent=message.treatment in _ONLY_DANGER,
        )

    return make


def _in_their_language(resources: Resources, message: ClaimedMessage, before: Before) -> Before:
    """Choose a served language among those of the word, where none is known of the person."""
    served = resources.languages.tags
    if before.variant in served:
        return before
    hit = resources.keywords().find(message.body)
    variant = next((each for each in hit.variants if each in served), None) if hit else None
    return replace(before, variant=variant)
