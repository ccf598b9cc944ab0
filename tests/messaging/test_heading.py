"""The line above what others must not see: on every text, and within the budget."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.messaging.render import DEFAULT_SMS_BUDGET, Words, heading_of, render
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase, Text

Say = Callable[..., Phrase]
HEADING = "Words from us:"


class Only:
    """Knows the one phrase."""

    def sms_letters(self, variant: str) -> dict[int, str]:
        return {}

    def phrase(self, phrase: Phrase, variant: str) -> str:
        return f"{phrase.id} {variant}"


@pytest.mark.parametrize(
    ("urgent", "sensitive", "expected"),
    [(False, False, ""), (True, False, "x"), (False, True, "x"), (True, True, "x")],
)
def test_what_is_urgent_or_sensitive_has_a_heading(urgent, sensitive, expected) -> None:
    part = Phrase(id="words", values={"text": Text(text="a")})
    reply = Reply(parts=[part], urgent=urgent, sensitive=sensitive)
    found = heading_of(reply, Only(), "ne")
    assert found == ("reply.neutral ne" if expected else "")


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.booleans())
def test_it_stands_above_every_text_and_no_page_is_over_budget(
    catalogue: Words, words: Say, lengths: list[int], other_script: bool
) -> None:
    letter = "म" if other_script else "a"
    reply = Reply(parts=[words(f"{letter * length}.") for length in lengths], sensitive=True)
    shown = render(reply, catalogue, "en", "sms", heading=HEADING)
    for page in [*shown.texts, *shown.rest]:
        assert page.startswith(f"{HEADING}\n")
        assert DEFAULT_SMS_BUDGET.holds(page)
    for text in render(reply, catalogue, "en", "whatsapp", heading=HEADING).texts:
        assert text.startswith(f"{HEADING}\n")


def test_numbers_to_call_make_no_room_for_it(catalogue: Words, words: Say) -> None:
    number = words("Police: <phone>", phone="999")
    reply = Reply(parts=[number, words("b" * 120 + "."), words("c" * 120 + ".")], urgent=True)
    bare = render(reply, catalogue, "en", "sms")
    shown = render(reply, catalogue, "en", "sms", heading=HEADING)
    assert shown.texts == [f"{HEADING}\n{bare.texts[0]}"]
