"""Tables of the whole world: what is kept of them, what wins over them, what is wrong in them."""

from __future__ import annotations

from datetime import date, datetime, timezone
from pathlib import Path

import pytest
from content_tree import write_tree
from hypothesis import given
from hypothesis import strategies as st
from world_tables import CITIES, DATES, EMERGENCY, MISSIONS, RATIFICATIONS, RATIFIED, WORLD

from safar.registry.build import build_registry
from safar.registry.check import check_content
from safar.registry.errors import ContentError
from safar.registry.load import load_content
from safar.registry.query import Registry
from safar.registry.world.country_codes import country_code, iso_codes
from safar.registry.world.distance import Position, kilometres
from safar.registry.world.models import City, WorldMission
from safar.registry.world.table import read_table, write_table

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
TODAY = NOW.date()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder = tmp_path_factory.mktemp("world")
    return Registry.open(build_registry(write_tree(folder, WORLD), folder / "w.db", NOW).path)


def cities(world: Registry, destination: str, city: str | None = None) -> list[str]:
    return [mission.city for mission in world.missions("NP", destination, city)]


NEAREST = {
    "city not known: career posts first": (("DE", None), ["Berlin", "Munich", "Hamburg"]),
    "the person's city": (("DE", "Munich"), ["Munich", "Berlin", "Hamburg"]),
    "another city: by distance": (("DE", "Dresden"), ["Berlin", "Munich", "Hamburg"]),
    "an honorary consul comes last even in the person's city": (
        ("DE", "Hamburg"),
        ["Berlin", "Munich", "Hamburg"],
    ),
    "a city that no table knows": (("DE", "Atlantis"), ["Berlin", "Munich", "Hamburg"]),
    "curated entries: the nearer consulate before the embassy": (
        ("QA", "Al Khor"),
        ["Al Khor", "Doha"],
    ),
    "curated entries, positions from the tables": (("QA", "Dukhan"), ["Doha", "Al Khor"]),
}


@pytest.mark.parametrize("name", NEAREST)
def test_the_nearest_mission_comes_first(world: Registry, name: str) -> None:
    (destination, city), expected = NEAREST[name]
    assert cities(world, destination, city) == expected


def test_a_written_entry_wins_over_the_row_for_the_same_office(world: Registry) -> None:
    (embassy,) = [m for m in world.missions("NP", "QA") if m.city == "Doha"]
    assert embassy.id == "np-qa-embassy"
    assert embassy.website is None
    assert not embassy.listed
    assert embassy.covers == ("BH",), "what else it looks after, the entry does not say"


def test_a_row_goes_by_the_dates_of_its_table_unless_it_has_its_own(world: Registry) -> None:
    berlin, munich, _ = world.missions("NP", "DE")
    assert (berlin.source, berlin.as_of, berlin.listed) == ("qa-law", "2022-11-16", True)
    assert (munich.source, munich.as_of) == ("made-up", "2026-02")
    assert berlin.review_by == munich.review_by == date(2027, 6, 30)


def test_missions_that_look_after_another_country(world: Registry) -> None:
    assert [m.city for m in world.covering("NP", "PL")] == ["Berlin"]
    assert [m.city for m in world.covering("NP", "BH")] == ["Doha"]
    assert world.covering("PH", "PL") == []


def test_emergency_numbers_of_countries_without_a_file(world: Registry) -> None:
    def numbers(country: str) -> list[tuple[str, str, bool]]:
        return [(h.kind.value, h.phone, h.listed) for h in world.hotlines(country)]

    assert numbers("DE") == [
        ("police", "110", True),
        ("ambulance", "112", True),
        ("fire", "112", True),
    ]
    assert numbers("FI") == [("emergency", "112", True)], "one number for all is said once"
    assert numbers("QA") == [("police", "999", False)], "the country's own file is all there is"
    assert numbers("ZW") == []


