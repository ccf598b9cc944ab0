"""What is counted of an answered message, for editors: what it asked, and whether it was answered.

Intents only, by the day: no text, no person, no country.
"""

from __future__ import annotations

from safar.assistant.turns import After

ASKED = "asked."
UNANSWERED = "unanswered."
_NOT_UNDERSTOOD = "nlu_fallback"
_NO_ANSWER = ("answer.no_content", "answer.doubt", "fallback.")


def asked(after: After) -> tuple[str, ...]:
    """Return the names of the daily counters that go up for this answer.

    `unanswered.<intent>` counts what we had no checked answer to, or only in part: there editors
    find what people need next.
    """
    if after.understanding is None:
        return ()
    intent = after.understanding.intent or _NOT_UNDERSTOOD
    said = [part.id for reply in after.replies for part in reply.parts]
    names = [ASKED + intent]
    if any(message.startswith(_NO_ANSWER) for message in said):
        names.append(UNANSWERED + intent)
    return tuple(names)
