"""Typed questions to registry.db."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from safar.registry import schema
from safar.registry.agencies import (
    AgencyMatch,
    AgencyRegister,
    AgencyWords,
    Found,
    NameRules,
    find_agencies,
)
from safar.registry.errors import (
    RegistryDamagedError,
    RegistryError,
    RegistryMissingError,
    RegistryVersionError,
)
from safar.registry.keyword_schema import KeywordSet
from safar.registry.money_schema import MoneyFile
from safar.registry.names import place_key, words_of
from safar.registry.offers.schema import RedFlagFile, RedFlagWords
from safar.registry.signature import check_signature
from safar.registry.sqlite import sqlite3
from safar.registry.world.distance import Position
from safar.registry.world.models import City
from safar.registry.world.nearest import by_distance

__all__ = ["AgencyMatch", "Registry", "RegistryMeta", "Role"]

Role = Literal["recruitment", "labour", "agency_check"]
EntryT = TypeVar("EntryT", bound=schema.Entry)


@dataclass(frozen=True)
class RegistryMeta:
    """What a registry says of itself.

    Attributes:
        schema_version: version of its tables.
        content_hash: SHA-256 in hex of the content it was built from.
        built_at: aware time.
    """

    schema_version: int
    content_hash: str
    built_at: datetime


class Registry:
    """One registry file, read-only. Any thread may ask; replacing the file does not disturb it."""

    def __init__(self, path: Path, connection: Any, meta: RegistryMeta) -> None:
        """Use `open` instead."""
        self.path = path
        self.meta = meta
        self._connection = connection
        self._lock = threading.Lock()
        self._name_rules: NameRules | None = None
        self._kept: dict[tuple[str, tuple[object, ...]], tuple[Any, ...]] = {}

    @classmethod
    def open(cls, path: Path, public_key: str = "") -> Registry:
        """Open the registry at `path`.

        Args:
            path: the file, or a link to it.
            public_key: Ed25519, in base64; if given, only what its owner has signed is opened.

        Raises:
            RegistryMissingError: there is no file.
            RegistryDamagedError: the file is no whole registry.
            RegistryVersionError: another version of Safar made it.
            RegistryUnsignedError: it is not signed by the owner of the key, or was changed since.
        """
        if not path.is_file():
            raise RegistryMissingError(path)
        # Once: the link may be led to another version between two looks.
        file = path.resolve()
        if public_key:
            check_signature(file, public_key)
        try:
            connection = sqlite3.connect(
                f"{file.as_uri()}?mode=ro", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise RegistryDamagedError(path, str(error)) from error
        try:
            return cls(path, connection, _read_meta(path, connection))
        except (sqlite3.Error, LookupError, ValueError) as error:
            connection.close()
            raise RegistryDamagedError(path, str(error)) from error
        except RegistryError:
            connection.close()
            raise

    def close(self) -> None:
        """Close the file. Only for whoever opened it and knows that nobody asks any more."""
        with self._lock:
            self._connection.close()

    def topic_for_intent(self, intent: str) -> schema.Topic | None:
        """Return the topic that answers `intent`, if one does."""
        return self._one(
            schema.Topic,
            "SELECT json FROM topics JOIN topic_intents ON topic = id WHERE intent = ?",
            intent,
        )

    def is_sensitive(self, intent: str) -> bool:
        """Whether an answer to `intent` must not be seen by others on a locked screen."""
        topic = self.topic_for_intent(intent)
        return topic is not None and topic.sensitive

    def topic(self, topic_id: str) -> schema.Topic | None:
        """Return the topic of this id, if there is one."""
        return self._one(schema.Topic, "SELECT json FROM topics WHERE id = ?", topic_id)

    def topics(self) -> tuple[schema.Topic, ...]:
        """Return all topics in the order of their files."""
        return self._all(schema.Topic, "SELECT json FROM topics ORDER BY number")

    def search_topics(self, words: str, limit: int = 5) -> list[schema.Topic]:
        """Return the topics whose English sentences hold all of `words`, the best first."""
        terms = " ".join(f'"{word}"' for word in words_of(words))
        if not terms:
            return []
        found = self._rows(
            "SELECT topics.json FROM messages_fts"
            " JOIN messages ON messages.rowid = messages_fts.rowid"
            " JOIN topics ON topics.id = messages.topic"
            " WHERE messages_fts MATCH ?"
            " GROUP BY topics.id ORDER BY min(messages_fts.rank) LIMIT ?",
            (terms, limit),
        )
        return [schema.Topic.model_validate_json(row[0]) for row in found]

    def facts(
        self,
        country: str,
        kinds: Collection[str],
        destination: str | None = None,
        sector: str | None = None,
        gender: str | None = None,
    ) -> list[schema.Fact]:
        """Return the facts of `country` of these kinds that may hold for a person.

        A fact that names destinations, sectors or genders is left out where the person's is known
        to be another. What is said of the person in particular comes first: facts that name the
        person's destination before those that name none, then likewise sector and gender; what
        names something that is not known of the person comes last.
        """
        known = ((destination, "destinations"), (sector, "sectors"), (gender, "genders"))
        found = [
            fact
            for fact in self._all(
                schema.Fact, "SELECT json FROM facts WHERE country = ? ORDER BY number", country
            )
            if fact.kind in kinds
            and all(_may_hold(getattr(fact, name), value) for value, name in known)
        ]
        return sorted(
            found, key=lambda fact: [_rank(getattr(fact, name), value) for value, name in known]
        )

    def country(self, code: str) -> schema.Country | None:
        """Return the country with its authorities; `facts` and `hotlines` give the rest."""
        return self._one(schema.Country, "SELECT json FROM countries WHERE code = ?", code)

    def countries(self) -> tuple[schema.Country, ...]:
        """Return all countries as `country` does."""
        return self._all(schema.Country, "SELECT json FROM countries ORDER BY code")

    def authority(self, country: str, role: Role) -> schema.Authority | None:
        """Return who knows about `role` in `country`, if the content names anyone."""
        found = self.country(country)
        return found.authorities.get(role) if found else None

    def hotlines(
        self,
        country: str,
        origin: str | None = None,
        kinds: Collection[schema.HotlineKind] | None = None,
    ) -> list[schema.Hotline]:
        """Return the numbers to call in `country`, those kept for the person's origin first.

        A number kept for other origins is left out, and every such number if the origin is unknown.
        """
        found = [
            hotline
            for hotline in self._all(
                schema.Hotline,
                "SELECT json FROM hotlines WHERE country = ? ORDER BY number",
                country,
            )
            if (kinds is None or hotline.kind in kinds)
            and (not hotline.for_origins or origin in hotline.for_origins)
        ]
        return sorted(found, key=lambda hotline: not hotline.for_origins)

    def missions(
        self, origin: str, destination: str, city: str | None = None
    ) -> list[schema.Mission]:
        """Return the missions of `origin` in `destination`: the nearest to that city first.

        Of those as far away as each other, as all are where the city is not known, embassies come
        first and consulates before offices. Honorary consulates, which can do little, come last.
        """
        found = self._all(
            schema.Mission,
            "SELECT json FROM missions WHERE origin = ? AND destination = ? ORDER BY number",
            origin,
            destination,
        )
        return by_distance(found, city, lambda name: self.position(destination, name))

    def covering(self, origin: str, destination: str) -> list[schema.Mission]:
        """Return the embassies of `origin` elsewhere that look after `destination`."""
        return list(
            self._all(
                schema.Mission,
                "SELECT json FROM missions JOIN covers ON covers.mission = missions.id"
                " WHERE covers.country = ? AND covers.origin = ? ORDER BY number",
                destination,
                origin,
            )
        )

    def position(self, country: str, city: str) -> Position | None:
        """Return where `city` is, if the content knows it by this name."""
        found = self._one(
            City,
            "SELECT json FROM cities WHERE country = ? AND key = ?",
            country,
            place_key(city),
        )
        return Position(found.lat, found.lon) if found else None

    def cities(self) -> tuple[City, ...]:
        """Return all cities whose place is known, those with names of their own first."""
        return self._all(City, "SELECT json FROM cities ORDER BY number")

    def source(self, source_id: str) -> schema.Source:
        """Return a source.

        Raises:
            LookupError: there is none of this id; ids from entries of this registry always exist.
        """
        source = self._one(schema.Source, "SELECT json FROM sources WHERE id = ?", source_id)
        if source is None:
            raise LookupError(f"there is no source {source_id!r}; content/sources/ lists them")
        return source

    def agencies(self, query: str, country: str | None = None) -> list[AgencyMatch]:
        """Return up to five agencies of the registers, the surest first; see `find_agencies`."""
        return self.look_up_agency(query, country).matches()

    def look_up_agency(self, text: str, country: str | None = None) -> Found:
        """Return whom a name, a licence number or a whole message means; see `find_agencies`."""
        if self._name_rules is None:
            words = self._all(AgencyWords, "SELECT json FROM agency_words")[0]
            self._name_rules = NameRules(words)
        return find_agencies(self._rows, self._name_rules, text, country)

    def registers(self, country: str | None = None) -> tuple[AgencyRegister, ...]:
        """Return the registers of `country`, or all, without their rows."""
        if country is None:
            return self._all(AgencyRegister, "SELECT json FROM registers ORDER BY id")
        return self._all(
            AgencyRegister, "SELECT json FROM registers WHERE country = ? ORDER BY id", country
        )

    def places(self) -> tuple[schema.Place, ...]:
        """Return everyday names of countries and cities."""
        return self._all(schema.Place, "SELECT json FROM places ORDER BY number")

    def money(self) -> MoneyFile:
        """Return words for currencies and multipliers."""
        return self._all(MoneyFile, "SELECT json FROM money")[0]

    def danger(self) -> tuple[schema.DangerFile, ...]:
        """Return the danger phrases of every variant; read anew each time, they are many."""
        rows = self._rows("SELECT json FROM danger ORDER BY variant", ())
        return tuple(schema.DangerFile.model_validate_json(row[0]) for row in rows)

    def red_flags(self) -> RedFlagFile:
        """Return the warning signs of job offers, and how they are weighed."""
        return self._all(RedFlagFile, "SELECT json FROM red_flags")[0]

    def red_flag_words(self) -> tuple[RedFlagWords, ...]:
        """Return the words of those signs in every variant; read anew each time, they are many."""
        rows = self._rows("SELECT json FROM red_flag_words ORDER BY variant", ())
        return tuple(RedFlagWords.model_validate_json(row[0]) for row in rows)

    def keywords(self) -> tuple[KeywordSet, ...]:
        """Return the words to stop, start and ask about the service, in the order of the file."""
        return self._all(KeywordSet, "SELECT json FROM keywords ORDER BY number")

    def _one(self, model: type[EntryT], sql: str, *values: object) -> EntryT | None:
        found = self._all(model, sql, *values)
        return found[0] if found else None

    def _all(self, model: type[EntryT], sql: str, *values: object) -> tuple[EntryT, ...]:
        # The file does not change and the models are immutable, so each is parsed only once. Keys
        # are codes and ids that exist, or a handful of others: nothing is kept for an empty answer.
        kept = self._kept.get((sql, values))
        if kept is None:
            kept = tuple(model.model_validate_json(row[0]) for row in self._rows(sql, values))
            if kept:
                self._kept[(sql, values)] = kept
        return kept

    def _rows(self, sql: str, values: Sequence[object]) -> list[Any]:
        with self._lock:
            return list(self._connection.execute(sql, values).fetchall())


def _read_meta(path: Path, connection: Any) -> RegistryMeta:
    pairs = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    version = int(pairs["schema_version"])
    if version != schema.SCHEMA_VERSION:
        raise RegistryVersionError(path, version, schema.SCHEMA_VERSION)
    faults = [row[0] for row in connection.execute("PRAGMA quick_check") if row[0] != "ok"]
    if faults:
        raise RegistryDamagedError(path, str(faults[0]))
    built_at = datetime.fromisoformat(pairs["built_at"])
    return RegistryMeta(version, pairs["content_hash"], built_at)


def _may_hold(named: Sequence[str], known: str | None) -> bool:
    return not named or known is None or known in named


def _rank(named: Sequence[str], known: str | None) -> int:
    if not named:
        return 1
    return 0 if known is not None else 2
