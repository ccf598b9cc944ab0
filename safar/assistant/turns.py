"""One message of a conversation, from stored memory to texts to send: no database, no provider."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from safar.answers.compose import intent_option
from safar.answers.resources import Resources
from safar.assistant.engine import DEFAULT_VARIANT, Assistant, Understanding, plain
from safar.assistant.memory import Memory
from safar.messaging.options import OfferedOption, resolve
from safar.messaging.render import Channel, Rendered, render
from safar.messaging.reply import Reply, SourceRef
from safar.phrasing.values import Phrase

MORE = "more"
ENTITIES_KEPT = 50
"""Of what one message names, so much is remembered: a page of amounts must not crowd out slots."""


@dataclass(frozen=True)
class Before:
    """What a conversation remembers when a message comes."""

    state: str | None = None
    options: Sequence[OfferedOption] = ()
    pages: Sequence[str] = ()


@dataclass(frozen=True)
class After:
    """What is to be sent and remembered."""

    texts: list[str]
    state: str
    variant: str
    options: list[OfferedOption]
    pages: list[str]
    urgent: bool = False
    understanding: Understanding | None = None
    replies: list[Reply] = field(default_factory=list)


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
) -> After:
    """Answer one message. Always returns at least one text: silence is never an answer."""
    memory, variant = _recall(resources, before, now)
    chosen = resolve(text, list(before.options))
    if chosen == MORE and before.pages:
        return _next_page(before, memory, variant, now)
    if not any(character.isalnum() for character in plain(text)):
        return _say(resources, _unreadable(), _forget_last(memory, variant), variant, channel, now)
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
    after = _say(resources, reply, memory, result.variant, channel, now)
    return After(**{**vars(after), "understanding": result.understanding, "replies": [reply]})


def fallback_turn(resources: Resources, channel: Channel, before: Before, now: datetime) -> After:
    """Return the honest answer where the assistant failed: what to do instead, and a menu."""
    memory, variant = _recall(resources, before, now)
    return _say(resources, _failed(), _forget_last(memory, variant), variant, channel, now)


def _recall(resources: Resources, before: Before, now: datetime) -> tuple[Memory, str]:
    """Return what is remembered at `now`, and the variant to answer in."""
    memory = Memory.read(before.state, now, timedelta(minutes=resources.settings.session_minutes))
    if memory.slots.get("variant") not in resources.languages.tags:
        # Perhaps served no longer; with it in a slot, every answer would fail from now on.
        known = {k: v for k, v in memory.slots.items() if k not in ("variant", "variant_chosen")}
        memory = memory.model_copy(update={"slots": known})
    return memory, str(memory.slots.get("variant") or DEFAULT_VARIANT)


def _forget_last(memory: Memory, variant: str) -> Memory:
    """Return `memory` of a message that was taken for nothing, not for what came before it."""
    return memory.model_copy(update={"understood": {"answered_in": variant}})


def _failed() -> Reply:
    return Reply(
        parts=[Phrase(id="fallback.failed")],
        options=[intent_option("contact_hotline"), intent_option("talk_to_person")],
    )


def _unreadable() -> Reply:
    return Reply(parts=[Phrase(id="message.unreadable")], options=[intent_option("menu")])


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
    )


def _next_page(before: Before, memory: Memory, variant: str, now: datetime) -> After:
    page, *rest = before.pages
    options = [o for o in before.options if o.id != MORE or rest]
    return After(
        texts=[page], state=memory.write(now), variant=variant, options=options, pages=rest
    )


def _say(  # noqa: PLR0913, PLR0917 - one value each
    resources: Resources,
    reply: Reply,
    memory: Memory,
    variant: str,
    channel: Channel,
    now: datetime,
) -> After:
    rendered: Rendered = render(reply, resources.catalogue, variant, channel)
    return After(
        texts=list(rendered.texts),
        state=memory.write(now),
        variant=variant,
        options=list(rendered.options),
        pages=list(rendered.rest),
        urgent=reply.urgent,
        replies=[reply],
    )


def options_as_json(options: Sequence[OfferedOption]) -> list[dict[str, Any]]:
    """Return options as stored in the conversation's row."""
    return [option.model_dump(mode="json") for option in options]


def options_from_json(stored: Sequence[Any]) -> list[OfferedOption]:
    """Return options read from the conversation's row."""
    return [OfferedOption.model_validate(option) for option in stored]
