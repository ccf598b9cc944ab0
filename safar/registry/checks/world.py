"""The tables of content/world: codes, sources, dates, rows for one thing twice, words for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain

from safar.registry.content import Content
from safar.registry.dates import span
from safar.registry.errors import Problem, Severity
from safar.registry.names import place_key
from safar.registry.schema import Entry
from safar.registry.world.country_codes import iso_codes
from safar.registry.world.join import numbers_of, ratified
from safar.registry.world.models import City, Ratification, WorldEmergency, WorldMission
from safar.registry.world.table import Row

_DATES_FILE = "content/world/dates.yaml"


def _dated_rows(
    content: Content,
) -> Iterator[Row[WorldMission] | Row[WorldEmergency] | Row[Ratification]]:
    world = content.world
    yield from chain(world.missions, world.emergency, world.ratifications)


def check_dates(content: Content) -> Iterator[Problem]:
    """Tables have dates.yaml, whose sources exist, as do those of rows."""
    world = content.world
    if world.dates is None:
        for row in (*_dated_rows(content), *world.cities)[:1]:
            yield row.problem("dates.yaml is not beside the table", "add world/dates.yaml")
        return
    sources = {source.id for source, _ in content.located_sources()}
    for name in type(world.dates).model_fields:
        source = getattr(world.dates, name).source
        if source not in sources:
            yield Problem(
                _DATES_FILE,
                0,
                name,
                f'the source "{source}" does not exist',
                "add it to a file in sources/ or write the id of one that is there",
            )
    for row in _dated_rows(content):
        if row.entry.source is not None and row.entry.source not in sources:
            yield row.problem(
                f'the source "{row.entry.source}" does not exist',
                "add it to a file in sources/ or leave the cell empty",
            )
        if row.entry.as_of is not None:
            if row.entry.source is None:
                yield row.problem("a date without a source", "write the source, too")
            try:
                span(row.entry.as_of)
            except ValueError as error:
                yield row.problem(f"as_of: {error}", "write the date as the source has it")


def check_codes(content: Content) -> Iterator[Problem]:
    """Every country of every row is one of ISO 3166-1, and no mission is in its own country."""
    known = iso_codes()
    for row in (*_dated_rows(content), *content.world.cities):
        for code in _codes(row.entry):
            if code not in known:
                yield row.problem(
                    f'"{code}" is no country code of ISO 3166-1',
                    "write two letters such as NP (the United Kingdom is GB)",
                )
    for mission in content.world.missions:
        if mission.entry.origin in (mission.entry.destination, *mission.entry.covers):
            yield mission.problem(
                f"a mission of {mission.entry.origin} at home", "mend origin, destination or covers"
            )


def _codes(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry, WorldMission):
        return (entry.origin, entry.destination, *entry.covers)
    return (str(getattr(entry, "country", "")),)


def check_twice(content: Content) -> Iterator[Problem]:
    """One row for one thing."""
    world = content.world
    for rows in (world.missions, world.emergency, world.ratifications, world.cities):
        first: dict[object, int] = {}
        for row in rows:
            line = first.setdefault(_thing(row.entry), row.line)
            if line != row.line:
                yield row.problem(f"the same as on line {line}", "leave one of the two out")


def _thing(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry, WorldMission):
        return entry.origin, entry.destination, entry.kind, place_key(entry.city)
    if isinstance(entry, Ratification):
        return entry.instrument, entry.country
    if isinstance(entry, City):
        return entry.country, place_key(entry.city)
    return (str(getattr(entry, "country", "")),)


def check_words(content: Content) -> Iterator[Problem]:
    """There are messages for what the tables say, and something in every row."""
    world = content.world
    messages = {message.id for message, _ in content.located_messages()}
    needed = {
        f"mission.{mission.kind}": f"{file.document.file}"
        for file in content.missions
        for mission in file.model.missions
        if mission.name is None
    }
    needed |= {f"mission.{row.entry.kind}": row.file for row in world.missions}
    for line in world.emergency:
        needed |= {f"hotline.{kind.value}": line.file for kind in numbers_of(line.entry)}
        if not numbers_of(line.entry):
            yield line.problem("no number", "write one, or leave the row out")
    for name, file in sorted(needed.items()):
        if name not in messages:
            yield Problem(
                file, 0, "", f'there is no message "{name}"', "add it to messages/contacts.yaml"
            )
    undated = {row.entry.instrument for row in world.ratifications if row.entry.year is None}
    for topic in content.topics:
        for index, block in enumerate(topic.model.blocks):
            lacking = [each for each in undated if ratified(each) in block.kinds]
            if lacking and block.undated is None and block.message is not None:
                yield topic.document.problem(
                    ("blocks", index),
                    f"the table has ratifications of {lacking[0]} without a year",
                    "add undated: with a sentence without {year}",
                )


def check_positions(content: Content) -> Iterator[Problem]:
    """Warn of cities in places.yaml whose place is not known: no mission is nearest to them."""
    world = content.world
    if not world.cities:
        return
    known = {(row.entry.country, place_key(row.entry.city)) for row in world.cities}
    known |= {
        (row.entry.destination, place_key(row.entry.city))
        for row in world.missions
        if row.entry.lat is not None
    }
    for index, place in enumerate(content.places.model.places):
        if place.city and (place.country, place_key(place.city)) not in known:
            problem = content.places.document.problem(
                ("places", index),
                f"where {place.city} is, no table says",
                "add it to world/cities.csv with its degrees north and east",
            )
            yield problem.as_severity(Severity.WARNING)


def check_age(content: Content, today: date) -> Iterator[Problem]:
    """Warn of tables past review, and of rows from the future."""
    world = content.world
    if world.dates is None:
        return
    for name in type(world.dates).model_fields:
        table = getattr(world.dates, name)
        if table.review_by < today:
            problem = Problem(
                _DATES_FILE,
                0,
                name,
                f"the table is past review since {table.review_by}, so none of it is stated",
                "look at its source again, then move review_by",
            )
            yield problem.as_severity(Severity.WARNING)
    for row in _dated_rows(content):
        if row.entry.as_of is not None and _begins(row.entry.as_of) > today:
            problem = row.problem(
                f"as_of {row.entry.as_of} is in the future", "write the date of the source"
            )
            yield problem.as_severity(Severity.WARNING)


def _begins(partial: str) -> date:
    try:
        return span(partial)[0]
    except ValueError:  # told of by check_dates
        return date.min
