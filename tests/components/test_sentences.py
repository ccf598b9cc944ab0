"""Messages taken apart into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.sentences import MOST, sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("They took my passport. No salary too!", ["They took my passport", "No salary too"]),
        ("तलब आएन। पासपोर्ट खोस्यो", ["तलब आएन", "पासपोर्ट खोस्यो"]),
        ("ပတ်စပို့သိမ်းထားတယ်။ လစာမရဘူး။", ["ပတ်စပို့သိမ်းထားတယ်", "လစာမရဘူး"]),
        ("ደመወዝ አልተከፈለኝም። ፓስፖርቴን ወሰዱት።", ["ደመወዝ አልተከፈለኝም", "ፓስፖርቴን ወሰዱት"]),
        ("راتبي لم يدفع؟ وأين السفارة؟", ["راتبي لم يدفع", "وأين السفارة"]),
        ("one line here\nanother line", ["one line here", "another line"]),
        ("He asks 1.500.000 for the visa", []),
        ("Hello. They took my passport", []),
        ("no salary", []),
        ("", []),
    ],
)
def test_sentences_that_say_something(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@given(st.text())
def test_any_text_is_borne(text: str) -> None:
    parts = sentences(text)
    assert len(parts) != 1
    assert len(parts) <= MOST
    assert all(part in text for part in parts)
