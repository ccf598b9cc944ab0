"""Which received parts make a message: pure reckoning over what is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

GAP = "[…]"
"""Stands for parts that never came."""

CLOSED = "#"
"""Mark in a reference: the group is decided, what comes later is another message."""


@dataclass(frozen=True)
class Part:
    """One received part. ``reference`` is empty for a message of one part.

    Attributes:
        sent_at: Time of the message centre, None where it made no sense (UTC).
        received_at: When it was read (UTC).
    """

    id: int
    device: str
    sender_digest: str
    sender: str = field(repr=False)
    reference: str
    parts: int
    part: int
    text: str = field(repr=False)
    sent_at: datetime | None
    received_at: datetime
    fingerprint: str

    @property
    def at(self) -> datetime:
        """When it was sent, as well as that is known."""
        return self.sent_at or self.received_at


@dataclass(frozen=True)
class Group:
    """Parts that make a message, complete or given up waiting."""

    parts: tuple[Part, ...]

    @property
    def at(self) -> datetime:
        """When its first part was sent."""
        return min(part.at for part in self.parts)

    @property
    def closed(self) -> bool:
        """Whether it was decided before, in a run that ended too early."""
        return CLOSED in self.parts[0].reference or not self.parts[0].reference

    @property
    def missing(self) -> int:
        """How many parts never came."""
        return self.parts[0].parts - len({part.part for part in self.parts})

    @property
    def text(self) -> str:
        """The words, with a mark where some are missing."""
        by_place = {part.part: part.text for part in reversed(self.parts)}
        text, gap = "", False
        for place in range(1, self.parts[0].parts + 1):
            piece = by_place.get(place)
            if piece is not None:
                text += f" {piece.lstrip()}" if gap else piece
            elif not gap:
                text = f"{text.rstrip()} {GAP}" if text else GAP
            gap = piece is None
        return _whole(text)


def ready_groups(parts: Iterable[Part], now: datetime, wait: timedelta) -> list[Group]:
    """Return the messages that can be handed on, in the order in which they were sent.

    Parts belong together that came to one device from one sender under one number and total,
    within ``wait`` of each other: senders use their numbers again.

    Args:
        parts: Everything not yet handed on.
        now: UTC.
        wait: How long parts wait for those that are missing.
    """
    families: dict[tuple[str, str, str, int], list[Part]] = defaultdict(list)
    singles: list[Group] = []
    for part in parts:
        if not part.reference:
            singles.append(Group((part,)))
        else:
            key = (part.device, part.sender_digest, part.reference, part.parts)
            families[key].append(part)
    groups = singles
    for family in families.values():
        if CLOSED in family[0].reference:
            groups.append(Group(tuple(family)))
        else:
            groups += [g for g in _apart(family, wait) if _is_ready(g, now, wait)]
    return sorted(groups, key=lambda group: (group.at, group.parts[0].id))


def _apart(family: list[Part], wait: timedelta) -> list[Group]:
    """Tell messages apart that bear the same number."""
    sets: list[list[Part]] = []
    for part in sorted(family, key=lambda each: (each.at, each.id)):
        fitting = [each for each in sets if _fits(part, each, wait)]
        if fitting:
            # The one that began last: the sender has gone on to it.
            fitting[-1].append(part)
        else:
            sets.append([part])
    return [Group(tuple(each)) for each in sets]


def _fits(part: Part, others: list[Part], wait: timedelta) -> bool:
    if part.at - others[0].at > wait:
        return False
    same_place = [other for other in others if other.part == part.part]
    # A network may deliver a part twice; another text in the same place is another message.
    return not same_place or same_place[0].text == part.text


def _is_ready(group: Group, now: datetime, wait: timedelta) -> bool:
    return not group.missing or now - max(part.received_at for part in group.parts) >= wait


def _whole(text: str) -> str:
    """Put together characters whose two halves came in two parts; half of one is a mark."""
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")
