"""The training data is whole: every intent in every variant, none twice under two names."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.components.text import normalise
from safar.phrasing.languages import load_languages

ROOT = Path(__file__).resolve().parents[2]
NLU = ROOT / "bot" / "data" / "nlu"
VARIANTS = [language.tag for language in load_languages(ROOT / "content" / "languages.yaml")]
TALK = frozenset("greet goodbye thank affirm deny menu change_language bot_challenge".split())
DANGER = frozenset({"emergency", "report_abuse"})
MADE_BY_RULES = frozenset({"nlu_fallback"})
"""Intents that nobody writes examples of."""


def _domain() -> set[str]:
    files = [
        yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "bot/domain").glob("*.yml")
    ]
    return {intent for file in files for intent in file.get("intents") or []} - MADE_BY_RULES


def _items(variant: str) -> list[dict[str, Any]]:
    """Return what was written by hand for a variant, and what was learned from use."""
    files = [NLU / f"{variant}.yml", NLU / "learned" / f"{variant}.yml"]
    texts = [path.read_text("utf-8") for path in files if path.exists()]
    return [item for text in texts for item in yaml.safe_load(text)["nlu"]]


def _examples(item: dict[str, Any]) -> list[str]:
    lines = [line.strip() for line in item["examples"].splitlines() if line.strip()]
    assert all(line.startswith("- ") for line in lines), item["intent"]
    return [line[2:].strip() for line in lines]


def _least(intent: str) -> int:
    """The highest number that holds for all variants; it may rise, never fall."""
    if intent in DANGER:
        return 22
    return 11 if intent in TALK else 18


def test_there_is_one_file_a_served_variant() -> None:
    assert sorted(path.stem for path in NLU.glob("*.yml")) == sorted(VARIANTS)
    assert {path.stem for path in NLU.glob("*/*.yml")} <= set(VARIANTS)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_intent_has_examples_enough(variant: str) -> None:
    counts: dict[str, int] = dict.fromkeys(_domain(), 0)
    for item in _items(variant):
        assert item["intent"] in counts, f"{item['intent']} is not in bot/domain/"
        counts[item["intent"]] += len(set(map(normalise, _examples(item))))
    assert {i: n for i, n in counts.items() if n < _least(i)} == {}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_example_says_its_variant(variant: str) -> None:
    assert {str(item.get("metadata")) for item in _items(variant)} == {str({"variant": variant})}


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_example_is_empty_or_annotated(variant: str) -> None:
    """Entities are found by look-up; an annotation would be learnt as letters of the text."""
    for item in _items(variant):
        for example in _examples(item):
            assert normalise(example), item["intent"]
            assert not set("[]{}") & set(example), example
            assert not example.startswith("/"), example


def test_no_text_stands_for_two_intents() -> None:
    intents: dict[str, set[str]] = defaultdict(set)
    for variant in VARIANTS:
        for item in _items(variant):
            for example in _examples(item):
                intents[normalise(example)].add(item["intent"])
    assert {text: found for text, found in intents.items() if len(found) > 1} == {}


def test_every_intent_has_exactly_one_rule() -> None:
    rules: dict[str, int] = defaultdict(int)
    for path in (ROOT / "bot" / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]:
            for step in rule["steps"]:
                if "intent" in step:
                    rules[step["intent"]] += 1
    assert dict(rules) == dict.fromkeys(_domain() | MADE_BY_RULES, 1)
