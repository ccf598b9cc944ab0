"""How an answer reads on a phone: composed, worded and rendered as it would be sent."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from safar.answers.compose import Corridor, compose_topic
from safar.answers.contacts import embassy, hotlines
from safar.messaging.render import Rendered, heading_of, render
from safar.messaging.reply import Reply
from safar.messaging.segments import measure
from safar.phrasing.catalogue import Catalogue, Message
from safar.phrasing.languages import LAST_RESORT
from safar.phrasing.translations import load_translations
from safar.registry.build import build_registry
from safar.registry.content import Content
from safar.registry.load import load_content
from safar.registry.query import Registry

_PHONE_WIDTH = 44
_LOOKED_UP: dict[str, Callable[[Registry, Corridor, date], Reply]] = {
    "contact_embassy": embassy,
    "contact_hotline": hotlines,
}
"""Topics that an action answers from tables, not from blocks."""


@dataclass(frozen=True)
class Question:
    """What is asked, by whom, and on which phone."""

    topic: str
    origin: str | None
    destination: str | None
    city: str | None
    variant: str
    channel: Literal["sms", "whatsapp"]


@dataclass(frozen=True)
class Preview:
    """An answer as it was composed and as it would be sent."""

    question: Question
    reply: Reply
    rendered: Rendered


def preview_topic(
    content_dir: Path, locales_dir: Path, question: Question, now: datetime
) -> Preview:
    """Return the answer to `question` from the content files as they are now.

    A registry is built aside, so the one in use stays as it is. English sentences are those of the
    files; a translation of a sentence that was changed since is left out, as it would be.

    Raises:
        ContentError: the content has errors.
        LookupError: there is no such topic.
        PhrasingError: there is no such variant, or a translation cannot be read.
    """
    catalogue = _catalogue(load_content(content_dir), locales_dir)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registry.db"
        build_registry(content_dir, path, now)
        registry = Registry.open(path)
        try:
            reply = _compose(registry, question, now.date())
        finally:
            registry.close()
    heading = heading_of(reply, catalogue, question.variant)
    rendered = render(reply, catalogue, question.variant, question.channel, heading=heading)
    return Preview(question, reply, rendered)


def _compose(registry: Registry, question: Question, today: date) -> Reply:
    topic = registry.topic(question.topic) or registry.topic_for_intent(question.topic)
    name = topic.id if topic else question.topic
    looked_up = _LOOKED_UP.get(name)
    if looked_up is not None:
        corridor = Corridor(question.origin, question.destination, question.city)
        return looked_up(registry, corridor, today)
    return compose_topic(
        registry,
        name,
        origin=question.origin,
        destination=question.destination,
        city=question.city,
        today=today,
    )


def show(preview: Preview, console: Console) -> None:
    """Print each text in a frame, with what it costs by SMS and where it comes from."""
    for number, text in enumerate(preview.rendered.texts, 1):
        console.print(_framed(text, f"text {number}", preview.question.channel))
    for number, text in enumerate(preview.rendered.rest, 1):
        console.print(_framed(text, f'after "more", {number}', preview.question.channel))
    if preview.reply.sensitive:
        console.print("sensitive: every text begins with the line of reply.neutral")
    for source in preview.reply.sources:
        console.print(Text(f"source {source.id}: {source.title}, {source.as_of or 'no date'}"))


def _framed(text: str, title: str, channel: str) -> Panel:
    size = measure(text)
    cost = f"{size.segments} segments, {size.units} units, {size.encoding}"
    if channel != "sms":
        cost = f"{len(text)} characters"
    # Text, not a string: square brackets in an answer are no markup.
    return Panel(Text(text), title=title, subtitle=cost, width=_PHONE_WIDTH)


def _catalogue(content: Content, locales_dir: Path) -> Catalogue:
    languages = content.languages
    extracted = Catalogue.load(locales_dir, languages)
    messages = {name: extracted.message(name) for name in extracted.ids()}
    for message, _ in content.located_messages():
        messages[message.id] = Message(message.id, message.text, message.plural)
    translations = {
        language.tag: load_translations(locales_dir, language)
        for language in languages
        if language.tag != LAST_RESORT
    }
    return Catalogue(messages.values(), languages, translations)
