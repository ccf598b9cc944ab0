"""The tables of registry.db: what is indexed beside each entry's JSON, and their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from safar.registry.agencies.index import agency_rows, gram_rows, name_rows
from safar.registry.agencies.rules import NameRules
from safar.registry.content import Content
from safar.registry.names import place_key
from safar.registry.schema import Entry
from safar.registry.world.join import cities_of, facts_of, hotlines_of, missions_of

Row = dict[str, Any]

SEARCH_TOKENS: Final = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
"""Combining marks belong to words: without them a Devanagari word falls into pieces."""


@dataclass(frozen=True)
class Table:
    """One table and where its rows come from.

    Attributes:
        columns: name and Python type of each column.
        pk: primary key; None where rows have none of their own.
        rows: makes the rows from the content.
        foreign_keys: (column, other table, other column).
        indexes: columns to index, one index an item.
        search: columns of the full-text index, if there is one.
        nullable: columns that may be empty.
    """

    name: str
    columns: dict[str, type]
    pk: str | None
    rows: Callable[[Content], Iterator[Row]]
    foreign_keys: tuple[tuple[str, str, str], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    search: tuple[str, ...] = ()
    nullable: tuple[str, ...] = ()


def _json(entry: Entry) -> str:
    return entry.model_dump_json()


def _sources(content: Content) -> Iterator[Row]:
    for source, _ in content.located_sources():
        yield {"id": source.id, "title": source.title, "json": _json(source)}


def _countries(content: Content) -> Iterator[Row]:
    for loaded in content.countries:
        country = loaded.model
        slim = country.model_copy(update={"facts": (), "hotlines": ()})
        yield {"code": country.code, "currency": country.currency, "json": _json(slim)}


def _facts(content: Content) -> Iterator[Row]:
    for number, (country, fact) in enumerate(facts_of(content)):
        yield {
            "id": fact.id,
            "number": number,
            "country": country,
            "kind": fact.kind,
            "source": fact.source,
            "json": _json(fact),
        }


def _hotlines(content: Content) -> Iterator[Row]:
    for number, (country, hotline) in enumerate(hotlines_of(content)):
        yield {
            "id": hotline.id,
            "number": number,
            "country": country,
            "kind": hotline.kind.value,
            "source": hotline.source,
            "json": _json(hotline),
        }


def _missions(content: Content) -> Iterator[Row]:
    for number, mission in enumerate(missions_of(content)):
        yield {
            "id": mission.id,
            "number": number,
            "origin": mission.origin,
            "destination": mission.destination,
            "source": mission.source,
            "json": mission.model_dump_json(exclude_defaults=True),  # there are thousands
        }


def _covers(content: Content) -> Iterator[Row]:
    for mission in missions_of(content):
        for country in mission.covers:
            yield {"country": country, "origin": mission.origin, "mission": mission.id}


def _cities(content: Content) -> Iterator[Row]:
    for number, city in enumerate(cities_of(content)):
        yield {
            "number": number,
            "country": city.country,
            "key": place_key(city.city),
            "json": _json(city),
        }


def _registers(content: Content) -> Iterator[Row]:
    for loaded in content.registers:
        register = loaded.model
        slim = register.model_copy(update={"agencies": ()})
        yield {
            "id": loaded.stem,
            "country": register.country,
            "source": register.source,
            "json": _json(slim),
        }


def _agencies(content: Content) -> Iterator[Row]:
    return agency_rows((loaded.stem, loaded.model) for loaded in content.registers)


def _agency_names(content: Content) -> Iterator[Row]:
    registers = ((loaded.stem, loaded.model) for loaded in content.registers)
    return name_rows(registers, NameRules(content.agency_words.model))


def _agency_grams(content: Content) -> Iterator[Row]:
    registers = ((loaded.stem, loaded.model) for loaded in content.registers)
    return gram_rows(registers, NameRules(content.agency_words.model))


def _agency_words(content: Content) -> Iterator[Row]:
    yield {"number": 0, "json": _json(content.agency_words.model)}


def _topics(content: Content) -> Iterator[Row]:
    for number, loaded in enumerate(content.topics):
        topic = loaded.model
        yield {"id": topic.id, "number": number, "stage": topic.stage, "json": _json(topic)}


def _topic_intents(content: Content) -> Iterator[Row]:
    for loaded in content.topics:
        for intent in loaded.model.intents:
            yield {"intent": intent, "topic": loaded.model.id}


def _messages(content: Content) -> Iterator[Row]:
    topics = {loaded.document.file: loaded.model.id for loaded in content.topics}
    seen: set[str] = set()
    for message, place in content.located_messages():
        if message.id in seen:
            continue  # the check has made sure that it says the same
        seen.add(message.id)
        yield {
            "id": message.id,
            "topic": topics.get(place.document.file),
            "text": message.text,
            "json": _json(message),
        }


def _places(content: Content) -> Iterator[Row]:
    for number, place in enumerate(content.places.model.places):
        yield {
            "number": number,
            "country": place.country,
            "city": place.city,
            "json": _json(place),
        }


def _money(content: Content) -> Iterator[Row]:
    yield {"number": 0, "json": _json(content.money.model)}


def _danger(content: Content) -> Iterator[Row]:
    for loaded in content.danger:
        yield {"variant": loaded.model.variant, "json": _json(loaded.model)}


def _red_flags(content: Content) -> Iterator[Row]:
    yield {"number": 0, "json": _json(content.red_flags.model)}


def _red_flag_words(content: Content) -> Iterator[Row]:
    for loaded in content.red_flag_words:
        yield {"variant": loaded.model.variant, "json": _json(loaded.model)}


def _keywords(content: Content) -> Iterator[Row]:
    for number, words in enumerate(content.keywords.model.keywords):
        yield {"variant": words.variant, "number": number, "json": _json(words)}


_SOURCE: Final = ("source", "sources", "id")

TABLES: Final[tuple[Table, ...]] = (
    Table("sources", {"id": str, "title": str, "json": str}, "id", _sources),
    Table("countries", {"code": str, "currency": str, "json": str}, "code", _countries),
    Table(
        "facts",
        {"id": str, "number": int, "country": str, "kind": str, "source": str, "json": str},
        "id",
        _facts,
        foreign_keys=(_SOURCE,),  # countries of the world have no file of their own
        indexes=(("country", "kind"),),
    ),
    Table(
        "hotlines",
        {"id": str, "number": int, "country": str, "kind": str, "source": str, "json": str},
        "id",
        _hotlines,
        foreign_keys=(_SOURCE,),  # countries of the world have no file of their own
        indexes=(("country", "kind"),),
    ),
    Table(
        "missions",
        {
            "id": str,
            "number": int,
            "origin": str,
            "destination": str,
            "source": str,
            "json": str,
        },
        "id",
        _missions,
        foreign_keys=(_SOURCE,),
        indexes=(("origin", "destination"),),
    ),
    Table(
        "covers",
        {"country": str, "origin": str, "mission": str},
        None,
        _covers,
        foreign_keys=(("mission", "missions", "id"),),
        indexes=(("country", "origin"),),
    ),
    Table(
        "cities",
        {"number": int, "country": str, "key": str, "json": str},
        "number",
        _cities,
        indexes=(("country", "key"),),
    ),
    Table(
        "registers",
        {"id": str, "country": str, "source": str, "json": str},
        "id",
        _registers,
        foreign_keys=(_SOURCE,),
        indexes=(("country",),),
    ),
    Table(
        "agencies",
        {
            "number": int,
            "register": str,
            "country": str,
            "licence_key": str,
            "licence_digits": str,
            "json": str,
        },
        "number",
        _agencies,
        foreign_keys=(("register", "registers", "id"),),
        indexes=(("licence_key",), ("licence_digits",)),
        nullable=("licence_key", "licence_digits"),
    ),
    Table(
        "agency_names",
        {
            "number": int,
            "agency": int,
            "country": str,
            "key": str,
            "literal": str,
            "words": str,
            "name": str,
        },
        "number",
        _agency_names,
        foreign_keys=(("agency", "agencies", "number"),),
        indexes=(("key",), ("literal",)),
    ),
    Table(
        "agency_grams",
        {"gram": str, "country": str, "count": int, "numbers": bytes},
        None,
        _agency_grams,
        indexes=(("gram", "country", "count"),),
    ),
    Table("agency_words", {"number": int, "json": str}, "number", _agency_words),
    Table("topics", {"id": str, "number": int, "stage": str, "json": str}, "id", _topics),
    Table(
        "topic_intents",
        {"intent": str, "topic": str},
        "intent",
        _topic_intents,
        foreign_keys=(("topic", "topics", "id"),),
    ),
    Table(
        "messages",
        {"id": str, "topic": str, "text": str, "json": str},
        "id",
        _messages,
        foreign_keys=(("topic", "topics", "id"),),
        search=("text",),
        nullable=("topic",),
    ),
    Table(
        "places",
        {"number": int, "country": str, "city": str, "json": str},
        "number",
        _places,
        nullable=("city",),
    ),
    Table("money", {"number": int, "json": str}, "number", _money),
    Table("danger", {"variant": str, "json": str}, "variant", _danger),
    Table("red_flags", {"number": int, "json": str}, "number", _red_flags),
    Table("red_flag_words", {"variant": str, "json": str}, "variant", _red_flag_words),
    Table("keywords", {"variant": str, "number": int, "json": str}, "variant", _keywords),
)
