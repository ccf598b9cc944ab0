"""What is stated, counted in the registry as built: by country, by topic, by confidence."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from safar.answers.compose import INTERNATIONAL

TODAY = date(2026, 11, 28)
ORIGINS = frozenset("NP BD IN LK PH ID VN KH MM ET KE UG PK".split())
DESTINATIONS = frozenset("SA AE QA KW OM BH LB JO MY TH SG HK RU".split())
REGIONAL = frozenset("BR CO EC GE AZ MD FR KR".split())
NO_FACTS = frozenset("menu talk_to_person contact_embassy contact_hotline emergency".split())
"""Topics of numbers to call, missions and people; their entries are counted by other tests."""


@pytest.fixture(scope="module")
def stated(registry_path: Path) -> list[tuple[str, str, dict[str, object]]]:
    """Country, topic and fact of all that an answer may state, straight from the tables."""
    with closing(sqlite3.connect(f"file:{registry_path}?mode=ro", uri=True)) as tables:
        topics = [json.loads(row[0]) for row in tables.execute("SELECT json FROM topics")]
        facts = [
            (country, json.loads(text))
            for country, text in tables.execute("SELECT country, json FROM facts")
        ]
    return [
        (country, topic["id"], fact)
        for topic in topics
        for country, fact in facts
        if fact["kind"] in {kind for block in topic["blocks"] for kind in block["kinds"]}
        and fact["confidence"] != "low"
        and fact["as_of"]
        and not fact["disputed"]
        and date.fromisoformat(str(fact["review_by"])) >= TODAY
    ]


def test_every_country_states_facts(stated: list[tuple[str, str, dict[str, object]]]) -> None:
    by_country = Counter(country for country, _, _ in stated)
    expected = ORIGINS | DESTINATIONS | REGIONAL | {INTERNATIONAL}
    assert len(expected) == 35
    assert expected <= set(by_country)
    assert min(by_country[country] for country in expected) >= 5, by_country
    assert min(by_country[country] for country in ORIGINS | DESTINATIONS) >= 15, by_country
    assert sum(by_country.values()) >= 1000


def test_of_other_countries_only_ratifications_are_stated(
    stated: list[tuple[str, str, dict[str, object]]],
) -> None:
    known = ORIGINS | DESTINATIONS | REGIONAL | {INTERNATIONAL}
    others = [(country, fact) for country, _, fact in stated if country not in known]
    assert len({country for country, _ in others}) >= 90
    assert {str(fact["kind"]).partition("_")[0] for _, fact in others} == {"ratified"}


def test_every_topic_of_facts_has_some_in_several_countries(
    stated: list[tuple[str, str, dict[str, object]]], registry_path: Path
) -> None:
    with closing(sqlite3.connect(f"file:{registry_path}?mode=ro", uri=True)) as tables:
        topics = {row[0] for row in tables.execute("SELECT id FROM topics")}
    countries: dict[str, set[str]] = {topic: set() for topic in topics}
    for country, topic, _ in stated:
        countries[topic].add(country)
    assert {topic for topic, found in countries.items() if not found} == NO_FACTS
    many = {topic for topic, found in countries.items() if len(found) >= 8}
    assert topics - NO_FACTS - many <= {"ask_money_transfer", "ask_unions", "missing_relative"}


def test_none_is_of_low_confidence_and_each_has_source_and_dates(
    stated: list[tuple[str, str, dict[str, object]]], registry_path: Path
) -> None:
    with closing(sqlite3.connect(f"file:{registry_path}?mode=ro", uri=True)) as tables:
        sources = {row[0] for row in tables.execute("SELECT id FROM sources")}
    assert {fact["confidence"] for _, _, fact in stated} == {"high", "medium"}
    missing = [
        fact["id"]
        for _, _, fact in stated
        if fact["source"] not in sources or not fact["review_by"] or not fact["as_of"]
    ]
    assert missing == []


def test_what_may_be_stated_is_what_answers_state(
    stated: list[tuple[str, str, dict[str, object]]], resources
) -> None:
    """The rule written out above is the one that answers go by."""
    registry = resources.registry()
    ours = {(country, fact["id"]) for country, _, fact in stated}
    kinds = {k for topic in registry.topics() for block in topic.blocks for k in block.kinds}
    theirs = {
        (country, fact.id)
        for country in {country for country, _ in ours}
        for fact in registry.facts(country, kinds)
        if fact.stated(TODAY)
    }
    assert theirs == ours
