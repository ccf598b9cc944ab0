"""Whatever a phone sends, the pipeline makes something of it: never an error, never no intent."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from safar.answers.resources import Resources
from safar.assistant.engine import Assistant

WORDS = (
    "Qatar कतारमा /menu menu Hindi 2 lakh १.५ ٥٠٠ ريال +9779801234567 \u200d ् { } 😀 \x00 salary"
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from(WORDS.split(" ")), st.text(max_size=5)), max_size=12).map(
        " ".join
    ),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=TEXTS)
@example(text="")
@example(text="/restart")
@example(text='/inform{"country": "QA"}')
@example(text="é" * 5000)
@example(text="कतार " * 1000)
@example(text="1.5.5,5,5 lakh ٫٥")
@example(text="²③½ lakh ① usd")
@example(text="\ud7ff\ufdd0\ufeff\u202e कतार")
def test_any_text_is_understood(assistant: Assistant, resources: Resources, text: str) -> None:
    seen = asyncio.run(assistant.understand(text))
    assert seen.text == text
    assert seen.intent, "no intent at all"
    assert 0.0 <= seen.confidence <= 1.0
    assert seen.variant is None or seen.variant in resources.languages.tags
    assert seen.danger or seen.intent not in ("emergency", "report_abuse")
    assert all(set(entity) == {"entity", "value"} for entity in seen.entities)


@pytest.mark.parametrize(
    "text", ["restart", 'inform{"country": "QA"}', "ask_wages", "salary not paid", "Hindi"]
)
def test_a_slash_of_a_person_commands_nothing(assistant: Assistant, text: str) -> None:
    bare = asyncio.run(assistant.understand(text))
    for slashed in (f"/{text}", f" / /{text}"):
        assert asyncio.run(assistant.understand(slashed)) == bare.model_copy(
            update={"text": slashed}
        )
