"""Take missions of the whole world from the Database of embassies, an export of Wikidata.

The export has closed offices, districts in place of cities and websites of other countries. What
cannot be trusted is left out and counted; nothing is added that the export does not say.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Final

from pydantic import ValidationError

from safar.registry.world.country_codes import country_code, iso_codes
from safar.registry.world.distance import Position, kilometres
from safar.registry.world.models import MissionKind, WorldMission

_KINDS: Final[dict[str, MissionKind]] = {
    "embassy": "embassy",
    "embassy of the united states": "embassy",
    "high commission": "high_commission",
    "british high commission": "high_commission",
    "australian high commission": "high_commission",
    "assistant high commission": "consulate",
    "consulate general": "consulate_general",
    "consulate general of sweden": "consulate_general",
    "consulate general of belgium": "consulate_general",
    "consulate": "consulate",
    "consular office": "consulate",
    "consular agency": "consulate",
    "consulates of sweden": "consulate",
    "honorary consulate": "honorary_consulate",
    "de facto embassy": "office",
    "de facto consulate": "office",
    "liaison office": "office",
    "interests section": "office",
    "taipei representative office": "office",
}
_EMBASSIES: Final = ("embassy", "high_commission")
_CITY_NAMES: Final = {
    "3rd arrondissement of lyon": "Lyon",
    "6th arrondissement of lyon": "Lyon",
    "aarhus municipality": "Aarhus",
    "alexandria governorate": "Alexandria",
    "baluwatar": "Kathmandu",
    "bitola municipality": "Bitola",
    "cebu city": "Cebu",
    "city of edinburgh": "Edinburgh",
    "constanța county": "Constanța",
    "copenhagen municipality": "Copenhagen",
    "davao city": "Davao",
    "emirate of abu dhabi": "Abu Dhabi",
    "las condes": "Santiago",
    "frankfurt am main": "Frankfurt",
    "higashi-azabu": "Tokyo",
    "jeju province": "Jeju",
    "kōbe": "Kobe",
    "las palmas de gran canaria": "Las Palmas",
    "makati": "Manila",
    "minato-ku": "Tokyo",
    "mueang chiang mai": "Chiang Mai",
    "narva city": "Narva",
    "new cairo": "Cairo",
    "muscat governorate": "Muscat",
    "oslo municipality": "Oslo",
    "pétion-ville": "Port-au-Prince",
    "providencia": "Santiago",
    "san isidro": "Lima",
    "sofia capital municipality": "Sofia",
    "saint michael": "Bridgetown",
    "ta' xbiex": "Valletta",
    "tallinn city": "Tallinn",
    "tartu city": "Tartu",
    "washington, d.c.": "Washington",
    "zamalek": "Cairo",
}
_REGIONS: Final = frozenset(
    ("bình thuận", "crete", "kerala", "minas gerais", "new brunswick", "norway", "texas")
)
"""What stands in place of a city in a few rows: nobody can go to "Texas"."""
_CITY_REACH_KM: Final = 15
"""Districts this near to a city with many missions go by the city's name."""
_CITY_WIDE_KM: Final = 60
_MOST_AWAY_KM: Final = 3500
"""An embassy further from the others of the country is somewhere else by mistake."""
_ISLANDS: Final = {"HK": (22.13, 22.50, 113.82, 114.45), "MO": (22.10, 22.22, 113.52, 113.60)}
_SITE = re.compile(r"https?://([^\s/]+)(/\S*)?", re.IGNORECASE)
_NOT_THEIRS: Final = ("wikipedia.org", "web.archive.org", "sites.google.com", "twitter.com")
_OF_COUNTRY: Final = {"UK": "GB"}
_SOLD_TO_ALL: Final = frozenset(
    "AG AI AM CC CO EU FM GG GL IO LA LY ME NU SH ST TO TV VU WS".split()
)
"""Endings of countries that anybody may have."""
_LONGEST_SITE: Final = 60


@dataclass(frozen=True)
class Taken:
    """The missions that may be kept, sorted, and how many rows were left out for which reason."""

    missions: tuple[WorldMission, ...]
    left_out: Counter[str]
    rows: int


@dataclass(frozen=True)
class _Row:
    origin: str
    destination: str
    city: str
    kind: MissionKind
    at: Position | None
    site: str | None
    covers: tuple[str, ...]


