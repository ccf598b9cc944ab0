"""What answers cost by SMS: segments of every topic in every variant, over corridors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from statistics import median

from safar.answers.compose import Corridor
from safar.desk.answers import answer, aside, catalogue_of
from safar.desk.errors import DeskError
from safar.desk.rules import FILE, Rules, load_rules
from safar.messaging.render import heading_of, render
from safar.messaging.reply import ReplyError
from safar.messaging.segments import measure
from safar.phrasing.catalogue import Catalogue
from safar.phrasing.errors import PhrasingError
from safar.phrasing.languages import Languages
from safar.phrasing.translations import TEMPLATE, po_path
from safar.registry.build import content_hash
from safar.registry.content import Content
from safar.registry.load import load_content
from safar.registry.query import Registry

Progress = Callable[[int, int], None]
"""Told how many answers of how many are measured."""
_IN_EVERY_TEXT = "reply.more"
LATIN_MOST = 2
OTHERS_MOST = 3
_DIGEST = re.compile(r"<!-- of the content ([0-9a-f]{64}) -->")


@dataclass(frozen=True)
class Cost:
    """What the first answer of a topic costs in a variant, over all corridors.

    Attributes:
        topic: its id.
        variant: BCP 47.
        segments: of the first text, one number a corridor.
        pages: texts in all, if "more" is sent to the end, one number a corridor.
        over: corridors whose first text is over the budget.
        odd: letters for which an answer in Latin letters goes as UCS-2.
        failed: what kept an answer from being made, if anything did.
    """

    topic: str
    variant: str
    segments: tuple[int, ...]
    pages: tuple[int, ...] = ()
    over: tuple[str, ...] = ()
    odd: str = ""
    failed: str = ""

    @property
    def middle(self) -> float:
        """The median of the first text's segments."""
        return float(median(self.segments)) if self.segments else 0.0


def costs(  # noqa: PLR0913, PLR0917 - one value each
    registry: Registry,
    catalogue: Catalogue,
    rules: Rules,
    today: date,
    variants: Sequence[str],
    progress: Progress | None = None,
) -> list[Cost]:
    """Measure every topic in `variants`, over the corridors of the rules."""
    topics = [topic.id for topic in registry.topics()]
    found = []
    for number, variant in enumerate(variants):
        for place, topic in enumerate(topics):
            if progress is not None:
                progress(number * len(topics) + place, len(variants) * len(topics))
            found.append(_cost(registry, catalogue, rules, today, topic, variant))
    return found


def _cost(  # noqa: PLR0913, PLR0917 - one value each
    registry: Registry,
    catalogue: Catalogue,
    rules: Rules,
    today: date,
    topic: str,
    variant: str,
) -> Cost:
    latin = catalogue.languages[variant].latin
    segments, pages, over, odd = [], [], [], set[str]()
    for origin, destination in rules.pairs():
        corridor = Corridor(origin, destination)
        try:
            reply = answer(registry, topic, corridor, today)
            heading = heading_of(reply, catalogue, variant)
            made = render(reply, catalogue, variant, "sms", heading=heading)
        except (LookupError, ReplyError, PhrasingError) as error:
            return Cost(topic, variant, (), failed=f"{origin}-{destination}: {error}")
        first = measure(made.texts[0])
        segments.append(first.segments)
        pages.append(len(made.texts) + len(made.rest))
        if first.segments > rules.budget.segments(first.encoding):
            over.append(f"{origin}-{destination}")
        if latin and first.encoding == "UCS-2":
            odd |= {letter for letter in made.texts[0] if measure(letter).encoding == "UCS-2"}
    return Cost(topic, variant, tuple(segments), tuple(pages), tuple(over), "".join(sorted(odd)))


