"""A forwarded offer, or questions about one, a sign at a time."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from safar.answers.compose import compose_topic
from safar.answers.offer import BEGIN, begin_option, offer_answer, question, result, with_answer
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase

QUESTIONS = "offer_questions"
"""Name of the pending topic while questions are asked; the answers stand behind its colon."""
_FEW_LETTERS = 60


def check_offer(turn: Turn) -> Reply:
    """Say what was found in the text, or ask for the words of the offer where it holds none."""
    turn.memory.update(last_topic="check_offer", pending_topic=None)
    resources, corridor = turn.resources, turn.corridor
    registry, checker, today = resources.registry(), resources.offers(), resources.today()
    text = "" if turn.text.startswith("/") else turn.text
    found = checker.check(
        text, today, origin=turn.slots.get("origin"), destination=turn.entity("destination")
    )
    if not found.flags and (
        found.offer_words < checker.head.recognise.offer_words
        or sum(map(str.isalpha, text)) < _FEW_LETTERS
    ):
        return _ask_for_it(turn)
    if found.origin is None and corridor.origin is not None:
        found = checker.check(
            text, today, origin=corridor.origin, destination=turn.entity("destination")
        )
    return offer_answer(registry, checker, text, found, today)


def _ask_for_it(turn: Turn) -> Reply:
    """Return what to look at in any offer, and how to have one looked at."""
    topic = compose_topic(
        turn.resources.registry(),
        "check_offer",
        origin=turn.corridor.origin,
        destination=turn.corridor.destination,
        today=turn.resources.today(),
    )
    sources = [each.model_copy(update={"part": (each.part or 0) + 1}) for each in topic.sources]
    turn.memory["pending_topic"] = "check_offer"
    return Reply(
        parts=[Phrase(id="offer.send_text"), *topic.parts],
        sources=sources,
        options=[begin_option(), *topic.options],
    )


def offer_questions(turn: Turn, answer: str | None) -> Reply:
    """Take an answer, or begin, and ask the next question or say what the answers show.

    Without an answer the same question is asked again.
    """
    checker = turn.resources.offers()
    answers = "" if answer == BEGIN else pending_answers(turn) or ""
    if answer is not None:
        answers = with_answer(answers, answer)
    turn.memory["last_topic"] = QUESTIONS
    asked = question(checker, answers)
    turn.memory["pending_topic"] = None if asked is None else f"{QUESTIONS}:{answers}"
    if asked is not None:
        return asked
    return result(turn.resources.registry(), checker, answers, turn.corridor.origin)


def pending_answers(turn: Turn) -> str | None:
    """Return the answers so far while questions are asked; None where none is waiting."""
    topic, _, answers = str(turn.slots.get("pending_topic") or "").partition(":")
    return answers if topic == QUESTIONS and turn.slots.get("last_topic") == QUESTIONS else None


def offer_expected(turn: Turn) -> bool:
    """Whether the words of an offer were asked for, and something as long has come."""
    letters = sum(map(str.isalpha, turn.text))
    return turn.slots.get("pending_topic") == "check_offer" and letters >= _FEW_LETTERS


class ActionCheckOffer(SafarAction):
    """The answer to `check_offer`."""

    NAME = "action_check_offer"

    def answer(self, turn: Turn) -> Reply:
        """Check the words of the offer."""
        return check_offer(turn)
