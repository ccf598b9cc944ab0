"""Everything the files in content/ hold, with the place of each entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from safar.phrasing.languages import Languages
from safar.registry.agencies.model import AgencyRegister, AgencyWords
from safar.registry.keyword_schema import KeywordFile
from safar.registry.money_schema import MoneyFile
from safar.registry.offers.schema import RedFlagFile, RedFlagWords
from safar.registry.schema import (
    Country,
    DangerFile,
    Dated,
    Entry,
    Fact,
    Hotline,
    Message,
    MessageFile,
    MissionFile,
    PlaceFile,
    Source,
    SourceFile,
    Topic,
)
from safar.registry.world.content import World
from safar.registry.yamlfile import Document, Loc

ModelT = TypeVar("ModelT", bound=Entry)


@dataclass(frozen=True)
class Loaded(Generic[ModelT]):
    """One file: its model, and the document that knows the lines."""

    model: ModelT
    document: Document

    @property
    def stem(self) -> str:
        """The file's name without folder and extension."""
        return self.document.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]


class Located(NamedTuple):
    """An entry with the file it is in and its place there."""

    entry: Any
    document: Document
    loc: Loc


@dataclass(frozen=True)
class Content:
    """All content files, in the order of their names."""

    places: Loaded[PlaceFile]
    money: Loaded[MoneyFile]
    keywords: Loaded[KeywordFile]
    agency_words: Loaded[AgencyWords]
    sources: tuple[Loaded[SourceFile], ...]
    topics: tuple[Loaded[Topic], ...]
    countries: tuple[Loaded[Country], ...]
    missions: tuple[Loaded[MissionFile], ...]
    registers: tuple[Loaded[AgencyRegister], ...]
    messages: tuple[Loaded[MessageFile], ...]
    danger: tuple[Loaded[DangerFile], ...]
    red_flags: Loaded[RedFlagFile]
    red_flag_words: tuple[Loaded[RedFlagWords], ...]
    languages: Languages
    world: World = field(default_factory=World)

    def files(self) -> Iterator[Loaded[Any]]:
        """Yield every file but languages.yaml, which the registry does not keep."""
        yield from (self.places, self.money, self.keywords, self.agency_words, self.red_flags)
        for group in (
            self.sources,
            self.topics,
            self.countries,
            self.missions,
            self.registers,
            self.messages,
            self.danger,
            self.red_flag_words,
        ):
            yield from group

    def facts(self) -> Iterator[tuple[Country, Fact, Located]]:
        """Yield every fact with its country and place."""
        for loaded in self.countries:
            for index, fact in enumerate(loaded.model.facts):
                place = Located(fact, loaded.document, ("facts", index))
                yield loaded.model, fact, place

    def hotlines(self) -> Iterator[tuple[Country, Hotline, Located]]:
        """Yield every hotline with its country and place."""
        for loaded in self.countries:
            for index, hotline in enumerate(loaded.model.hotlines):
                place = Located(hotline, loaded.document, ("hotlines", index))
                yield loaded.model, hotline, place

    def located_sources(self) -> Iterator[tuple[Source, Located]]:
        """Yield every source with its place."""
        for file in self.sources:
            for index, source in enumerate(file.model.sources):
                yield source, Located(source, file.document, ("sources", index))

    def dated(self) -> Iterator[tuple[Dated, str, Located]]:
        """Yield every entry that states something about the world, with its name and place."""
        for _, fact, place in self.facts():
            yield fact, fact.id, place
        for _, hotline, place in self.hotlines():
            yield hotline, hotline.id, place
        for file in self.missions:
            for index, mission in enumerate(file.model.missions):
                yield mission, mission.id, Located(mission, file.document, ("missions", index))
        for register in self.registers:
            yield register.model, register.stem, Located(register.model, register.document, ())

    def located_messages(self) -> Iterator[tuple[Message, Located]]:
        """Yield every translatable sentence of the content with its place."""
        for topic in self.topics:
            yield _message(topic.model.title, topic, ("title",))
            for index, block in enumerate(topic.model.blocks):
                for name in ("message", "undated", "otherwise"):
                    if (message := getattr(block, name)) is not None:
                        yield _message(message, topic, ("blocks", index, name))
        for country in self.countries:
            for index, fact in enumerate(country.model.facts):
                if fact.sentence is not None:
                    yield _message(fact.sentence, country, ("facts", index, "sentence"))
            for index, hotline in enumerate(country.model.hotlines):
                yield _message(hotline.name, country, ("hotlines", index, "name"))
                if hotline.note is not None:
                    yield _message(hotline.note, country, ("hotlines", index, "note"))
        for file in self.messages:
            for index, message in enumerate(file.model.messages):
                yield _message(message, file, ("messages", index))


def _message(message: Message, loaded: Loaded[Any], loc: Loc) -> tuple[Message, Located]:
    return message, Located(message, loaded.document, loc)