def take_embassies(path: Path) -> Taken:
    """Return what can be used of the export at `path` (CSV with semicolons, UTF-8).

    Raises:
        OSError, UnicodeDecodeError: the file cannot be read.
        ValueError: it is no such export; the message says which column is missing.
    """
    left_out: Counter[str] = Counter()
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, delimiter=";")
        wanted = ("operator", "country", "city", "latitude", "longitude", "website", "type")
        missing = [name for name in wanted if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(
                f"{path} has no column {missing[0]!r}; download the CSV of the Database of "
                "embassies again"
            )
        raw = list(reader)
    rows = [row for each in raw if (row := _read(each, left_out)) is not None]
    rows = _named_cities(rows, left_out)
    rows = _nearby(rows, left_out)
    rows = _own_sites(_once(rows, left_out), left_out)
    rows = _in_the_capital(rows, left_out)
    return Taken(tuple(sorted(_missions(rows, left_out), key=_order)), left_out, len(raw))


def _order(mission: WorldMission) -> tuple[str, str, int, str]:
    kinds = tuple(dict.fromkeys(_KINDS.values()))
    return mission.origin, mission.destination, kinds.index(mission.kind), mission.city


def _read(raw: dict[str, str], left_out: Counter[str]) -> _Row | None:
    kind = _KINDS.get(raw["type"].casefold())
    if kind is None:
        left_out["no mission that helps people"] += 1
        return None
    origin, destination = country_code(raw["operator"]), country_code(raw["country"])
    if origin is None or destination is None:
        left_out["country not known"] += 1
        return None
    at = _position(raw["latitude"], raw["longitude"])
    if destination == "CN":
        there = (code for code in _ISLANDS if at and _within(at, code))
        destination = next(there, country_code(raw["city"]) or destination)
    if origin == destination:
        left_out["in its own country"] += 1
        return None
    named = (country_code(name) for name in (raw.get("jurisdictions") or "").split("|"))
    covers = {code for code in named if code} - {origin, destination}
    return _Row(
        origin,
        destination,
        _city(raw["city"].strip()),
        kind,
        at,
        _site(raw["website"]),
        tuple(sorted(covers)) if kind in _EMBASSIES else (),
    )


def _city(name: str) -> str:
    return "" if name.casefold() in _REGIONS else _CITY_NAMES.get(name.casefold(), name)


def _position(latitude: str, longitude: str) -> Position | None:
    try:
        return Position(round(float(latitude), 3), round(float(longitude), 3))
    except ValueError:
        return None


def _within(at: Position, code: str) -> bool:
    south, north, west, east = _ISLANDS[code]
    return south <= at.lat <= north and west <= at.lon <= east


def _site(address: str) -> str | None:
    """Return host and path, or None where it is no address of a ministry's or mission's own."""
    found = _SITE.fullmatch("".join(c for c in address if c.isprintable() and c != "\u200b"))
    if found is None:
        return None
    host = found[1].casefold().removesuffix(":80").rstrip(".")
    site = host + (found[2] or "").rstrip("/")
    if len(site) > _LONGEST_SITE:  # the way to a page that moves soonest
        site = host
    if not site.isascii() or any(host.endswith(other) for other in _NOT_THEIRS):
        return None
    return site


def _named_cities(rows: Sequence[_Row], left_out: Counter[str]) -> list[_Row]:
    """Give districts the name of their city, and rows without a city that of where they stand."""
    places = _centres(rows)
    centres = {
        code: [(name, at, count) for name, at, count in found if at is not None]
        for code, found in places.items()
    }
    named = []
    for row in rows:
        near = [
            (name, count)
            for name, at, count in centres.get(row.destination, ())
            if row.at is not None and kilometres(row.at, at) <= _CITY_REACH_KM
        ]
        largest = max(near, key=lambda each: (each[1], each[0]), default=None)
        own = next((c for n, _, c in places[row.destination] if n == row.city), 0)
        if largest is not None and largest[1] > own:
            named.append(replace(row, city=largest[0]))
        elif row.city:
            named.append(row)
        else:
            left_out["city not known"] += 1
    islands = {"HK": "Hong Kong", "MO": "Macau"}
    return [replace(row, city=islands.get(row.destination, row.city)) for row in named]


def _centres(rows: Iterable[_Row]) -> dict[str, list[tuple[str, Position | None, int]]]:
    """Return the cities of each country: name, middle of their missions, number of missions."""
    by_city: dict[tuple[str, str], list[Position | None]] = defaultdict(list)
    for row in rows:
        if row.city:
            by_city[row.destination, row.city].append(row.at)
    found: dict[str, list[tuple[str, Position | None, int]]] = defaultdict(list)
    for (destination, city), all_at in by_city.items():
        found[destination].append((city, middle([at for at in all_at if at]), len(all_at)))
    return found


def middle(positions: Sequence[Position]) -> Position | None:
    """Return the median of latitudes and longitudes: one that is wrong does not move it."""
    if not positions:
        return None
    lat, lon = median(at.lat for at in positions), median(at.lon for at in positions)
    return Position(round(lat, 2), round(lon, 2))


def _nearby(rows: Sequence[_Row], left_out: Counter[str]) -> list[_Row]:
    """Leave out embassies that stand in another country, and coordinates far from their city."""
    seats: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.kind in _EMBASSIES:
            seats[row.destination][row.city] += 1
    seat_of = {found.most_common(1)[0][0]: code for code, found in seats.items()}
    of_country: dict[str, list[Position]] = defaultdict(list)
    of_city: dict[tuple[str, str], list[Position]] = defaultdict(list)
    for row in rows:
        if row.at is not None:
            of_city[row.destination, row.city].append(row.at)
            if row.kind in _EMBASSIES:
                of_country[row.destination].append(row.at)
    kept = []
    for row in rows:
        seat = middle(of_country[row.destination])
        far = row.at is not None and seat is not None and kilometres(row.at, seat) > _MOST_AWAY_KM
        elsewhere = seat_of.get(row.city, row.destination) != row.destination
        if row.kind in _EMBASSIES and (far or elsewhere):
            left_out["stands in another country"] += 1
            continue
        city = middle(of_city[row.destination, row.city])
        wrong = row.at is not None and city is not None and kilometres(row.at, city) > _CITY_WIDE_KM
        kept.append(replace(row, at=None) if wrong else row)
    return kept


def _once(rows: Sequence[_Row], left_out: Counter[str]) -> list[_Row]:
    """Keep one of several rows for the same office: that with a website, then what covers most."""
    best: dict[tuple[str, str, str, bool], _Row] = {}
    for row in rows:
        key = (row.origin, row.destination, row.city, row.kind in _EMBASSIES)
        other = best.get(key)
        if other is not None:
            left_out["twice"] += 1
        if other is None or _worth(row) > _worth(other):
            best[key] = row
    return list(best.values())


def _worth(row: _Row) -> tuple[bool, bool, int, bool]:
    career = row.kind != "honorary_consulate"
    return career, row.site is not None, len(row.covers), row.at is not None


def _own_sites(rows: Sequence[_Row], left_out: Counter[str]) -> list[_Row]:
    """Take away websites of another country's ministry, and of the same one's other mission."""
    users: dict[str, Counter[str]] = defaultdict(Counter)
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row.site is not None:
            users[row.site.partition("/")[0]][row.origin] += 1
            places[row.origin, row.site].add(row.destination)
    kept = []
    for row in rows:
        if row.site is not None and _another(row, users, places):
            left_out["website of another office (row kept without it)"] += 1
            kept.append(replace(row, site=None))
        else:
            kept.append(row)
    return kept


def _another(
    row: _Row, users: dict[str, Counter[str]], places: dict[tuple[str, str], set[str]]
) -> bool:
    site = row.site or ""
    host = site.partition("/")[0]
    ending = host.rpartition(".")[2].upper()
    owner = _OF_COUNTRY.get(ending, ending)
    if owner in iso_codes() - _SOLD_TO_ALL and owner not in (row.origin, row.destination):
        return True
    elsewhere = users[host]
    if elsewhere[row.origin] < max(elsewhere.values()):
        return True
    label = host.partition(".")[0].upper()
    others = places[row.origin, site] - {row.destination}
    return label in others


def _in_the_capital(rows: Sequence[_Row], left_out: Counter[str]) -> list[_Row]:
    """Of several embassies of one country in another keep that where most embassies are."""
    seats: dict[str, Counter[str]] = defaultdict(Counter)
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row.kind in _EMBASSIES:
            seats[row.destination][row.city] += 1
            pairs[row.origin, row.destination].add(row.city)
    kept = []
    for row in rows:
        cities = pairs[row.origin, row.destination]
        seat = max(cities, key=lambda city: (seats[row.destination][city], city), default=None)
        if row.kind in _EMBASSIES and row.city != seat:
            left_out["a second embassy, elsewhere"] += 1
        else:
            kept.append(row)
    return kept


def _missions(rows: Sequence[_Row], left_out: Counter[str]) -> Iterator[WorldMission]:
    for row in rows:
        values = {
            "origin": row.origin,
            "destination": row.destination,
            "city": row.city,
            "kind": row.kind,
            "lat": row.at.lat if row.at else None,
            "lon": row.at.lon if row.at else None,
            "covers": row.covers,
        }
        try:
            yield WorldMission.model_validate({**values, "website": row.site})
        except ValidationError:
            if row.site is None:
                left_out["name of the city is too long"] += 1
                continue
            left_out["website cannot be read (row kept without it)"] += 1
            yield WorldMission.model_validate({**values, "website": None})
