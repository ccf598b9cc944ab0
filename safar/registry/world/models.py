"""One row of each table of the world."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from safar.registry.schema import (
    Confidence,
    CountryCode,
    Entry,
    Identifier,
    PartialDate,
    PhoneNumber,
)

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
Website = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/[!-~]*)?$", max_length=70
    ),
]
"""Host and path without "https://": what a person types, and what an SMS can afford."""
MissionKind = Literal[
    "embassy",
    "high_commission",
    "consulate_general",
    "consulate",
    "honorary_consulate",
    "office",
]
Instrument = Literal[
    "c29", "c87", "c88", "c97", "c98", "c105", "c111", "c143", "c181", "c189", "c190", "icrmw"
]


class TableDates(Entry):
    """Where a table was read, of when it is and until when it may be stated.

    Rows with a source and a date of their own go by those.
    """

    source: Identifier
    as_of: PartialDate | None
    review_by: date
    confidence: Confidence


class WorldDates(Entry):
    """content/world/dates.yaml."""

    missions: TableDates
    emergency: TableDates
    ratifications: TableDates


class WorldMission(Entry):
    """An embassy, consulate or office of `origin` in `destination`.

    `covers` names the other countries that the mission looks after.
    """

    origin: CountryCode
    destination: CountryCode
    city: Name
    kind: MissionKind
    lat: Latitude | None = None
    lon: Longitude | None = None
    website: Website | None = None
    covers: tuple[CountryCode, ...] = ()
    source: Identifier | None = None
    as_of: PartialDate | None = None


class WorldEmergency(Entry):
    """The numbers to call for rescue in a country that has no file in content/countries."""

    country: CountryCode
    police: PhoneNumber | None = None
    ambulance: PhoneNumber | None = None
    fire: PhoneNumber | None = None
    source: Identifier | None = None
    as_of: PartialDate | None = None


class Ratification(Entry):
    """That a country is bound by a convention. Where there is no row, nothing is known."""

    instrument: Instrument
    country: CountryCode
    year: Annotated[str, StringConstraints(pattern=r"^(?:19|20)\d\d$")] | None = None
    source: Identifier | None = None
    as_of: PartialDate | None = None


class City(Entry):
    """Where a city is, and how people write its name where places.yaml does not say.

    Distances alone come from the coordinates: they need not be better than a tenth of a degree.
    """

    country: CountryCode
    city: Name
    lat: Latitude
    lon: Longitude
    names: tuple[Name, ...] = ()
