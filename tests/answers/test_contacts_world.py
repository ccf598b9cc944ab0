"""Missions by distance, embassies that look after another country, and lists of the world."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "registry"))  # for world_tables

from content_tree import changed  # noqa: E402
from world_tables import WORLD  # noqa: E402

from safar.answers.compose import Corridor, compose_topic
from safar.answers.contacts import embassy, hotlines, urgent_lines
from safar.messaging.reply import Reply
from safar.phrasing.values import Country, Phone, Phrase, Ref, Text
from safar.registry.query import Registry

Small = Callable[..., Registry]
TODAY = date(2026, 11, 24)


def ids(reply: Reply) -> list[str]:
    return [part.id for part in reply.parts]


def text(phrase: Phrase, name: str) -> str:
    value = phrase.values[name]
    assert isinstance(value, Text), value
    return value.text


def test_where_none_is_in_the_city_the_nearest_is_said_to_be_that(small: Small) -> None:
    reply = embassy(small(WORLD), Corridor("NP", "DE", "Dresden"), TODAY)
    first = reply.parts[0]
    assert first.id == "mission.nearest"
    assert text(first, "place") == "Dresden"
    line = first.values["mission"]
    assert isinstance(line, Ref)
    assert line.id == "mission.site"
    assert line.values["name"] == Ref(id="mission.embassy", values={"origin": Country(code="NP")})


@pytest.mark.parametrize("city", ["Berlin", "Atlantis", None])
def test_nearest_is_never_said_of_the_own_city_or_of_one_that_is_not_known(
    small: Small, city: str | None
) -> None:
    reply = embassy(small(WORLD), Corridor("NP", "DE", city), TODAY)
    assert "mission.nearest" not in ids(reply)
    assert text(reply.parts[0], "city") == "Berlin"


def test_nearest_is_not_said_where_the_place_of_one_of_them_is_not_known(small: Small) -> None:
    lost = str(WORLD["world/missions.csv"]).replace(
        "Munich,consulate,48.14,11.58", "Munich,consulate,,"
    )
    registry = small({**WORLD, "world/missions.csv": lost})
    assert "mission.nearest" not in ids(embassy(registry, Corridor("NP", "DE", "Dresden"), TODAY))


def test_an_old_list_is_told_to_be_one_with_its_date(small: Small) -> None:
    reply = embassy(small(WORLD), Corridor("NP", "DE"), TODAY)
    assert ids(reply)[-1] == "mission.dated"
    assert [(s.id, s.as_of, s.part) for s in reply.sources] == [
        ("qa-law", "2022-11-16", 0),
        ("made-up", "2026-02", 1),
    ]
    assert "mission.dated" not in ids(embassy(small(WORLD), Corridor("NP", "QA"), TODAY))


def test_no_embassy_there_but_one_that_looks_after_it(small: Small) -> None:
    reply = embassy(small(WORLD), Corridor("NP", "PL"), TODAY)
    assert ids(reply) == ["mission.covering", "mission.dated"]
    assert reply.parts[0].values["country"] == Country(code="DE")
    assert reply.parts[0].values["destination"] == Country(code="PL")


def test_beside_an_honorary_consul_the_embassy_that_looks_after_the_country(small: Small) -> None:
    reply = embassy(small(WORLD), Corridor("NP", "FI"), TODAY)
    assert ids(reply) == ["mission.name_only", "mission.covering", "mission.dated"]
    assert text(reply.parts[0], "city") == "Helsinki"
    assert reply.parts[1].values["country"] == Country(code="SE")


def test_with_many_missions_the_city_is_asked_for(small: Small) -> None:
    more = "NP,DE,Bonn,consulate,50.7,7.1,,,,\nNP,DE,Ulm,consulate,48.4,10,,,,\n"
    registry = small({**WORLD, "world/missions.csv": str(WORLD["world/missions.csv"]) + more})
    assert "mission.ask_city" in ids(embassy(registry, Corridor("NP", "DE"), TODAY))
    assert "mission.ask_city" not in ids(embassy(registry, Corridor("NP", "DE", "Berlin"), TODAY))


@pytest.mark.parametrize(
    ("hours", "said"),
    [("24/7", "mission.all_hours"), ("Sun-Thu 8:30-17:00", "mission.hours")],
)
def test_hours_and_address_of_the_first(small: Small, hours: str, said: str) -> None:
    files = changed(
        "missions/NP.yaml",
        '    phone: "+97444675683"\n',
        f'    phone: "+97444675683"\n    hours: {hours}\n    address: West Bay, Doha\n',
    )
    reply = embassy(small(files), Corridor("NP", "QA"), TODAY)
    assert ids(reply) == ["mission.line", "mission.name_only", said, "mission.address"]
    later = embassy(small(files), Corridor("NP", "QA"), date(2027, 7, 1))
    assert ids(later) == ["mission.name_only", "mission.name_only"], "past review nothing is stated"


def test_numbers_from_a_list_are_told_to_be_unchecked(small: Small) -> None:
    reply = hotlines(small(WORLD), Corridor("NP", "DE"), TODAY)
    assert ids(reply) == ["hotline.line"] * 3 + ["hotline.listed"]
    assert [(s.id, s.as_of) for s in reply.sources] == [("qa-law", "2024-11-21")]
    assert "hotline.listed" not in ids(hotlines(small(WORLD), Corridor("NP", "QA"), TODAY))


def test_in_danger_an_unchecked_number_does_not_stand_alone(small: Small) -> None:
    everywhere = (
        'code: XX\nroles: []\ncurrency: XXX\ncalling_code: "+0"\nauthorities: {}\nfacts: []\n'
        "hotlines:\n  - id: xx-112\n    name: {id: hotline.all, text: By mobile}\n"
        '    kind: emergency\n    phone: "112"\n    source: qa-law\n    as_of: "2024"\n'
        "    review_by: 2027-06-30\n    confidence: medium\n"
    )
    registry = small({**WORLD, "countries/XX.yaml": everywhere})

    def given(destination: str) -> list[str]:
        lines = urgent_lines(registry, Corridor(None, destination), TODAY)
        return [v.value for said in lines for v in said.values.values() if isinstance(v, Phone)]

    assert given("DE") == ["110", "112"]
    assert given("FI") == ["112"]
    assert given("QA") == ["999"], "a checked number needs no other"


def test_a_ratification_without_a_year_has_its_own_sentence(small: Small) -> None:
    reply = compose_topic(small(WORLD), "maids", origin=None, destination="DE", today=TODAY)
    assert ids(reply) == ["topic.c189", "topic.c181_undated"]
    assert {source.id for source in reply.sources} == {"qa-law"}


def test_nothing_is_said_where_there_is_no_row(small: Small) -> None:
    reply = compose_topic(small(WORLD), "maids", origin=None, destination="SE", today=TODAY)
    assert ids(reply) == ["answer.no_content_anywhere"]
