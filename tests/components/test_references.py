"""Cases, languages, agencies and licences that a message names."""

from __future__ import annotations

import random

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.components.references import ReferenceExtractor
from safar.answers.resources import Resources
from safar.messaging.case_reference import new_reference


@pytest.fixture
def named(resources: Resources):
    def _named(text: str, *thought_of: str) -> dict[str, list[str]]:
        ranking = [{"name": name, "confidence": 0.3} for name in thought_of]
        message = Message(data={"text": text, "intent_ranking": ranking})
        ReferenceExtractor({}, resources).look_at(message)
        found: dict[str, list[str]] = {}
        for each in message.get("entities") or []:
            assert 0 <= each["start"] < each["end"] <= len(text)
            found.setdefault(each["entity"], []).append(each["value"])
        return found

    return _named


def test_a_case_is_named_by_its_reference(named) -> None:
    reference = new_reference(random.Random(3).choice)
    assert named(f"what of {reference.lower()}?") == {"case_reference": [reference]}


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("can you write Tagalog", ["fil"]),
        ("not English, Nepali please", ["en", "ne"]),
        ("नेपालीमा लेख्नुस्", ["ne"]),
        ("write in roman nepali", ["ne-Latn"]),
        ("по-русски можно?", ["ru"]),
        ("my salary was not paid", []),
    ],
)
def test_languages_are_named_in_sentences(named, text: str, tags: list[str]) -> None:
    assert named(text).get("language", []) == tags


def test_agencies_are_searched_for_only_where_one_may_be_meant(named, resources: Resources) -> None:
    agency = resources.registry().agencies("Sample Himal Manpower")[0]
    text = "is Sample Himal Manpower licensed"
    assert named(text, "check_agency", "ask_wages")["agency"] == [agency.name]
    assert named("licence EX-101/081", "check_agency")["licence_number"] == ["EX-101/081"]
    assert named(text, "ask_wages") == {}
