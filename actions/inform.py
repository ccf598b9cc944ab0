"""A bare fact about oneself: it completes the question asked before, or is noted."""

from __future__ import annotations

from collections.abc import Sequence

from actions.answer_topic import answer_topic, country_option
from actions.base import SafarAction, Turn
from actions.case_talk import case_step
from actions.check_offer import QUESTIONS, check_offer, offer_questions, pending_answers
from actions.contact_embassy import embassy_answer
from actions.contact_hotline import hotline_answer
from actions.danger import danger_answer
from actions.menu import menu_options
from safar.answers.compose import intent_option
from safar.messaging.reply import Reply
from safar.phrasing.values import Country, Phrase

_COMPLETES = {
    "contact_embassy": embassy_answer,
    "contact_hotline": hotline_answer,
    "danger": danger_answer,
    "check_offer": check_offer,
}


def which_country(countries: Sequence[str], side: str) -> Reply:
    """Return the question which country is meant, with those that may be."""
    return Reply(
        parts=[Phrase(id="ask.which_country")],
        options=[
            *(country_option(side, country) for country in countries),
            intent_option("menu"),
        ],
    )


class ActionInform(SafarAction):
    """“Qatar” alone after a question completes it; after an answer it asks the same of Qatar."""

    NAME = "action_inform"

    def answer(self, turn: Turn) -> Reply:
        """Complete what was asked, else say what was noted and offer the menu."""
        step = turn.entity("case_step")
        if step is not None:
            return case_step(turn, step)
        answer = turn.entity("offer_answer")
        if answer is not None or pending_answers(turn) is not None:
            return offer_questions(turn, answer)
        pending, _, asked = str(turn.slots.get("pending_topic") or "").partition(":")
        meant = turn.resources.places().unsure(turn.text)
        if meant and not (asked and len(meant) == 1):
            return which_country(meant, asked or "destination")
        told = turn.entity("origin") or turn.entity("destination")
        topic = pending or str(turn.slots.get("last_topic") or "")
        if topic == QUESTIONS:  # they are answered; a country now is only noted
            topic = ""
        if topic and (pending or told):
            complete = _COMPLETES.get(topic)
            return complete(turn) if complete else answer_topic(turn, topic)
        country = turn.entity("destination") or turn.entity("origin")
        if country is None:
            return Reply(parts=[Phrase(id="menu.intro")], options=menu_options(turn))
        return Reply(
            parts=[Phrase(id="inform.noted", values={"country": Country(code=country)})],
            options=menu_options(turn),
        )
