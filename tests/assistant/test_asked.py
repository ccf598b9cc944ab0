"""What is counted of an answer: the intent, and whether there was an answer; never a text."""

from __future__ import annotations

import pytest

from safar.assistant.asked import asked
from safar.assistant.engine import Understanding
from safar.assistant.turns import After
from safar.messaging.reply import Reply
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
