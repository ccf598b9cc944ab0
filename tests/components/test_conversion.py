"""Asking what a sum is in another money."""

from __future__ import annotations

import pytest

from safar.answers.resources import Resources


@pytest.mark.parametrize(
    "text",
    [
        "how much is that in taka?",
        "and in dollars",
        "nepali rupiya ma kati",
        "रुपये में कितना",
        "টাকায় কত",
        "রিয়ালে কত",
        "ரூபாயில் எவ்வளவு",
        "magkano sa piso",
        "dalam rupiah berapa",
        "bằng tiền đồng là bao nhiêu",
        "в рублях сколько?",
        "combien en euros",
        "بالريال كم",
        "በብር ስንት ነው",
        "kwa shilingi ni ngapi",
    ],
)
def test_it_is_noticed(resources: Resources, text: str) -> None:
    span = resources.conversion().asked(text)
    assert span is not None
    start, end = span
    assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "taka",
        "kitna taka lagbe",
        "paisa kati lagcha",
        "he asks 500 in riyal",
        "my boss pays me in riyal but the contract I signed at home says dollars every month",
    ],
)
def test_other_talk_of_money_is_left(resources: Resources, text: str) -> None:
    assert resources.conversion().asked(text) is None
