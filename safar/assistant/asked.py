"""What is counted and kept of an answered message, so that editors learn from it.

Counted are intents only, by the day: no text, no person, no country. Kept, beside the message and
as long as it, is what it was taken for.
"""

from __future__ import annotations

from safar.assistant.turns import After
from safar.store.understood import NOT_UNDERSTOOD, Understood

ASKED = "asked."
UNANSWERED = "unanswered."
_ASKED_BACK = "fallback.ask_back"
_NO_ANSWER = ("answer.no_content", "answer.doubt", "fallback.")


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
    )