def test_ratifications_are_facts_with_a_source_and_a_date(world: Registry) -> None:
    (c189,) = world.facts("DE", ["ratified_c189"])
    assert c189.values["year"].value == "2013"  # type: ignore[union-attr]
    assert (c189.source, c189.as_of) == ("qa-law", "2022-08-25")
    (c181,) = world.facts("DE", ["ratified_c181"])
    assert c181.values == {}
    assert world.facts("SE", ["ratified_c189"]) == [], "no row says nothing, not even no"


def test_where_cities_are(world: Registry) -> None:
    assert world.position("DE", "dresden") == (51.05, 13.74)
    assert world.position("DE", "Berlin") == (52.52, 13.4), "from its missions"
    assert world.position("FI", "Dresden") is None


WRONG = {
    "latitude": ("missions", MISSIONS, "52.52", "152.52", 'lat "152.52" is not right'),
    "country": ("missions", MISSIONS, "NP,SE", "NP,XY", '"XY" is no country code'),
    "covers": ("missions", MISSIONS, "CZ PL", "CZ ZZ", '"ZZ" is no country code'),
    "website": (
        "missions",
        MISSIONS,
        "munich.nepal.example",
        "https://munich.example",
        "is not right",
    ),
    "no website at all": ("missions", MISSIONS, "munich.nepal.example", "soon", "is not right"),
    "kind": ("missions", MISSIONS, "Munich,consulate", "Munich,shop", 'kind "shop" is not right'),
    "twice": ("missions", MISSIONS, "NP,SE,Stockholm", "NP,DE,Berlin", "the same as on line 2"),
    "at home": ("missions", MISSIONS, "NP,SE", "NP,NP", "a mission of NP at home"),
    "source": ("missions", MISSIONS, "made-up", "hearsay", 'the source "hearsay" does not exist'),
    "date without source": (
        "missions",
        MISSIONS,
        "made-up,2026-02",
        ",2026-02",
        "without a source",
    ),
    "no such month": ("missions", MISSIONS, "2026-02", "2026-13", "as_of"),
    "cells": ("missions", MISSIONS, "old.example,BH,,", "old.example", "the row has 7 cells"),
    "column": ("missions", MISSIONS, "kind,", "sort,", 'the first line is wrong at "sort"'),
    "phone": ("emergency", EMERGENCY, "110", "call", 'police "call" is not right'),
    "no number": ("emergency", EMERGENCY, "FI,112,112,112", "FI,,,", "no number"),
    "instrument": ("ratifications", RATIFICATIONS, "c181", "c999", 'instrument "c999"'),
    "year": ("ratifications", RATIFICATIONS, "2013", "13", 'year "13" is not right'),
    "empty": ("cities", CITIES, "DE,Dresden", ",Dresden", "country is empty"),
    "dates": ("dates", DATES, "source: qa-law, as_of: 2022-08-25", "as_of: null", "is missing"),
    "source of a table": (
        "dates",
        DATES,
        "source: qa-law, as_of: 2022-08-25",
        "source: hearsay, as_of: null",
        'the source "hearsay" does not exist',
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    table, text, old, new, expected = WRONG[name]
    assert text.count(old) == 1, old
    spoilt = text.replace(old, new)
    file = "dates.yaml" if table == "dates" else f"{table}.csv"
    content = write_tree(tmp_path, {**WORLD, f"world/{file}": spoilt})
    with pytest.raises(ContentError) as caught:
        build_registry(content, tmp_path / "w.db", NOW)
    told = [problem for problem in caught.value.problems if expected in str(problem)]
    assert told, caught.value.problems
    assert told[0].file == f"content/world/{file}"
    if table != "dates":
        changed = [n for n, line in enumerate(spoilt.splitlines(), 1) if new in line]
        assert told[0].line in changed


def problems(tmp_path: Path, changes: dict[str, str | bytes], today: date = TODAY) -> str:
    content = load_content(write_tree(tmp_path, {**WORLD, **changes}))
    return "\n".join(map(str, check_content(content, today).problems))


def test_a_year_that_is_not_known_needs_a_sentence_without_one(tmp_path: Path) -> None:
    undated = '    undated: {id: topic.c181_undated, text: "{destination} has ratified C181."}\n'
    assert undated in RATIFIED
    told = problems(tmp_path, {"topics/maids.yaml": RATIFIED.replace(undated, "")})
    assert "ratifications of c181 without a year" in told


def test_what_a_table_says_needs_words(tmp_path: Path) -> None:
    told = problems(tmp_path, {"messages/contacts.yaml": "messages: []\n"})
    assert 'there is no message "mission.honorary_consulate"' in told
    assert 'there is no message "hotline.emergency"' in told


def test_a_table_past_review_and_a_row_of_the_future_are_warned_of(tmp_path: Path) -> None:
    assert "past review since 2027-06-30" in problems(tmp_path, {}, date(2027, 7, 1))
    told = problems(tmp_path, {"world/missions.csv": MISSIONS.replace("2026-02", "2026-12")})
    assert "as_of 2026-12 is in the future" in told


def test_a_city_without_a_place_is_warned_of(tmp_path: Path) -> None:
    place = "places:\n  - {country: DE, city: Ulm, names: [ulm]}\n"
    assert "where Ulm is, no table says" in problems(tmp_path, {"places.yaml": place})


def test_the_tables_are_part_of_what_a_registry_is_known_by(
    tmp_path: Path, world: Registry
) -> None:
    other = write_tree(tmp_path, {**WORLD, "world/cities.csv": CITIES.replace("13.74", "13.75")})
    report = build_registry(other, tmp_path / "w.db", NOW)
    assert report.content_hash != world.meta.content_hash


def test_nothing_of_a_table_past_review_is_stated(world: Registry) -> None:
    later = date(2027, 7, 1)
    assert not any(m.stated(later) for m in world.missions("NP", "DE"))
    assert not any(h.stated(later) for h in world.hotlines("DE"))
    assert not any(f.stated(later) for f in world.facts("DE", ["ratified_c189"]))


NAMES = st.text(st.characters(whitelist_categories=("L",)), min_size=1, max_size=12)


@given(
    st.lists(
        st.builds(
            City,
            country=st.sampled_from(["DE", "NP"]),
            city=NAMES,
            lat=st.integers(-90, 90).map(float),
            lon=st.integers(-1800, 1800).map(lambda n: n / 10),
            names=st.lists(NAMES, max_size=3).map(tuple),
        ),
        max_size=5,
    )
)
def test_a_table_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[City]
) -> None:
    path = tmp_path_factory.mktemp("table") / "cities.csv"
    write_table(path, rows, City)
    read, told = read_table(path, "cities.csv", City)
    assert told == []
    assert [row.entry for row in read] == rows


@pytest.mark.parametrize(
    ("spoilt", "expected"),
    [(b"\xff\xfe\x00", "UTF-8"), (b"", "the first line is wrong"), (b"a\x00b\n", "first line")],
    ids=["UTF-16", "empty", "binary"],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, spoilt: bytes, expected: str) -> None:
    path = tmp_path / "missions.csv"
    path.write_bytes(spoilt)
    rows, told = read_table(path, "missions.csv", WorldMission)
    assert rows == ()
    assert expected in str(told[0])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Position(25.29, 51.53), Position(25.29, 51.53), 0),
        (Position(24.71, 46.68), Position(21.54, 39.17), 847),  # Riyadh and Jeddah
        (Position(0, 179.5), Position(0, -179.5), 111),  # across the date line
        (Position(90, 0), Position(-90, 0), 20015),
    ],
)
def test_distances(one: Position, other: Position, expected: int) -> None:
    assert kilometres(one, other) == pytest.approx(expected, rel=0.01)
    assert kilometres(other, one) == pytest.approx(kilometres(one, other))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Nepal", "NP"),
        ("People's Republic of China", "CN"),
        ("Ivory Coast", "CI"),
        ("São Tomé and Príncipe", "ST"),
        ("Türkiye", "TR"),
        ("Soviet Union", None),
        ("", None),
    ],
)
def test_codes_of_english_names(name: str, code: str | None) -> None:
    assert country_code(name) == code


def test_all_countries_of_iso_3166() -> None:
    assert len(iso_codes()) == 249
