"""Isolation of what runs from left to right inside Arabic."""

from __future__ import annotations

import pytest

from safar.phrasing.bidi import isolate, without_controls


@pytest.mark.parametrize(
    ("text", "isolated"),
    [
        pytest.param("Al Noor Agency", "\u2068Al Noor Agency\u2069", id="Latin words"),
        pytest.param("+974 1234", "\u2068+974 1234\u2069", id="telephone number"),
        pytest.param("1,000 ريال", "\u20681,000 ريال\u2069", id="number and Arabic"),
        pytest.param("قطر", "قطر", id="Arabic alone costs nothing"),
        pytest.param(
            "\u2068NPR 5\u2069 و\u2068B\u2069", "\u2068NPR 5\u2069 و\u2068B\u2069", id="done"
        ),
        pytest.param("\u2068A\u2069 B", "\u2068\u2068A\u2069 B\u2069", id="partly done"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_isolates_in_right_to_left_text(text: str, isolated: str) -> None:
    assert isolate(text, rtl=True) == isolated


@pytest.mark.parametrize("text", ["Al Noor", "قطر", "1,000 ريال", "\u2068A\u2069"])
def test_changes_nothing_in_left_to_right_text(text: str) -> None:
    assert isolate(text, rtl=False) == text


def test_outside_names_cannot_turn_a_sentence_round() -> None:
    assert without_controls("a\u202egnirts\u202c\u2067b\u2069") == "agnirtsb"


@pytest.mark.parametrize("char", ["\u200c", "\u200d"], ids=["ZWNJ", "ZWJ"])
def test_joiners_that_scripts_need_stay(char: str) -> None:
    assert without_controls(f"क्{char}ष") == f"क्{char}ष"
