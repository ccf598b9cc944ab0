"""Missions of the world out of an export of Wikidata: what is kept, what is left out and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from safar.cli.content import app
from safar.registry.world.embassies import Taken, take_embassies
from safar.registry.world.models import WorldMission
from safar.registry.world.table import read_table

COLUMNS = "operator;jurisdictions;country;city;latitude;longitude;website;type"
BERLIN = "Nepal;Germany|Poland;Germany;Berlin;52.52;13.39;https://de.nepalembassy.gov.np/;embassy"

INDIA = "India;;Germany;Berlin;52.52;13.39;;embassy"


def export(folder: Path, *rows: str, columns: str = COLUMNS) -> Path:
    path = folder / "embassies.csv"
    path.write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return path


def taken(folder: Path, *rows: str) -> Taken:
    return take_embassies(export(folder, *rows))


def test_a_mission_with_all_that_is_told_of_it(tmp_path: Path) -> None:
    (mission,) = taken(tmp_path, BERLIN).missions
    assert mission == WorldMission(
        origin="NP",
        destination="DE",
        city="Berlin",
        kind="embassy",
        lat=52.52,
        lon=13.39,
        website="de.nepalembassy.gov.np",
        covers=("PL",),
    )


LEFT_OUT = {
    "Vatican;;Germany;Berlin;52.5;13.4;;apostolic nunciature": "no mission that helps people",
    "Quebec;;Germany;Berlin;52.5;13.4;;Quebec Government Office": "no mission that helps people",
    "Soviet Union;;Germany;Berlin;52.5;13.4;;embassy": "country not known",
    "Germany;;Germany;Berlin;52.5;13.4;;embassy": "in its own country",
    "France;;Germany;;;;;embassy": "city not known",
    "Nepal;;Germany;Berlin;52.52;13.39;;embassy": "twice",
    "France;;Germany;Sydney;-33.9;151.2;;embassy": "stands in another country",
    "Nepal;;Germany;Bonn;50.7;7.1;;embassy": "a second embassy, elsewhere",
}


@pytest.mark.parametrize("row", LEFT_OUT)
def test_what_is_left_out_is_counted_by_reason(tmp_path: Path, row: str) -> None:
    found = taken(tmp_path, BERLIN, INDIA, row)
    assert [m.city for m in found.missions] == ["Berlin", "Berlin"]
    assert dict(found.left_out) == {LEFT_OUT[row]: 1}
    assert found.rows == 3


SITES = {
    "https://www.example.org/": "www.example.org",
    "http://example.org/en/contact": "example.org/en/contact",
    "https://EXAMPLE.org\u200b": "example.org",
    "ftp://example.org": None,
    "see the page": None,
    "https://en.wikipedia.org/wiki/Embassy": None,
    "https://example.org/" + "a" * 80: "example.org",
    "https://xn--mgbtest.gov.bd": None,  # Bangladesh's, at an embassy of Nepal in Germany
    "https://пример.рф": None,
}


@pytest.mark.parametrize("address", SITES)
def test_only_websites_that_can_be_theirs_are_kept(tmp_path: Path, address: str) -> None:
    row = f"Nepal;;Germany;Berlin;52.52;13.39;{address};embassy"
    assert [m.website for m in taken(tmp_path, row).missions] == [SITES[address]]


def test_the_website_of_the_same_ministry_for_another_country_is_taken_away(tmp_path: Path) -> None:
    site = "https://bd.nepalembassy.gov.np"
    found = taken(
        tmp_path,
        f"Nepal;;Bangladesh;Dhaka;23.8;90.4;{site};embassy",
        f"Nepal;;Oman;Muscat;23.6;58.5;{site};embassy",
    )
    assert {m.destination: m.website for m in found.missions} == {
        "BD": "bd.nepalembassy.gov.np",
        "OM": None,
    }


def test_districts_go_by_the_name_of_their_city(tmp_path: Path) -> None:
    crowd = [BERLIN.replace("Nepal", name) for name in ("India", "Kenya", "Peru")]
    found = taken(
        tmp_path,
        *crowd,
        "Nepal;;Germany;Mitte;52.53;13.38;;embassy",
        "Uganda;;Germany;;52.51;13.40;;embassy",
        "Uganda;;Germany;Hamburg;53.55;10.0;;consulate",
    )
    assert sorted({m.city for m in found.missions}) == ["Berlin", "Hamburg"]


def test_hong_kong_and_macau_stand_for_themselves(tmp_path: Path) -> None:
    china = "People's Republic of China"
    found = taken(
        tmp_path,
        f"Nepal;;{china};Wan Chai;22.28;114.17;;consulate general",
        f"Kenya;;{china};Hong Kong;;;;honorary consulate",
        f"Nepal;;{china};Beijing;39.9;116.4;;embassy",
    )
    assert [(m.destination, m.city) for m in found.missions] == [
        ("HK", "Hong Kong"),
        ("CN", "Beijing"),
        ("HK", "Hong Kong"),
    ]


def test_wrong_coordinates_are_dropped_and_the_mission_kept(tmp_path: Path) -> None:
    crowd = [BERLIN.replace("Nepal", name) for name in ("India", "Kenya", "Peru")]
    found = taken(tmp_path, *crowd, "Nepal;;Germany;Berlin;48.1;11.6;;embassy")
    (nepal,) = [m for m in found.missions if m.origin == "NP"]
    assert (nepal.city, nepal.lat, nepal.lon) == ("Berlin", None, None)


def test_another_file_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "content" / "world" / "missions.csv"
    target.parent.mkdir(parents=True)
    target.write_text("origin,destination,city,kind\nNP,DE,Berlin,embassy\n")
    path = export(tmp_path, "x;y", columns="name;phone")
    result = run(path, tmp_path)
    assert result.exit_code == 1
    assert "no column 'operator'" in result.output
    assert target.read_text().count("\n") == 2


def run(path: Path, folder: Path):  # noqa: ANN201 - typer's own type is not public
    return CliRunner().invoke(
        app, ["import-missions", str(path), "--content-dir", str(folder / "content")]
    )


def test_rows_that_an_editor_has_given_a_source_stay(tmp_path: Path) -> None:
    target = tmp_path / "content" / "world" / "missions.csv"
    target.parent.mkdir(parents=True)
    target.write_text(
        "origin,destination,city,kind,website,source,as_of\n"
        "NP,DE,Berlin,embassy,new.example,visited,2026-11\n"
        "NP,FR,Lyon,consulate,gone.example,,\n"
    )
    result = run(export(tmp_path, BERLIN, INDIA), tmp_path)
    assert result.exit_code == 0, result.output
    assert "1 rows of yours kept" in result.output.replace("\n", " ")
    rows, problems = read_table(target, "missions.csv", WorldMission)
    assert problems == []
    assert [(r.entry.origin, r.entry.city, r.entry.website) for r in rows] == [
        ("IN", "Berlin", None),
        ("NP", "Berlin", "new.example"),
    ]
