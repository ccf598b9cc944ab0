"""The answer to a message of danger: numbers for where the person is, one question, a person."""

from __future__ import annotations

from datetime import date

from safar.answers.compose import Corridor, intent_option
from safar.answers.contacts import urgent_lines
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase
from safar.registry.query import Registry


def danger_reply(registry: Registry, corridor: Corridor, today: date) -> Reply:
    """Return numbers first; without a known country, the one question is where the person is."""
    lines = urgent_lines(registry, corridor, today)
    parts = [Phrase(id="danger.first"), *lines]
    known_place = corridor.destination is not None
    parts.append(Phrase(id="danger.question" if known_place and lines else "danger.where"))
    return Reply(parts=parts, options=[intent_option("talk_to_person")], urgent=True)
