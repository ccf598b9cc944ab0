"""Read content/ into typed models, or say everything that is wrong with it at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from safar.phrasing import values
from safar.phrasing.errors import LanguagesError
from safar.phrasing.languages import Languages, load_languages
from safar.registry import schema
from safar.registry.agencies import model as agencies
from safar.registry.agencies.rows import with_rows
from safar.registry.content import Content, Loaded
from safar.registry.errors import ContentError, Problem
from safar.registry.explain import explain
from safar.registry.keyword_schema import Keyword, KeywordFile, KeywordSet
from safar.registry.money_schema import MoneyFile
from safar.registry.offers import schema as offers
from safar.registry.world.content import World
from safar.registry.world.models import (
    City,
    Ratification,
    WorldDates,
    WorldEmergency,
    WorldMission,
)
from safar.registry.world.table import Row, read_table
from safar.registry.yamlfile import read_yaml

ModelT = TypeVar("ModelT", bound=schema.Entry)

_LANGUAGE_ENTRY = re.compile(r"entry (\S+): ")
MAX_FILE_BYTES: Final = 1_000_000
MAX_REGISTER_BYTES: Final = 8_000_000
"""A register of agencies is long by nature; everything else is written by hand."""


def load_content(content_dir: Path) -> Content:
    """Return everything below `content_dir`.

    Raises:
        ContentError: with every fault of every file.
    """
    loader = _Loader(content_dir)
    if not content_dir.is_dir():
        message, remedy = "the folder does not exist", "name the folder with --content-dir"
        raise ContentError([Problem(content_dir.name, 0, "", message, remedy)])
    places = loader.file("places.yaml", schema.PlaceFile)
    money = loader.file("money.yaml", MoneyFile)
    keywords = loader.file("keywords.yaml", KeywordFile)
    agency_words = loader.file("agency_words.yaml", agencies.AgencyWords)
    sources = loader.folder("sources", schema.SourceFile)
    topics = loader.folder("topics", schema.Topic)
    countries = loader.folder("countries", schema.Country)
    missions = loader.folder("missions", schema.MissionFile)
    registers = loader.folder("agencies", agencies.AgencyRegister, MAX_REGISTER_BYTES)
    messages = loader.folder("messages", schema.MessageFile)
    danger = loader.folder("danger", schema.DangerFile)
    red_flags = loader.file("red_flags.yaml", offers.RedFlagFile)
    red_flag_words = loader.folder("red_flags", offers.RedFlagWords)
    languages = loader.languages("languages.yaml")
    world = loader.world()
    if loader.problems or not (
        places and money and keywords and agency_words and red_flags and languages
    ):
        raise ContentError(loader.problems)
    return Content(
        sources=sources,
        places=places,
        money=money,
        keywords=keywords,
        agency_words=agency_words,
        topics=topics,
        countries=countries,
        missions=missions,
        registers=registers,
        messages=messages,
        danger=danger,
        red_flags=red_flags,
        red_flag_words=red_flag_words,
        languages=languages,
        world=world,
    )


@dataclass
class _Loader:
    content_dir: Path
    problems: list[Problem] = field(default_factory=list)

    def file(
        self, name: str, model: type[ModelT], max_bytes: int = MAX_FILE_BYTES
    ) -> Loaded[ModelT] | None:
        shown = f"{self.content_dir.name}/{name}"
        path = self.content_dir / name
        if not path.is_file():
            self.problems.append(Problem(shown, 0, "", "the file does not exist", "create it"))
            return None
        document, problems = read_yaml(path, shown, max_bytes)
        self.problems.extend(problems)
        if document is None:
            return None
        if model is agencies.AgencyRegister:
            document, problems = with_rows(document, path)
            self.problems.extend(problems)
        try:
            return Loaded(model.model_validate(document.data), document)
        except ValidationError as error:
            self.problems.extend(explain(error, document, _KNOWN_KEYS))
            return None

    def folder(
        self, name: str, model: type[ModelT], max_bytes: int = MAX_FILE_BYTES
    ) -> tuple[Loaded[ModelT], ...]:
        folder = self.content_dir / name
        loaded = []
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name.startswith("."):
                continue
            if path.suffix == ".yaml":
                loaded.append(self.file(f"{name}/{path.name}", model, max_bytes))
            elif path.suffix in (".yml", ".YAML", ".YML"):
                shown = f"{self.content_dir.name}/{name}/{path.name}"
                remedy = f"rename it to {path.stem}.yaml"
                self.problems.append(Problem(shown, 0, "", "the file would not be read", remedy))
        return tuple(each for each in loaded if each is not None)

    def table(self, name: str, model: type[ModelT]) -> tuple[Row[ModelT], ...]:
        shown = f"{self.content_dir.name}/world/{name}.csv"
        rows, problems = read_table(self.content_dir / "world" / f"{name}.csv", shown, model)
        self.problems.extend(problems)
        return rows

    def world(self) -> World:
        """Return the tables of the world; a content folder may be without."""
        if not (self.content_dir / "world").is_dir():
            return World()
        dates = self.file("world/dates.yaml", WorldDates)
        return World(
            dates=dates.model if dates else None,
            missions=self.table("missions", WorldMission),
            emergency=self.table("emergency", WorldEmergency),
            ratifications=self.table("ratifications", Ratification),
            cities=self.table("cities", City),
        )

    def languages(self, name: str) -> Languages | None:
        # Phrasing reads this file, and its words for what is wrong with it are kept; here they
        # only get the line of the entry they name.
        path = self.content_dir / name
        try:
            return load_languages(path)
        except (LanguagesError, UnicodeDecodeError) as error:
            shown = f"{self.content_dir.name}/{name}"
            said = str(error).removeprefix(str(path)).lstrip(":, ").rstrip(".")
            named = _LANGUAGE_ENTRY.match(said)
            entry, said = (named[1], said[named.end() :]) if named else ("", said)
            message, _, remedy = _plain(said).rpartition("; ")
            line = _line_of_tag(path, entry) if entry else 0
            where = f'languages "{entry}"' if entry else ""
            problem = Problem(shown, line, where, message or said, remedy or "mend the file")
            self.problems.append(problem)
            return None


def _plain(said: str) -> str:
    return (
        said.removeprefix("entry: ").replace("Value error, ", "").replace(". Correct", "; correct")
    )


def _line_of_tag(path: Path, tag: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    wanted = re.compile(rf"""\btag:\s*["']?{re.escape(tag)}["']?\s*(?:[,}}#]|$)""")
    return next((n for n, line in enumerate(lines, 1) if wanted.search(line)), 0)


def _keys(*models: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for model in models for name in model.model_fields)


_KNOWN_KEYS: Final = _keys(
    *(
        each
        for each in (*vars(schema).values(), *vars(agencies).values(), *vars(offers).values())
        if isinstance(each, type) and issubclass(each, BaseModel)
    ),
    KeywordFile,
    KeywordSet,
    Keyword,
    *get_args(get_args(values.Value)[0]),
)
