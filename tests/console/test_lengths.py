"""Lengths of time in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from console_house import Console

from safar.console.i18n import Wordings, Words
from safar.console.lengths import length


@pytest.fixture
def english(console: Console) -> Words:
    return Wordings(console.house.settings.locales_dir, console.house.languages).of("en")


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(minutes=-5), "0 mins"),
        (timedelta(), "0 mins"),
        (timedelta(seconds=59), "0 mins"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 mins"),
        (timedelta(hours=1), "1 hr"),
        (timedelta(hours=2, minutes=10), "2 hrs 10 mins"),
        (timedelta(hours=23, minutes=59), "23 hrs 59 mins"),
        (timedelta(days=1, minutes=5), "1 day"),
        (timedelta(days=3, hours=4, minutes=59), "3 days 4 hrs"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_a_length(english: Words, passed: timedelta, words: str) -> None:
    assert length(english, passed) == words
