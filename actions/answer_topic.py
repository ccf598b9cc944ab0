"""Answers a question from its topic in content/, asking first for a country it needs."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from safar.answers.compose import compose_topic, intent_option, no_answer
from safar.messaging.reply import Option, Reply
from safar.phrasing.values import Country, Phrase

COUNTRY_OPTIONS = 8


def answer_topic(turn: Turn, intent: str) -> Reply:
    """Return the answer to `intent`, or the question for a missing country.

    The question is asked once: asked again, the topic is answered as far as it can be.
    """
    resources, corridor = turn.resources, turn.corridor
    registry = resources.registry()
    topic = registry.topic_for_intent(intent)
    turn.memory["last_topic"] = intent
    if topic is None:
        turn.memory["pending_topic"] = None
        return Reply(
            parts=[no_answer(registry, corridor.destination or corridor.origin)],
            options=[intent_option("contact_hotline"), intent_option("talk_to_person")],
        )
    for side in topic.asks:
        asked = turn.slots.get("pending_topic") == f"{intent}:{side}"
        if getattr(corridor, side) is None and not asked:
            turn.memory["pending_topic"] = f"{intent}:{side}"
            return ask_country(turn, side)
    turn.memory["pending_topic"] = None
    return compose_topic(
        registry,
        topic.id,
        origin=corridor.origin,
        destination=corridor.destination,
        city=corridor.city,
        today=resources.today(),
    )


def ask_country(turn: Turn, side: str) -> Reply:
    """Return the question for origin or destination, with the countries served as options."""
    role = "origin" if side == "origin" else "destination"
    of_role = [c for c in turn.resources.registry().countries() if role in c.roles]
    countries = sorted(of_role, key=lambda country: not country.often)
    return Reply(
        parts=[Phrase(id=f"ask.{side}")],
        options=[country_option(side, country.code) for country in countries[:COUNTRY_OPTIONS]],
    )


def country_option(side: str, code: str) -> Option:
    """Return the option that tells a country as origin or destination."""
    title = Phrase(id="option.country", values={"country": Country(code=code)})
    return Option(id=f"{side}:{code}", title=title)


class ActionAnswerTopic(SafarAction):
    """The answer to every question whose whole answer is a topic of content/."""

    NAME = "action_answer_topic"

    def answer(self, turn: Turn) -> Reply:
        """Answer the topic of the intent."""
        return answer_topic(turn, turn.intent)
