"""What is counted of an answer: the intent, and whether there was an answer; never a text."""

from __future__ import annotations

import pytest

from safar.assistant.asked import asked, understood
from safar.assistant.engine import Understanding
from safar.assistant.turns import After
from safar.messaging.reply import Reply, SourceRef
from safar.phrasing.values import Phrase


def _after(intent: str | None, *said: str) -> After:
    understood = Understanding(
        text="my own words", variant="en", intent=intent, confidence=0.9, danger=False
    )
    reply = Reply(parts=[Phrase(id=each) for each in said])
    return After(
        texts=["…"],
        state="{}",
        variant="en",
        options=[],
        pages=[],
        understanding=understood,
        replies=[reply],
    )


@pytest.mark.parametrize(
    ("intent", "said", "counted"),
    [
        ("ask_wages", ["topic.wages.minimum"], ("asked.ask_wages",)),
        (
            "ask_wages",
            ["topic.wages.minimum", "answer.doubt_no_site"],
            ("asked.ask_wages", "unanswered.ask_wages"),
        ),
        (
            "ask_unions",
            ["answer.no_content_anywhere"],
            ("asked.ask_unions", "unanswered.ask_unions"),
        ),
        (None, ["fallback.menu"], ("asked.nlu_fallback", "unanswered.nlu_fallback")),
    ],
)
def test_intents_are_counted(intent: str | None, said: list[str], counted: tuple[str, ...]) -> None:
    assert asked(_after(intent, *said)) == counted


def test_what_was_not_understood_by_anyone_is_not_counted() -> None:
    assert asked(After(texts=["…"], state="{}", variant="en", options=[], pages=[])) == ()


def test_officers_see_which_countries_and_sums_were_named_and_what_the_answer_rests_on() -> None:
    named = [("origin", "NP"), ("amount", "1200"), ("currency", "QAR"), ("destination", "QA")]
    named += [("origin", "NP"), ("amount", "3")]
    seen = Understanding(
        text="my own words",
        variant="en",
        intent="ask_wages",
        confidence=0.9,
        danger=False,
        entities=tuple({"entity": name, "value": value} for name, value in named),
    )
    law = SourceRef(id="qa-law", title="Law 17", as_of="2020-08")
    again = SourceRef(id="qa-law", title="Law 17", as_of="2020-08", part=0)
    reply = Reply(
        parts=[Phrase(id="topic.wages.minimum")],
        sources=[law, again, SourceRef(id="mol", title="Ministry of Labour")],
    )
    after = After(
        texts=["…"],
        state="{}",
        variant="en",
        options=[],
        pages=[],
        understanding=seen,
        replies=[reply],
    )
    kept = understood(after)
    assert kept is not None
    assert kept.countries == ("NP", "QA")
    assert kept.amounts == ("1200 QAR", "3")
    assert kept.sources == ("Law 17, 2020-08", "Ministry of Labour")
