"""How an answer reads on a phone: composed, worded and rendered as it would be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from safar.answers.compose import Corridor
from safar.desk.answers import answer, aside, catalogue_of
from safar.desk.rules import Price, Rules, load_rules
from safar.messaging.render import Rendered, heading_of, render
from safar.messaging.reply import Reply
from safar.messaging.segments import Measure, measure
from safar.phrasing.catalogue import Catalogue
from safar.registry.load import load_content
from safar.registry.query import Registry

Phone = Literal["sms", "whatsapp", "app"]


@dataclass(frozen=True)
class Question:
    """What is asked, by whom, and on which phone."""

    topic: str
    origin: str | None
    destination: str | None
    city: str | None
    channel: Phone


@dataclass(frozen=True)
class Shown:
    """An answer in one variant.

    Attributes:
        variant: BCP 47.
        rendered: its texts.
        sizes: what each text costs by SMS, those after "more" last.
        borrowed: messages that the variant lacks, so that another of its chain is sent.
    """

    variant: str
    rendered: Rendered
    sizes: tuple[Measure, ...]
    borrowed: tuple[str, ...]

    @property
    def segments(self) -> int:
        """Segments of what is sent at once."""
        return sum(size.segments for size in self.sizes[: len(self.rendered.texts)])


@dataclass(frozen=True)
class Preview:
    """An answer as it was composed and as it would be sent, in each variant asked for."""

    question: Question
    reply: Reply
    shown: tuple[Shown, ...]
    price: Price | None

    def cost(self, shown: Shown) -> Decimal | None:
        """Return what is sent at once costs, where the price is known."""
        return None if self.price is None else self.price.amount * shown.segments


def preview_topic(
    content_dir: Path,
    locales_dir: Path,
    question: Question,
    variants: Sequence[str],
    now: datetime,
) -> Preview:
    """Return the answer to `question` from the content files as they are now.

    A registry is built aside, so the one in use stays as it is. English sentences are those of the
    files; a translation of a sentence that was changed since is left out, as it would be.

    Raises:
        ContentError: the content has errors.
        DeskError: checks.yaml cannot be read.
        LookupError: there is no such topic.
        PhrasingError: there is no such variant, or a translation cannot be read.
    """
    content = load_content(content_dir)
    catalogue = catalogue_of(content, locales_dir)
    with aside(content, now) as registry:
        return preview(registry, catalogue, load_rules(content_dir), question, variants, now.date())


def preview(  # noqa: PLR0913, PLR0917 - one value each
    registry: Registry,
    catalogue: Catalogue,
    rules: Rules,
    question: Question,
    variants: Sequence[str],
    today: date,
) -> Preview:
    """Return the answer to `question` in each of `variants`.

    Raises:
        LookupError: there is no such topic.
        PhrasingError: there is no such variant.
    """
    corridor = Corridor(question.origin, question.destination, question.city)
    topic = registry.topic(question.topic) or registry.topic_for_intent(question.topic)
    reply = answer(registry, topic.id if topic else question.topic, corridor, today)
    shown = tuple(_shown(reply, catalogue, variant, question.channel) for variant in variants)
    # An SMS is paid for where the person is.
    price = rules.price(question.destination or question.origin)
    return Preview(question, reply, shown, price if question.channel == "sms" else None)


def _shown(reply: Reply, catalogue: Catalogue, variant: str, channel: Phone) -> Shown:
    heading = heading_of(reply, catalogue, variant)
    made = render(
        reply, catalogue, variant, "sms" if channel == "sms" else "whatsapp", heading=heading
    )
    if channel == "app":
        # The app shows all of it at once, and the options as buttons.
        parts = [heading, *(catalogue.phrase(part, variant) for part in reply.parts)]
        made = Rendered(texts=["\n\n".join(filter(None, parts))], options=made.options)
    sizes = tuple(measure(text) for text in (*made.texts, *made.rest))
    ids = dict.fromkeys(part.id for part in reply.parts)
    borrowed = tuple(
        name
        for name in ids
        if catalogue.variant_used(name, variant) != catalogue.languages[variant].tag
    )
    return Shown(variant, made, sizes, borrowed)
