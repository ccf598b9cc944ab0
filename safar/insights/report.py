"""What is asked most, not answered and misread, by variant: counts, and texts without names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from rapidfuzz import fuzz, process

from safar.insights.corrections import Correction, alike, corrections
from safar.insights.reading import ASKING, Message, Progress, messages, texts
from safar.insights.stripping import strip
from safar.insights.vocabulary import Vocabularies
from safar.registry.danger import normalise
from safar.registry.training import ALIKE
from safar.store.crypto import KeyRing
from safar.store.database import Database

WHY: Final = ("corrected", "not understood", "not sure")
"""Why a text is worth labelling, the best reason first."""


@dataclass(frozen=True)
class Asked:
    """How often an intent was asked, and its share of all messages of the variant."""

    intent: str
    times: int
    share: float


@dataclass(frozen=True)
class Group:
    """Texts that are alike.

    Attributes:
        variant: In which they are written.
        text: The one sent most often, without numbers and names.
        times: How many there are.
        understood_as: The intent most of them were taken for.
        meant: What they turned out to mean, where that is known.
        how: How they were corrected, where they were.
        why: One of `WHY`.
    """

    variant: str
    text: str
    times: int
    understood_as: str
    meant: str = ""
    how: str = ""
    why: str = WHY[-1]


@dataclass(frozen=True)
class VariantInsights:
    """What is to be learned from one variant."""

    variant: str
    messages: int
    asked: tuple[Asked, ...] = ()
    unanswered: tuple[Group, ...] = ()
    misread: tuple[Group, ...] = ()
    worth_labelling: tuple[Group, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Insights:
    """What is to be learned from the messages since a moment."""

    since: datetime
    until: datetime
    variants: tuple[VariantInsights, ...]
    unreadable: int = 0


@dataclass(frozen=True)
class _Case:
    """A message worth a look, with its text as it may be shown."""

    message: Message
    text: str
    correction: Correction | None

    @property
    def why(self) -> str:
        if self.correction is not None:
            return WHY[0]
        return WHY[1] if self.message.unanswered else WHY[2]


def insights(  # noqa: PLR0913 - one value each
    database: Database,
    keyring: KeyRing,
    vocabularies: Vocabularies,
    *,
    now: datetime,
    days: int,
    variant: str | None = None,
    progress: Progress | None = None,
) -> Insights:
    """Return what is to be learned from the last so many days, of one variant or of all.

    Raises:
        StoreUnavailableError: The store is locked, damaged or away.
    """
    since = now - timedelta(days=days)
    found = messages(database, keyring, since, progress)
    mine = [row for row in found.rows if variant is None or row.understood.variant == variant]
    corrected = {
        each.message.id: each
        for each in corrections(found.rows)
        if variant is None or each.message.understood.variant == variant
    }
    wanted = [row for row in mine if row.unanswered or row.unsure or row.id in corrected]
    ids = {row.id for row in wanted}
    ids |= {each.if_alike.id for each in corrected.values() if each.if_alike is not None}
    bodies = texts(database, keyring, ids, progress)
    cases: dict[str, list[_Case]] = defaultdict(list)
    for row in wanted:
        correction = _real(corrected.get(row.id), bodies)
        if row.id in bodies and (row.unanswered or row.unsure or correction is not None):
            tag = row.understood.variant
            text = strip(bodies[row.id], vocabularies.of(tag))
            cases[tag].append(_Case(row, text, correction))
    by_variant: dict[str, list[Message]] = defaultdict(list)
    for row in mine:
        by_variant[row.understood.variant].append(row)
    return Insights(
        since,
        now,
        tuple(_of_variant(tag, by_variant[tag], cases[tag]) for tag in sorted(by_variant)),
        found.unreadable,
    )


def _real(correction: Correction | None, bodies: dict[int, str]) -> Correction | None:
    """Leave out a correction that was another question."""
    if correction is None or correction.if_alike is None:
        return correction
    one, other = bodies.get(correction.message.id), bodies.get(correction.if_alike.id)
    return correction if one and other and alike(one, other) else None


def _of_variant(tag: str, rows: Sequence[Message], cases: Sequence[_Case]) -> VariantInsights:
    counted = Counter(row.intent for row in rows if row.intent in ASKING)
    asked = [
        Asked(intent, times, round(times / len(rows), 4))
        for intent, times in sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    ]
    return VariantInsights(
        tag,
        len(rows),
        tuple(asked),
        _groups(tag, [case for case in cases if case.message.unanswered]),
        _groups(tag, [case for case in cases if case.correction is not None]),
        _groups(tag, cases),
    )


def _groups(tag: str, cases: Iterable[_Case]) -> tuple[Group, ...]:
    """Put texts together that are alike, those sent most often first."""
    same: dict[str, list[_Case]] = defaultdict(list)
    for case in cases:
        # A text of which nothing may be shown is like others of its kind.
        same[normalise(case.text) or case.text].append(case)
    joined: dict[str, list[_Case]] = {}
    for key, members in sorted(same.items(), key=lambda each: (-len(each[1]), each[0])):
        near = process.extractOne(key, list(joined), scorer=fuzz.ratio, score_cutoff=ALIKE)
        joined.setdefault(near[0] if near else key, []).extend(members)
    groups = [_group(tag, members) for members in joined.values()]
    return tuple(sorted(groups, key=lambda group: (-group.times, group.text)))


def _group(tag: str, members: Sequence[_Case]) -> Group:
    corrected = [case.correction for case in members if case.correction is not None]
    return Group(
        tag,
        _commonest(case.text for case in members),
        len(members),
        _commonest(case.message.intent for case in members),
        _commonest(each.meant for each in corrected if each.meant),
        _commonest(each.how for each in corrected),
        min((case.why for case in members), key=WHY.index),
    )


def _commonest(values: Iterable[str]) -> str:
    counted = Counter(values)
    return min(counted, key=lambda value: (-counted[value], value), default="")
