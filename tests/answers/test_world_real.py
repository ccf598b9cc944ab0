"""The content as it is: every country of the world is answered, and nothing is made up for it."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from safar.answers.compose import INTERNATIONAL, Corridor, compose_topic
from safar.answers.contacts import embassy, hotlines
from safar.answers.danger import danger_reply
from safar.answers.resources import Resources
from safar.messaging.render import heading_of, render
from safar.messaging.reply import Reply
from safar.messaging.segments import measure
from safar.phrasing.values import Phone
from safar.registry.query import Registry
from safar.registry.world.country_codes import iso_codes

TODAY = date(2026, 11, 28)
WORLD = Path(__file__).resolve().parents[2] / "content" / "world"


@pytest.fixture(scope="module")
def registry(resources: Resources) -> Registry:
    return resources.registry()


@pytest.fixture(scope="module")
def served(registry: Registry) -> list[str]:
    return [c.code for c in registry.countries() if c.code != INTERNATIONAL]


def fits(reply: Reply, resources: Resources, variant: str = "en") -> bool:
    heading = heading_of(reply, resources.catalogue, variant)
    pages = render(reply, resources.catalogue, variant, "sms", heading=heading)
    sizes = [measure(page) for page in (*pages.texts, *pages.rest)]
    return all(s.segments <= {"GSM-7": 2, "UCS-2": 3}[s.encoding] for s in sizes)


def test_every_country_is_answered_on_every_topic(registry: Registry) -> None:
    for country in sorted(iso_codes()):
        for topic in registry.topics():
            for corridor in ((country, "QA"), ("NP", country)):
                if corridor[0] != corridor[1]:
                    origin, destination = corridor
                    reply = compose_topic(
                        registry, topic.id, origin=origin, destination=destination, today=TODAY
                    )
                    assert reply.parts or not topic.blocks, (topic.id, corridor)


def test_an_answer_on_another_country_says_so_and_states_nothing_of_it_but_ratifications(
    registry: Registry, served: list[str]
) -> None:
    for country in sorted(iso_codes() - set(served)):
        reply = compose_topic(registry, "ask_wages", origin=None, destination=country, today=TODAY)
        assert reply.parts[0].id == "answer.everywhere", country
        kinds = {fact.kind for topic in registry.topics() for fact in _facts(registry, country)}
        assert all(kind.startswith("ratified_") for kind in kinds), (country, kinds)


def _facts(registry: Registry, country: str) -> list:  # noqa: ANN401 - only their kinds are read
    every = [kind for topic in registry.topics() for block in topic.blocks for kind in block.kinds]
    return registry.facts(country, every)


def test_every_country_has_a_number_to_call(registry: Registry, resources: Resources) -> None:
    own = 0
    for country in sorted(iso_codes()):
        corridor = Corridor(None, country)
        for reply in (hotlines(registry, corridor, TODAY), danger_reply(registry, corridor, TODAY)):
            called = [
                value.value
                for part in reply.parts
                for value in part.values.values()
                if isinstance(value, Phone)
            ]
            assert called, country
            assert fits(reply, resources), country
        own += bool(registry.hotlines(country))
    assert own >= 190


@pytest.mark.parametrize("variant", ["en", "ne"])
def test_every_corridor_of_the_countries_served_has_an_answer_that_fits(
    registry: Registry, resources: Resources, served: list[str], variant: str
) -> None:
    found: Counter[str] = Counter()
    for origin, destination in permutations(served, 2):
        reply = embassy(registry, Corridor(origin, destination), TODAY)
        found[reply.parts[0].id.partition(".")[2]] += 1
        if variant == "en" or origin == "NP":
            assert fits(reply, resources, variant), (origin, destination)
    assert found.total() == 34 * 33
    assert found.total() - found["none"] >= 650, found
    assert found["covering"] >= 145, found


def test_the_site_of_another_countrys_embassy_is_not_given(registry: Registry) -> None:
    (muscat,) = registry.missions("NP", "OM")
    assert muscat.city == "Muscat"
    assert muscat.website is None


@pytest.mark.parametrize(
    ("corridor", "nearest"),
    [
        (("IN", "SA", "Dammam"), "Riyadh"),
        (("IN", "SA", "Mecca"), "Jeddah"),
        (("PH", "AE", "Sharjah"), "Dubai"),
        (("PH", "SA", "Dammam"), "Al Khobar"),
        (("IN", "AE", "Ajman"), "Dubai"),
        (("PH", "RU", "Khabarovsk"), "Vladivostok"),
        (("ID", "MY", "Kuching"), "Kuching"),
    ],
)
def test_the_nearest_of_several(
    registry: Registry, corridor: tuple[str, str, str], nearest: str
) -> None:
    origin, destination, city = corridor
    assert registry.missions(origin, destination, city)[0].city == nearest


def test_every_row_is_kept_or_gives_way_to_an_entry(registry: Registry) -> None:
    rows = list(csv.DictReader((WORLD / "missions.csv").open(encoding="utf-8")))
    assert len(rows) >= 9000
    pairs = {(row["origin"], row["destination"]) for row in rows}
    assert all(registry.missions(*pair) for pair in list(pairs)[::50])
    ratifications = list(csv.DictReader((WORLD / "ratifications.csv").open(encoding="utf-8")))
    assert len(ratifications) >= 290
    for row in ratifications:
        facts = registry.facts(row["country"], [f"ratified_{row['instrument']}"])
        assert len(facts) == 1, row
