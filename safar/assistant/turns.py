"""One message of a conversation, from stored memory to texts to send: no database, no provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from safar.answers.compose import Corridor, intent_option
from safar.answers.resources import Resources
from safar.assistant.engine import DEFAULT_VARIANT, Assistant, Understanding, plain
from safar.assistant.memory import Memory
from safar.messaging.case_wish import CaseWish
from safar.messaging.options import OfferedOption, resolve
from safar.messaging.render import (
    DEFAULT_SMS_BUDGET,
    Channel,
    Rendered,
    SmsBudget,
    heading_of,
    render,
)
from safar.messaging.reply import Reply, SourceRef
from safar.phrasing.values import Day, Phrase

MORE = "more"
SHOWN_FOR = timedelta(hours=24)
"""How long a number means the option that was shown under it."""
ENTITIES_KEPT = 50
"""Of what one message names, so much is remembered: a page of amounts must not crowd out slots."""


@dataclass(frozen=True)
class Before:
    """What a conversation remembers when a message comes."""

    state: str | None = None
    options: Sequence[OfferedOption] = ()
    pages: Sequence[str] = ()
    variant: str | None = None


@dataclass(frozen=True)
class Hint:
    """What is known of a message beside its text.

    Attributes:
        choice: Id of the button that was pressed.
        decided: Option it was taken for the first time, where it is answered anew.
        attached: Whether something came along that cannot be read.
        late_since: When it was written, where the answer comes late.
    """

    choice: str | None = None
    decided: str | None = None
    attached: bool = False
    late_since: datetime | None = None


NO_HINT = Hint()


@dataclass(frozen=True)
class After:
    """What is to be sent and remembered.

    Attributes:
        texts: To be sent now, in order.
        state: Memory for the next turn.
        variant: Language variant of the texts.
        options: What numbers mean in the next message.
        pages: Texts for "more".
        urgent: Whether they may save a life.
        sensitive: Whether what they say is not for those who look at the telephone.
        erases: Whether the person asked to be forgotten.
        decided: The option that was chosen, if one was, should the turn have to be taken again.
        sms_texts: The same answer for SMS, where the channel is another.
        understanding: What was made of the text.
        replies: What was said, before it had words.
        case: What is wished of the cases.
    """

    texts: list[str]
    state: str
    variant: str
    options: list[OfferedOption]
    pages: list[str]
    urgent: bool = False
    sensitive: bool = False
    erases: bool = False
    decided: str | None = None
    sms_texts: list[str] = field(default_factory=list)
    understanding: Understanding | None = None
    replies: list[Reply] = field(default_factory=list)
    case: CaseWish | None = None


def command_for(option_id: str) -> str:
    """Return what Rasa is told when a person chooses an option: ours to write, never theirs."""
    name, _, value = option_id.partition(":")
    if not value:
        return f"/{name}"
    if name == "variant":
        return "/change_language" + json.dumps({"language": value})
    return "/inform" + json.dumps({name: value})


async def take_turn(  # noqa: PLR0913 - one value each
    assistant: Assistant,
    resources: Resources,
    *,
    conversation_id: str,
    text: str,
    channel: Channel,
    before: Before,
    now: datetime,
    hint: Hint = NO_HINT,
) -> After:
    """Answer one message. Always returns at least one text: silence is never an answer."""
    memory, variant = _recall(resources, before, now)
    before = _shown_lately(before, memory, now)
    chosen = _chosen(text, before, hint)
    if chosen == MORE and before.pages:
        return _next_page(before, memory, variant, now)
    if not any(character.isalnum() for character in plain(text)) and not chosen:
        unread = Phrase(id="message.only_text" if hint.attached else "message.unreadable")
        reply = Reply(parts=[unread], options=[intent_option("menu")])
        return _say(resources, reply, _forget_last(memory, variant), variant, channel, now)
    result = await assistant.turn(
        conversation_id, text, memory.slots, command_for(chosen) if chosen else None
    )
    understood = result.understanding.model_dump(mode="json", exclude={"text"})
    # Rasa swallows what an action raises, and then there is no reply.
    reply = _one(result.replies) or _failed()
    understood["entities"] = understood["entities"][:ENTITIES_KEPT]
    understood["answered_in"] = result.variant
    understood["sources"] = [
        source.model_dump(mode="json", exclude={"part"}) for source in reply.sources
    ]
    memory = memory.model_copy(update={"slots": result.slots, "understood": understood})
    after = _say(resources, reply, memory, result.variant, channel, now, hint)
    more = {"understanding": result.understanding, "replies": [reply], "decided": chosen}
    return After(**{**vars(after), **more})


def plain_turn(  # noqa: PLR0913, PLR0917 - one value each
    resources: Resources,
    channel: Channel,
    before: Before,
    now: datetime,
    make: Callable[[Corridor], Reply],
    sms_budget: SmsBudget = DEFAULT_SMS_BUDGET,
) -> After:
    """Say something that no understanding is needed for, and remember what was remembered.

    Args:
        resources: what to answer with.
        channel: where it is said.
        before: what the conversation remembers.
        now: UTC.
        make: makes the reply for where the person comes from and is, as far as known.
        sms_budget: segments of one SMS page.
    """
    memory, variant = _recall(resources, before, now)
    corridor = corridor_of(resources, memory.slots, variant)
    return _say(resources, make(corridor), memory, variant, channel, now, sms_budget=sms_budget)


def corridor_of(resources: Resources, slots: Mapping[str, Any], variant: str) -> Corridor:
    """Return where a person comes from and is, as far as remembered, or their language suggests."""
    return Corridor(
        str(slots["origin"]) if slots.get("origin") else resources.languages[variant].likely_origin,
        str(slots["destination"]) if slots.get("destination") else None,
        str(slots["city"]) if slots.get("city") else None,
    )


def fallback_turn(resources: Resources, channel: Channel, before: Before, now: datetime) -> After:
    """Return the honest answer where the assistant failed: what to do instead, and a menu."""
    memory, variant = _recall(resources, before, now)
    return _say(resources, _failed(), _forget_last(memory, variant), variant, channel, now)


def known_at(resources: Resources, before: Before, now: datetime) -> Before:
    """Return what is remembered at `now`: nothing, their language neither, of a long silence.

    By then the number may be another person's.
    """
    stranger = timedelta(days=resources.settings.stranger_after_days)
    last_at = Memory.read(before.state, now, stranger, stranger).last_at
    return Before() if last_at is not None and now - last_at > stranger else before


def _recall(resources: Resources, before: Before, now: datetime) -> tuple[Memory, str]:
    """Return what is remembered at `now`, and the variant to answer in."""
    settings = resources.settings
    memory = Memory.read(
        before.state,
        now,
        timedelta(minutes=settings.session_minutes),
        timedelta(days=settings.stranger_after_days),
    )
    if memory.slots.get("variant") not in resources.languages.tags:
        # Perhaps served no longer; with it in a slot, every answer would fail from now on.
        known = {k: v for k, v in memory.slots.items() if k not in ("variant", "variant_chosen")}
        memory = memory.model_copy(update={"slots": known})
    variant = memory.slots.get("variant") or before.variant
    return memory, str(variant) if variant in resources.languages.tags else DEFAULT_VARIANT


def _shown_lately(before: Before, memory: Memory, now: datetime) -> Before:
    """Leave out options and pages of long ago: whoever holds the telephone now never saw them."""
    if memory.last_at is not None and now - memory.last_at <= SHOWN_FOR:
        return before
    return Before(before.state, variant=before.variant) if memory.last_at else before


def _chosen(text: str, before: Before, hint: Hint) -> str | None:
    if hint.decided is not None:
        return hint.decided
    offered = {option.id for option in before.options}
    # A button brings back what we sent; anything else under its name is not ours.
    return hint.choice if hint.choice in offered else resolve(text, list(before.options))


def _forget_last(memory: Memory, variant: str) -> Memory:
    """Return `memory` of a message that was taken for nothing, not for what came before it."""
    return memory.model_copy(update={"understood": {"answered_in": variant}})


def _failed() -> Reply:
    return Reply(
        parts=[Phrase(id="fallback.failed")],
        options=[intent_option("contact_hotline"), intent_option("talk_to_person")],
    )


def _one(replies: Sequence[Reply]) -> Reply | None:
    """Join what several actions said; nearly always there is one."""
    if len(replies) <= 1:
        return replies[0] if replies else None
    parts: list[Phrase] = []
    sources: list[SourceRef] = []
    for reply in replies:
        # What is the source of a part is so under the part's new number.
        sources += [
            source.model_copy(update={"part": len(parts) + (source.part or 0)})
            for source in reply.sources
        ]
        parts += reply.parts
    return Reply(
        parts=parts,
        sources=sources,
        options=replies[-1].options,
        urgent=any(reply.urgent for reply in replies),
        sensitive=any(reply.sensitive for reply in replies),
        case=next((reply.case for reply in replies if reply.case), None),
    )


def _next_page(before: Before, memory: Memory, variant: str, now: datetime) -> After:
    page, *rest = before.pages
    options = [o for o in before.options if o.id != MORE or rest]
    return After(
        texts=[page],
        state=memory.write(now),
        variant=variant,
        options=options,
        pages=rest,
        decided=MORE,
    )


def _say(  # noqa: PLR0913, PLR0917 - one value each
    resources: Resources,
    reply: Reply,
    memory: Memory,
    variant: str,
    channel: Channel,
    now: datetime,
    hint: Hint = NO_HINT,
    sms_budget: SmsBudget = DEFAULT_SMS_BUDGET,
) -> After:
    words = resources.catalogue
    heading = heading_of(reply, words, variant)

    def texts_of(found: Rendered, *, sms: bool) -> list[str]:
        if hint.late_since is None:
            return found.texts
        when = Day(value=hint.late_since.date().isoformat())
        letters = words.sms_letters(variant) if sms else {}
        late = words.phrase(Phrase(id="late.answer", values={"when": when}), variant)
        head = heading.translate(letters)
        # Below the line that a locked screen shows.
        below = found.texts[0].removeprefix(head).lstrip("\n")
        return ["\n".join(filter(None, (head, late.translate(letters), below))), *found.texts[1:]]

    rendered = render(reply, words, variant, channel, sms_budget, heading)
    other = []
    if channel != "sms":
        other = texts_of(render(reply, words, variant, "sms", heading=heading), sms=True)
    return After(
        texts=texts_of(rendered, sms=channel == "sms"),
        state=memory.write(now),
        variant=variant,
        options=list(rendered.options),
        pages=list(rendered.rest),
        urgent=reply.urgent,
        sensitive=reply.sensitive,
        erases=reply.erases,
        sms_texts=other,
        replies=[reply],
        case=reply.case,
    )


def options_as_json(options: Sequence[OfferedOption]) -> list[dict[str, Any]]:
    """Return options as stored in the conversation's row."""
    return [option.model_dump(mode="json") for option in options]


def options_from_json(stored: Sequence[Any]) -> list[OfferedOption]:
    """Return options read from the conversation's row."""
    return [OfferedOption.model_validate(option) for option in stored]
