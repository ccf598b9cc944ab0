"""Typed questions to a registry, and files that are none."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safar.registry.errors import (
    RegistryDamagedError,
    RegistryError,
    RegistryMissingError,
    RegistryVersionError,
)
from safar.registry.query import Registry
from safar.registry.schema import HotlineKind, SourceKind
from safar.registry.sqlite import sqlite3


def set_version(path: Path, version: int) -> None:
    connection = sqlite3.connect(str(path))
    connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", [version])
    connection.commit()
    connection.close()


def test_topics(registry: Registry) -> None:
    topic = registry.topic_for_intent("ask_recruitment_fees")
    assert topic is not None
    assert topic == registry.topic("fees")
    assert [each.id for each in registry.topics()] == ["fees"]
    assert topic.blocks[0].message is not None
    assert topic.blocks[0].message.text == "For {destination} an agency may charge {amount}."
    assert registry.topic_for_intent("ask_wages") is None
    assert registry.topic("wages") is None


FACTS = {
    "of the destination first": ({"destination": "QA"}, ["-qa", "", "-home"]),
    "of another destination": ({"destination": "MY"}, ["", "-home"]),
    "of no known destination": ({}, ["", "-home", "-qa"]),
    "of the sector first": ({"destination": "MY", "sector": "domestic"}, ["-home", ""]),
    "of another sector": ({"sector": "seafarer"}, ["", "-qa"]),
    "destination before sector": (
        {"destination": "QA", "sector": "domestic"},
        ["-qa", "-home", ""],
    ),
}


@pytest.mark.parametrize("name", FACTS)
def test_facts(registry: Registry, name: str) -> None:
    known, endings = FACTS[name]
    found = registry.facts("NP", ("fee_cap",), **known)
    assert [fact.id for fact in found] == [f"np-fee-cap{ending}" for ending in endings]


@pytest.mark.parametrize(("country", "kinds"), [("QA", ("fee_cap",)), ("NP", ()), ("US", ("x",))])
def test_no_facts(registry: Registry, country: str, kinds: tuple[str, ...]) -> None:
    assert registry.facts(country, kinds) == []


def test_countries_and_authorities(registry: Registry) -> None:
    country = registry.country("NP")
    assert country is not None
    assert (country.currency, country.facts) == ("NPR", ())
    assert [each.code for each in registry.countries()] == ["NP", "QA"]
    authority = registry.authority("NP", "recruitment")
    assert authority is not None
    assert authority.website == "dofe.example"
    assert registry.authority("NP", "labour") is None
    assert registry.authority("US", "labour") is None


@pytest.mark.parametrize(
    ("origin", "kinds", "expected"),
    [
        pytest.param("NP", None, ["qa-np-welfare", "qa-police"], id="own first"),
        pytest.param("IN", None, ["qa-police"], id="not another's"),
        pytest.param(None, None, ["qa-police"], id="unknown origin"),
        pytest.param("NP", (HotlineKind.POLICE,), ["qa-police"], id="one kind"),
        pytest.param("NP", (), [], id="no kind"),
    ],
)
def test_hotlines(
    registry: Registry,
    origin: str | None,
    kinds: tuple[HotlineKind, ...] | None,
    expected: list[str],
) -> None:
    assert [line.id for line in registry.hotlines("QA", origin, kinds)] == expected


@pytest.mark.parametrize(
    ("city", "first"), [(None, "embassy"), ("al khor", "consulate"), ("Paris", "embassy")]
)
def test_missions(registry: Registry, city: str | None, first: str) -> None:
    found = registry.missions("NP", "QA", city)
    assert (len(found), found[0].kind) == (2, first)
    assert registry.missions("QA", "NP") == []


def test_sources(registry: Registry) -> None:
    assert registry.source("qa-law").kind is SourceKind.OFFICIAL
    with pytest.raises(LookupError, match=r"'x'.*content/sources"):
        registry.source("x")


STAR = "Himal Star Manpower Pvt. Ltd."
LIGHT, OVERSEAS = "Himal Starlight", "हिमाल ओभरसिज"
AGENCIES = {
    "licence number": ("0101/081", [(STAR, "licence_number")]),
    "licence number, written otherwise": ("१०१ ८१", [(STAR, "licence_number")]),
    "whole name": ("Himal Star Manpower", [(STAR, "name"), (LIGHT, "alike")]),
    "beginning of a name": ("himal star", [(STAR, "alike"), (LIGHT, "alike")]),
    "with a legal form": ("HIMAL STARLIGHT PVT LTD", [(LIGHT, "name"), (STAR, "alike")]),
    "Devanagari": ("हिमाल ओभरसिज", [(OVERSEAS, "name")]),
    "part of a licence number": ("101", []),
    "middle of a name": ("Star Manpower", []),
    "trade word": ("Manpower", []),
    "two letters": ("Hi", []),
    "operators of the search": ('name:* OR "x', []),
}


@pytest.mark.parametrize("name", AGENCIES)
def test_agencies(registry: Registry, name: str) -> None:
    query, expected = AGENCIES[name]
    assert [(match.name, match.matched) for match in registry.agencies(query)] == expected


def test_an_agency_comes_with_what_to_say_of_its_register(registry: Registry) -> None:
    (match,) = registry.agencies("EX-102", country="NP")
    assert (match.status.value, match.sample, match.authority) == ("suspended", True, "DoFE")
    assert (match.as_of, match.source, match.country) == ("2026-11-01", "made-up", "NP")
    assert match.stated(date(2027, 6, 30))
    assert not match.stated(date(2027, 7, 1))
    assert registry.agencies("EX-102", country="BD") == []
    (register,) = registry.registers("NP")
    assert register.agencies == ()
    assert register.sample


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it is only read
@given(query=st.text(max_size=40))
def test_no_query_breaks_the_search(registry: Registry, query: str) -> None:
    assert len(registry.agencies(query)) <= 5
    assert len(registry.search_topics(query)) <= 1


def test_search_topics(registry: Registry) -> None:
    assert [topic.id for topic in registry.search_topics("receipt")] == ["fees"]
    assert [topic.id for topic in registry.search_topics("agency charge")] == ["fees"]
    assert registry.search_topics("embassy") == []
    assert registry.search_topics(" ") == []


def test_words(registry: Registry) -> None:
    assert registry.places()[0].names == ("doha", "दोहा")
    assert registry.money().multipliers[0].value == 100_000
    assert [file.variant for file in registry.danger()] == ["en"]


def test_it_cannot_be_written_to(registry: Registry) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        registry._connection.execute("DELETE FROM facts")


def test_it_answers_in_other_threads(registry: Registry) -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(registry.facts("NP", ("fee_cap",)))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [3] * 4


def test_a_path_with_signs_of_an_address(registry_path: Path, tmp_path: Path) -> None:
    odd = tmp_path / "a?mode=rw#%41 é.db"
    odd.write_bytes(registry_path.read_bytes())
    assert Registry.open(odd).countries()


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RegistryMissingError, match="run `safar content build`"):
        Registry.open(tmp_path / "registry.db")


def empty_database(path: Path) -> None:
    connection = sqlite3.connect(str(path))
    connection.execute("CREATE TABLE other (x)")
    connection.commit()
    connection.close()


def without_hash(path: Path, whole: bytes) -> None:
    path.write_bytes(whole)
    connection = sqlite3.connect(str(path))
    connection.execute("DELETE FROM meta WHERE key = 'content_hash'")
    connection.commit()
    connection.close()


DAMAGE = {
    "half of it": lambda path, whole: path.write_bytes(whole[: len(whole) // 2]),
    "the first page": lambda path, whole: path.write_bytes(whole[:4096]),
    "nothing": lambda path, whole: path.write_bytes(b""),
    "another file": lambda path, whole: path.write_bytes(b"%PDF-1.7 " * 1000),
    "another database": lambda path, whole: empty_database(path),
    "no hash": without_hash,
    "a page of zeros": lambda path, whole: path.write_bytes(
        whole[: len(whole) // 2] + bytes(8192) + whole[len(whole) // 2 + 8192 :]
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file(registry_path: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "damaged.db"
    DAMAGE[name](path, registry_path.read_bytes())
    with pytest.raises(RegistryDamagedError, match=r"is damaged.*run `safar content build`"):
        Registry.open(path)


@pytest.mark.parametrize(("version", "age"), [(99, "newer"), (1, "older")])
def test_another_version(registry_path: Path, version: int, age: str) -> None:
    set_version(registry_path, version)
    with pytest.raises(RegistryVersionError, match=rf"an? {age} Safar.*`safar content build`"):
        Registry.open(registry_path)


def test_every_error_of_the_file_is_a_registry_error() -> None:
    for kind in (RegistryMissingError, RegistryDamagedError, RegistryVersionError):
        assert issubclass(kind, RegistryError)
