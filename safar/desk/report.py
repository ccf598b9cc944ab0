"""The state of the content: what is there, what needs a look, what it costs, what people ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from safar.desk.checking import Checked
from safar.desk.unused import unused_facts, unused_messages, unused_sources
from safar.phrasing.workshop import Coverage
from safar.registry.content import Content
from safar.registry.schema import Confidence, Dated

INTERNATIONAL = "XX"
SOON = timedelta(days=90)
_MOST_ROWS = 20


@dataclass(frozen=True)
class Asked:
    """What people asked, by intent; counts only.

    Attributes:
        days: since how many days.
        asked: how often, most first.
        unanswered: how often there was no checked answer, or only in part.
    """

    days: int
    asked: Mapping[str, int]
    unanswered: Mapping[str, int]


@dataclass(frozen=True)
class Listed:
    """A list under its title; `what` says why an editor should care."""

    title: str
    what: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


@dataclass(frozen=True)
class Report:
    """All of it, ready to be written as text or as a page."""

    made_at: datetime
    figures: tuple[tuple[str, str], ...]
    lists: tuple[Listed, ...]


def make_report(
    checked: Checked, now: datetime, asked: Asked | None = None, code: Sequence[Path] = ()
) -> Report:
    """Return the report of what was checked.

    Args:
        checked: content, catalogues and costs.
        now: aware time.
        asked: from the operational store, if there is one.
        code: folders of programs that name messages, to tell which nobody names.
    """
    content, today = checked.content, now.date()
    lists = [
        _translations(checked.coverage),
        *_doubtful(content, today),
        _expensive(checked),
        _unused(content, code),
    ]
    if asked is not None:
        lists[:0] = [_most("Most asked", "what people need", asked.asked, asked.days)]
        lists[1:1] = [
            _most(
                "Asked and not answered",
                "no checked answer, or only in part: here content is missing",
                asked.unanswered,
                asked.days,
            )
        ]
    return Report(now, tuple(_figures(checked, today)), tuple(each for each in lists if each.rows))


def _figures(checked: Checked, today: date) -> list[tuple[str, str]]:
    content = checked.content
    countries = [each.model for each in content.countries if each.model.code != INTERNATIONAL]
    roles = Counter(role for country in countries for role in country.roles)
    facts = [fact for _, fact, _ in content.facts()]
    known = {source.id for source, _ in content.located_sources()}
    stated = [fact for fact in facts if fact.stated(today)]
    whole = [fact for fact in stated if fact.source in known and fact.review_by]
    dated = [fact for fact in whole if fact.as_of]
    lines = [line for _, line, _ in content.hotlines()]
    missions = [each for file in content.missions for each in file.model.missions]
    agencies = sum(len(each.model.agencies) for each in content.registers)
    tags = content.languages.tags
    names = {message.id for message, _ in content.located_messages()}
    over = [cost for cost in checked.costs if cost.over or cost.failed]
    measured = {cost.variant for cost in checked.costs}
    usable = [row.percent for row in checked.coverage]
    reviewed = [100 * row.translated // row.total for row in checked.coverage if row.total]
    return [
        (
            "countries",
            f"{len(countries)} ({roles['origin']} of origin, {roles['destination']} to work in)",
        ),
        ("topics in variants", f"{len(content.topics)} in {len(tags)}"),
        ("sentences", str(len(names))),
        ("translated, of all variants the least", _percent(min(usable, default=None))),
        ("reviewed by a native speaker, the least", _percent(min(reviewed, default=None))),
        ("facts", f"{len(facts)}, of which {len(stated)} may be stated today"),
        ("stated facts with source and review_by", f"{len(whole)} of {len(stated)}"),
        ("stated facts with as_of", f"{len(dated)} of {len(stated)}"),
        ("numbers to call", f"{len(lines)}, {sum(line.stated(today) for line in lines)} stated"),
        ("missions", f"{len(missions)}, {sum(each.stated(today) for each in missions)} stated"),
        ("agencies in registers", str(agencies)),
        ("sources", str(len(known))),
        ("answers over their budget", f"{len(over)}, measured in {len(measured)} variants"),
    ]


def _percent(number: int | None) -> str:
    return "no translations" if number is None else f"{number}%"


def _translations(rows: Sequence[Coverage]) -> Listed:
    return Listed(
        "Translations",
        "drafts are sent until a native speaker has reviewed them; stale and missing ones are not",
        ("variant", "reviewed", "draft", "stale", "missing", "%"),
        tuple(
            (
                row.variant,
                *(str(number) for number in (row.translated, row.draft, row.stale, row.missing)),
                str(row.percent),
            )
            for row in rows
        ),
    )


def _doubtful(content: Content, today: date) -> list[Listed]:
    entries = [(dated, name, place.document.file) for dated, name, place in content.dated()]

    def rows(wanted: Sequence[tuple[Dated, str, str]], key: str) -> tuple[tuple[str, ...], ...]:
        found = sorted((str(getattr(each, key)), name, file) for each, name, file in wanted)
        return tuple((name, said, file) for said, name, file in found)

    past = [each for each in entries if each[0].review_by < today]
    soon = [each for each in entries if today <= each[0].review_by <= today + SOON]
    low = [each for each in entries if each[0].confidence is Confidence.LOW]
    disputed = [each for each in entries if getattr(each[0], "disputed", False)]
    withdrawn = [
        (name, f"{each.withdrawn.day} {each.withdrawn.by}: {each.withdrawn.reason}", file)
        for each, name, file in entries
        if each.withdrawn is not None
    ]
    head = ("entry", "", "file")
    return [
        Listed("Withdrawn", "not stated: to be mended", head, tuple(withdrawn)),
        Listed("Past review", "not stated until somebody looks", head, rows(past, "review_by")),
        Listed("Due in 90 days", "stated until then", head, rows(soon, "review_by")),
        Listed("Disputed", "sources disagree: not stated", head, rows(disputed, "source")),
        Listed("Of low confidence", "not stated", head, rows(low, "source")),
    ]


def _expensive(checked: Checked) -> Listed:
    def weight(index: int) -> tuple[bool, int, int]:
        cost = checked.costs[index]
        return bool(cost.over), max(cost.segments, default=0), max(cost.pages, default=0)

    order = sorted(range(len(checked.costs)), key=weight, reverse=True)[:_MOST_ROWS]
    rows = []
    for index in order:
        cost = checked.costs[index]
        over = ", ".join(cost.over) or cost.failed
        numbers = (max(cost.segments, default=0), max(cost.pages, default=0))
        rows.append((cost.topic, cost.variant, *map(str, numbers), over))
    return Listed(
        "Most expensive answers",
        "segments of the first text, and texts to the end, at most",
        ("topic", "variant", "segments", "texts", "over the budget for"),
        tuple(rows),
    )


def _unused(content: Content, code: Sequence[Path]) -> Listed:
    rows = [("fact", name, file) for name, file in unused_facts(content)]
    rows += [("source", name, file) for name, file in unused_sources(content)]
    rows += [("message", name, file) for name, file in unused_messages(content, code)]
    return Listed(
        "Unused",
        "stated by no topic, named by no entry, or said by no program that we could find",
        ("what", "id", "file"),
        tuple(rows),
    )


def _most(title: str, what: str, counts: Mapping[str, int], days: int) -> Listed:
    rows = [(name, str(count)) for name, count in counts.items()]
    return Listed(
        title,
        f"{what}; in {days} days",
        ("intent", "times"),
        tuple(rows[:_MOST_ROWS]),
        max(len(rows) - _MOST_ROWS, 0),
    )
