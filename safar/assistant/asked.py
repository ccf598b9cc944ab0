"""What is counted and kept of an answered message, so that editors learn from it.

Counted are intents only, by the day: no text, no person, no country. Kept, beside the message and
as long as it, is what it was taken for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from safar.assistant.turns import After
from safar.store.understood import NOT_UNDERSTOOD, Understood

ASKED = "asked."
UNANSWERED = "unanswered."
_ASKED_BACK = "fallback.ask_back"
_NO_ANSWER = ("answer.no_content", "answer.doubt", "fallback.")
_MOST: Final = 10
"""Countries, sums and sources kept of one message: a page of figures must not fill the row."""


def asked(after: After) -> tuple[str, ...]:
    """Return the names of the daily counters that go up for this answer.

    `unanswered.<intent>` counts what we had no checked answer to, or only in part: there editors
    find what people need next.
    """
    if after.understanding is None:
        return ()
    intent = after.understanding.intent or NOT_UNDERSTOOD
    said = [part.id for reply in after.replies for part in reply.parts]
    names = [ASKED + intent]
    if any(message.startswith(_NO_ANSWER) for message in said):
        names.append(UNANSWERED + intent)
    return tuple(names)


def understood(after: After) -> Understood | None:
    """Return what a message was taken for; None where it was not looked at for that."""
    seen = after.understanding
    if seen is None:
        return None
    said = {part.id for reply in after.replies for part in reply.parts}
    return Understood(
        intent=seen.intent or NOT_UNDERSTOOD,
        confidence=min(1.0, max(0.0, seen.confidence)),
        variant=seen.variant or after.variant,
        chosen=after.decided,
        asked_back=_ASKED_BACK in said,
        countries=tuple(islice(_countries(seen.entities), _MOST)),
        amounts=tuple(islice(_amounts(seen.entities), _MOST)),
        sources=tuple(islice(_sources(after), _MOST)),
    )


def _countries(entities: Sequence[Mapping[str, str]]) -> Iterator[str]:
    named = (each["value"] for each in entities if each["entity"] in {"origin", "destination"})
    yield from dict.fromkeys(named)


def _amounts(entities: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield the sums; a currency stands right behind the sum that it belongs to."""
    for place, each in enumerate(entities):
        if each["entity"] == "amount":
            behind = entities[place + 1] if place + 1 < len(entities) else {"entity": ""}
            named = behind["entity"] == "currency"
            yield f"{each['value']} {behind['value']}" if named else each["value"]


def _sources(after: After) -> Iterator[str]:
    given = [source for reply in after.replies for source in reply.sources]
    yield from dict.fromkeys(
        source.title if source.as_of is None else f"{source.title}, {source.as_of}"
        for source in given
    )
