"""What was misread, by what the person did next.

Message A was written, not chosen, and was answered. The messages after it count while they are of
the same person in the same conversation, in order, and came within `WITHIN` of A:

- **chose**: A was asked back ("Did you mean…"), and the next message chose one of the two guesses.
  That option is what A meant.
- **denied**: the next message said no, and the one after it asked for something else and was
  understood for sure. That is what A meant. Where it asked for the menu or a person instead, A was
  misread, and nobody knows what it meant. A no after danger or an offer answers our own question
  and is none of this.
- **wrote again**: the next message was understood for sure as asking for something else. After a
  text that was not understood it says what A meant. After any other it does so only if it is A in
  other words (`alike`), since the next question is mostly a new one.
- **menu** and **person**: the next message asked for the menu or for a person. A was misread, and
  nobody knows what it meant. After danger a person is the natural next step, after what was not
  understood the menu is what we offered: neither counts.

The first of these that fits counts; an A has one correction at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Final, Literal

from rapidfuzz import fuzz

from safar.insights.reading import ASKING, SURE, UNANSWERED, Message
from safar.registry.danger import normalise
from safar.store.understood import NOT_UNDERSTOOD

WITHIN: Final = timedelta(minutes=10)
_AGAIN: Final = 75.0
"""Likeness of two texts, in percent and whatever the order of their words, that say the same."""
_PROTECTION: Final = frozenset(
    "report_abuse emergency missing_relative talk_to_person case_status delete_my_data".split()
)
_ASKS_YES_OR_NO: Final = _PROTECTION | {"check_offer"}
_GIVES_UP: Final[Mapping[str, Literal["menu", "person"]]] = {
    "menu": "menu",
    "talk_to_person": "person",
}

How = Literal["chose", "denied", "wrote again", "menu", "person"]


@dataclass(frozen=True)
class Correction:
    """How a message was corrected.

    Attributes:
        message: What was misread.
        how: See the top of this module.
        meant: The intent that it had; None where nobody knows.
        if_alike: The message that counts only if it says the same in other words.
    """

    message: Message
    how: How
    meant: str | None = None
    if_alike: Message | None = None


def corrections(rows: Sequence[Message]) -> Iterator[Correction]:
    """Yield the corrections among messages that are sorted by conversation and id."""
    for _, group in groupby(rows, key=lambda row: (row.conversation, row.earlier)):
        talk = list(group)
        for at, message in enumerate(talk):
            if message.written and message.intent in ASKING | UNANSWERED:
                after = [n for n in talk[at + 1 : at + 3] if n.at - message.at <= WITHIN]
                found = _correction(message, after)
                if found is not None:
                    yield found


def alike(one: str, other: str) -> bool:
    """Whether two texts are the same in other words."""
    return fuzz.token_set_ratio(normalise(one), normalise(other)) >= _AGAIN


def _correction(message: Message, after: Sequence[Message]) -> Correction | None:
    if not after:
        return None
    following = after[0]
    if message.understood.asked_back and following.understood.chosen in ASKING:
        return Correction(message, "chose", following.understood.chosen)
    if following.intent == "deny":
        return _denied(message, after[1:])
    if following.intent in _GIVES_UP:
        counts = message.intent not in _PROTECTION | UNANSWERED
        return Correction(message, _GIVES_UP[following.intent]) if counts else None
    if following.written and _another(message, following):
        known = message.intent == NOT_UNDERSTOOD
        return Correction(message, "wrote again", following.intent, None if known else following)
    return None


def _denied(message: Message, after: Sequence[Message]) -> Correction | None:
    if not after or message.intent in _ASKS_YES_OR_NO:
        return None
    if after[0].intent in _GIVES_UP:
        return Correction(message, "denied")
    return Correction(message, "denied", after[0].intent) if _another(message, after[0]) else None


def _another(message: Message, following: Message) -> bool:
    sure = following.understood.confidence >= SURE
    return sure and following.intent in ASKING and following.intent != message.intent
