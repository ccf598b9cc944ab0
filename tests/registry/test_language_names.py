"""Whole texts with one meaning in every state: names of languages, MENU, yes and no."""

from __future__ import annotations

from pathlib import Path

import pytest

from safar.phrasing.languages import load_languages
from safar.registry.language_names import LanguageNames

NAMES = LanguageNames(
    load_languages(Path(__file__).resolve().parents[2] / "content" / "languages.yaml")
)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("YES!", True),
        ("हाँ", True),
        ("ndiyo", True),
        ("أيوه", True),
        ("Có", True),
        ("ဟုတ်ကဲ့", True),
        ("да.", True),
        ("no", False),
        ("لا", False),
        ("අැ", None),
        ("නැහැ", False),
        ("không", False),
        ("yes i paid", None),
        ("", None),
    ],
)
def test_yes_and_no_are_whole_texts(text: str, meaning: bool | None) -> None:
    assert NAMES.yes(text) is meaning


@pytest.mark.parametrize("text", ["menu", "MENU!", "मेनु", "القائمة", "меню", "thuc don", "ሜኑ"])
def test_words_for_the_menu(text: str) -> None:
    assert NAMES.is_menu(text)


@pytest.mark.parametrize("text", ["menus", "show menu of lunch", "thuc", ""])
def test_no_words_for_the_menu(text: str) -> None:
    assert not NAMES.is_menu(text)
