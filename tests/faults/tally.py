"""Counts what became of messages: pure, so that the counting itself can be tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One text that a provider took: who got it, and the message it answers."""

    person: str
    question: Hashable


@dataclass(frozen=True)
class Tally:
    """What became of the messages of one row.

    Attributes:
        came: Messages that people wrote.
        lost: Those without an answer.
        doubled: Answers taken beyond the first one, of all messages.
        most: The most answers that one message got.
        out_of_order: Answers that left before the one to an earlier message of the same person.
    """

    came: int
    lost: int
    doubled: int
    most: int
    out_of_order: int


def tally(
    written: Sequence[Hashable], answers: Iterable[Answer], place: Mapping[Hashable, int]
) -> Tally:
    """Count.

    Args:
        written: Every message once.
        answers: What the provider took, in the order in which it did.
        place: Where each message stands in the order in which they reached us. A message that is
            not there never did.
    """
    taken: Counter[Hashable] = Counter()
    latest: dict[str, int] = {}
    out_of_order = 0
    for answer in answers:
        taken[answer.question] += 1
        here = place[answer.question]
        if taken[answer.question] == 1 and here < latest.get(answer.person, -1):
            out_of_order += 1
        latest[answer.person] = max(here, latest.get(answer.person, -1))
    return Tally(
        came=len(written),
        lost=sum(1 for each in written if not taken[each]),
        doubled=sum(number - 1 for number in taken.values()),
        most=max(taken.values(), default=0),
        out_of_order=out_of_order,
    )
