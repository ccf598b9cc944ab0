"""The talk about a case: asked for, agreed to, told more. What comes of it the worker says.

An action only wishes (`CaseWish`). What it says itself is for where nobody takes cases: it is
honest there, and replaced elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from safar.answers.compose import intent_option
from safar.answers.contacts import urgent_lines
from safar.messaging.case_wish import CaseWish, Step
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase

if TYPE_CHECKING:
    from actions.base import Turn

CONSENT: Final = "case:consent"
ABOUT: Final = "case:about"
ADD: Final = "case:add"
"""What is waited for, as `pending_topic` has it: a yes or no, whom it is about, what to add."""

DANGER: Final = frozenset({"emergency", "report_abuse"})
_NOT_SAFE: Final = "in_danger_now"
_LEAVES: Final = frozenset({"menu", "change_language", "deny", "delete_my_data"})
"""Intents of a text that is no answer to what was asked to be written."""


def wish(turn: Turn, step: Step, *, for_other: bool = False, about_text: bool = False) -> CaseWish:
    """Return a wish with what is known of the person and of what was talked about."""
    topic = str(turn.slots.get("last_topic") or "")
    danger = topic == "danger" or turn.intent in DANGER
    kind = topic if turn.resources.catalogue.has(f"option.{topic}") else turn.intent
    if danger:
        kind = turn.intent if turn.intent in DANGER else "emergency"
    not_safe = turn.memory.get("danger_told") or turn.slots.get("danger_told")
    corridor = turn.corridor
    return CaseWish(
        step=step,
        kind=kind or "talk_to_person",
        danger=danger,
        answers=(_NOT_SAFE,) if not_safe else (),
        origin=corridor.origin,
        destination=corridor.destination,
        city=corridor.city,
        for_other=for_other,
        about_text=about_text,
        reference=turn.entity("case_reference"),
    )


def with_numbers(turn: Turn, first: str, case: CaseWish | None = None) -> Reply:
    """Return a sentence and the numbers where people answer."""
    registry = turn.resources.registry()
    lines = urgent_lines(registry, turn.corridor, turn.resources.today())
    return Reply(
        parts=[Phrase(id=first), *lines],
        options=[intent_option("contact_embassy"), intent_option("contact_hotline")],
        sensitive=True,
        case=case,
    )


def ask_for_person(turn: Turn) -> Reply:
    """Ask whether a case may be passed on; whom to call where nobody takes cases."""
    turn.memory["pending_topic"] = CONSENT
    return with_numbers(turn, "person.not_yet", wish(turn, "ask"))


def agreed(turn: Turn, *, for_other: bool = False) -> Reply:
    """Take a yes to the question whether a case may be passed on."""
    if for_other:
        turn.memory["pending_topic"] = ABOUT
        return Reply(parts=[Phrase(id="case.about_whom")], sensitive=True)
    turn.memory["pending_topic"] = None
    return with_numbers(turn, "person.not_yet", wish(turn, "consent"))


def refused(turn: Turn) -> Reply:
    """Take a no: nothing is passed on, and the numbers are given."""
    turn.memory["pending_topic"] = None
    return with_numbers(turn, "case.declined", wish(turn, "decline"))


def waits_for_consent(turn: Turn) -> bool:
    """Whether a yes or no now answers the question about a case."""
    return turn.slots.get("pending_topic") == CONSENT


def refuses(turn: Turn) -> bool:
    """Whether a no now means that nothing shall be passed on."""
    return turn.slots.get("pending_topic") in (CONSENT, ABOUT)


def case_step(turn: Turn, step: str) -> Reply:
    """Do what was chosen among the options about a case."""
    if step in ("self", "other"):
        return agreed(turn, for_other=step == "other")
    if step == "no":
        return refused(turn)
    if step == "add":
        turn.memory["pending_topic"] = ADD
        return Reply(parts=[Phrase(id="case.write_more")], sensitive=True)
    if step == "forget_sure":
        return Reply(parts=[Phrase(id="forget.erased")], erases=True)
    steps: dict[str, Step] = {
        "reopen": "reopen",
        "withdraw": "withdraw",
        "withdraw_sure": "withdraw",
    }
    if step not in steps:
        return with_numbers(turn, "case.none", wish(turn, "status"))
    told = wish(turn, steps[step]).model_copy(update={"sure": step == "withdraw_sure"})
    return with_numbers(turn, "case.none", told)


def expected_text(turn: Turn) -> Reply | None:
    """Return the answer to a text that was asked for as it is; None where none was.

    Whatever it is taken for: whom a case is about often sounds like a cry for help, and is one.
    """
    waited = turn.slots.get("pending_topic")
    if waited not in (ABOUT, ADD) or turn.text.startswith("/") or turn.intent in _LEAVES:
        return None
    turn.memory["pending_topic"] = None
    if waited == ABOUT:
        told = wish(turn, "consent", for_other=True, about_text=True)
    else:
        told = wish(turn, "add")
    reply = with_numbers(turn, "person.not_yet", told)
    return reply.model_copy(update={"urgent": turn.intent in DANGER})