@dataclass(frozen=True)
class Page:
    """The costs of all answers, as a table.

    Attributes:
        costs: what was measured.
        languages: the variants there are.
        rules: what it was measured by.
        digest: of which content it is.
    """

    costs: tuple[Cost, ...]
    languages: Languages
    rules: Rules
    digest: str

    def rows(self) -> tuple[list[str], list[list[str]]]:
        """Return the head of the table, and its rows; the last two are medians of a variant."""
        by_variant: dict[str, dict[str, Cost]] = {}
        for cost in self.costs:
            by_variant.setdefault(cost.variant, {})[cost.topic] = cost
        tags = [tag for tag in self.languages.tags if tag in by_variant]
        topics = sorted({cost.topic for cost in self.costs})
        rows = [[topic, *(_number(by_variant[tag].get(topic)) for tag in tags)] for topic in topics]
        found = [list(by_variant[tag].values()) for tag in tags]
        rows.append(["median", *(_plain(variant_median(each)) for each in found)])
        ends = [_plain(_pages_median(each)) for each in found]
        rows.append(['texts, if "more" is sent to the end', *ends])
        heads = [f"{tag}*" if self.languages[tag].latin else tag for tag in tags]
        return ["topic", *heads], rows

    def markdown(self) -> str:
        """Return the page of docs/."""
        head, rows = self.rows()
        corridors = self.rules.corridors
        lines = [
            "# SMS segments of every answer",
            "",
            digest_line(self.digest),
            "",
            f"The first text of an answer, in SMS segments: the median over {len(corridors)} "
            f"corridors, from {corridors[0]} to {corridors[-1]}. What does not fit comes after "
            '"more". A segment holds 153 characters of Latin letters (GSM-7) and 67 of other '
            "scripts (UCS-2). Variants in Latin letters are marked *.",
            "",
            "This page is made by `safar content segments --markdown`.",
            "",
            "| " + " | ".join(head) + " |",
            "|---|" + "--:|" * (len(head) - 1),
            *("| " + " | ".join(row) + " |" for row in rows),
            "",
        ]
        return "\n".join(lines)


def measure_all(
    content_dir: Path,
    locales_dir: Path,
    now: datetime,
    variants: Sequence[str] = (),
    progress: Progress | None = None,
) -> Page:
    """Measure every answer in `variants`, or in all of them, from the files as they are.

    Of all, one without translations is left out: its readers get another, which is measured.

    Raises:
        ContentError: the content has errors.
        DeskError: checks.yaml cannot be read, or names no corridor.
        PhrasingError: a catalogue cannot be read, or there is no such variant.
    """
    content = load_content(content_dir)
    rules = load_rules(content_dir)
    if not rules.corridors:
        raise DeskError(f"{content_dir / FILE} names no corridors; list some to measure over.")
    catalogue = catalogue_of(content, locales_dir)
    tags = [content.languages[tag].tag for tag in variants] or [
        tag for tag in content.languages.tags if catalogue.variant_used(_IN_EVERY_TEXT, tag) == tag
    ]
    with aside(content, now) as registry:
        found = costs(registry, catalogue, rules, now.date(), tags, progress)
    digest = digest_of(content, content_dir, locales_dir)
    return Page(tuple(found), content.languages, rules, digest)


def variant_median(found: Iterable[Cost]) -> float:
    """Return the median of all first texts, over topics and corridors."""
    numbers = [number for cost in found for number in cost.segments]
    return float(median(numbers)) if numbers else 0.0


def _pages_median(found: Iterable[Cost]) -> float:
    return float(median(number for cost in found for number in cost.pages))


def digest_line(digest: str) -> str:
    """Return the line by which a page says of which content it is."""
    return f"<!-- of the content {digest} -->"


def digest_in(page: str) -> str:
    """Return the digest that a page was made of; empty if it has none."""
    match = _DIGEST.search(page)
    return match.group(1) if match else ""


def digest_of(content: Content, content_dir: Path, locales_dir: Path) -> str:
    """Return what changes whenever a text or a rule of its length does: SHA-256 in hex.

    Catalogues count without their comments, which say nothing to people.
    """
    made = hashlib.sha256(content_hash(content).encode())
    files = [content_dir / "languages.yaml", content_dir / FILE, locales_dir / TEMPLATE]
    files += [po_path(locales_dir, tag) for tag in content.languages.tags]
    for path in files:
        if path.exists():
            lines = path.read_bytes().splitlines()
            said = [line for line in lines if not line.startswith((b"#:", b"#.", b"# ", b"#~"))]
            made.update(path.name.encode() + b"\n" + b"\n".join(said))
    return made.hexdigest()


def _number(cost: Cost | None) -> str:
    return "" if cost is None or not cost.segments else _plain(cost.middle)


def _plain(number: float) -> str:
    return f"{number:g}"
