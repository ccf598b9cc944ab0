"""What the registry keeps: entries that people wrote, and rows where those say nothing.

An entry of content/missions or content/countries always wins over a row for the same thing.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from safar.phrasing.values import Day
from safar.registry.content import Content
from safar.registry.schema import Fact, Hotline, HotlineKind, Message, Mission
from safar.registry.world.content import source_of
from safar.registry.world.distance import Position
from safar.registry.world.embassies import middle
from safar.registry.world.models import City, WorldEmergency

EMBASSIES: Final = frozenset(("embassy", "high_commission"))
_SERVICES: Final = (HotlineKind.POLICE, HotlineKind.AMBULANCE, HotlineKind.FIRE)


def ratified(instrument: str) -> str:
    """Return the kind of the facts that say who has ratified `instrument`."""
    return f"ratified_{instrument}"


def missions_of(content: Content) -> Iterator[Mission]:
    """Yield all missions: those of content/missions, then rows for other offices.

    An entry that does not say which other countries it looks after goes by the row for it.
    """
    covers = {
        _office(row.entry.origin, row.entry.destination, row.entry.city, row.entry.kind): (
            row.entry.covers
        )
        for row in content.world.missions
    }
    known = set()
    for file in content.missions:
        for mission in file.model.missions:
            office = _office(mission.origin, mission.destination, mission.city, mission.kind)
            known.add(office)
            if mission.withdrawn is not None:
                continue  # nor does a row of the world speak for it
            more = covers.get(office, ())
            if more and not mission.covers:
                yield mission.model_copy(update={"covers": more})
            else:
                yield mission
    dates = content.world.dates
    if dates is None:
        return
    table = dates.missions
    for row in content.world.missions:
        found = row.entry
        if _office(found.origin, found.destination, found.city, found.kind) in known:
            continue
        source, as_of = source_of(found, table)
        parts = ("world", found.origin, found.destination, found.kind, found.city)
        yield Mission(
            id="-".join(_slug(part) for part in parts),
            origin=found.origin,
            destination=found.destination,
            city=found.city,
            kind=found.kind,
            covers=found.covers,
            website=found.website,
            listed=True,
            source=source,
            as_of=as_of,
            review_by=table.review_by,
            confidence=table.confidence,
        )


def _office(origin: str, destination: str, city: str, kind: str) -> tuple[str, str, str, str]:
    if kind in EMBASSIES:
        kind = "embassy"
    elif "consulate" in kind:
        kind = "consulate"
    return origin, destination, _slug(city), kind


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split()) or "x"


def hotlines_of(content: Content) -> Iterator[tuple[str, Hotline]]:
    """Yield (country, number) of all countries; rows only where there is no file of the country."""
    for country, hotline, _ in content.hotlines():
        yield country.code, hotline
    dates = content.world.dates
    if dates is None:
        return
    table = dates.emergency
    names = {message.id: message for message, _ in content.located_messages()}
    written = {loaded.model.code for loaded in content.countries}
    for row in content.world.emergency:
        code = row.entry.country
        if code in written:
            continue
        source, as_of = source_of(row.entry, table)
        for kind, phone in numbers_of(row.entry).items():
            yield (
                code,
                Hotline(
                    id=f"world-{code.lower()}-{kind.value}",
                    name=_name(names, kind),
                    kind=kind,
                    phone=phone,
                    listed=True,
                    source=source,
                    as_of=as_of,
                    review_by=table.review_by,
                    confidence=table.confidence,
                ),
            )


def numbers_of(row: WorldEmergency) -> dict[HotlineKind, str]:
    """Return the numbers of a row; one number for everything is called the emergency number."""
    found = {kind: getattr(row, kind.value) for kind in _SERVICES}
    if len(set(found.values())) == 1 and row.police is not None:
        return {HotlineKind.EMERGENCY: row.police}
    return {kind: phone for kind, phone in found.items() if phone is not None}


def _name(names: dict[str, Message], kind: HotlineKind) -> Message:
    return names[f"hotline.{kind.value}"]


def facts_of(content: Content) -> Iterator[tuple[str, Fact]]:
    """Yield (country, fact); a ratification from the table where no fact says of it."""
    known = set()
    for country, fact, _ in content.facts():
        known.add((country.code, fact.kind))
        yield country.code, fact
    dates = content.world.dates
    if dates is None:
        return
    table = dates.ratifications
    for row in content.world.ratifications:
        found, kind = row.entry, ratified(row.entry.instrument)
        if (found.country, kind) in known:
            continue
        source, as_of = source_of(found, table)
        yield (
            found.country,
            Fact(
                id=f"world-{found.instrument}-{found.country.lower()}",
                kind=kind,
                values={"year": Day(value=found.year)} if found.year else {},
                source=source,
                # That a country has ratified is true from the year on, whenever the list was made.
                as_of=as_of or (str(found.year) if found.year else None),
                review_by=table.review_by,
                confidence=table.confidence,
            ),
        )


def cities_of(content: Content) -> Iterator[City]:
    """Yield where cities are: rows of cities.csv, then the middle of a city's missions."""
    known = set()
    for written in content.world.cities:
        known.add((written.entry.country, _slug(written.entry.city)))
        yield written.entry
    positions: dict[tuple[str, str], list[Position]] = defaultdict(list)
    for row in content.world.missions:
        mission = row.entry
        if mission.lat is not None and mission.lon is not None:
            at = Position(mission.lat, mission.lon)
            positions[mission.destination, mission.city].append(at)
    for (country, city), all_at in positions.items():
        centre = middle(all_at)
        if centre is not None and (country, _slug(city)) not in known:
            yield City(country=country, city=city, lat=centre.lat, lon=centre.lon)
