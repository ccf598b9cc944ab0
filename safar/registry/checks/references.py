"""Ids: what is named exists, and what names an entry is used once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safar.registry.content import Content, Loaded
from safar.registry.errors import Problem
from safar.registry.schema import Message
from safar.registry.yamlfile import Document, Loc


def check_sources(content: Content) -> Iterator[Problem]:
    """Every source that an entry names is below content/sources/."""
    known = {source.id for source, _ in content.located_sources()}

    def check(source: str, document: Document, loc: Loc) -> Iterator[Problem]:
        if source not in known:
            yield document.problem(
                loc,
                f'the source "{source}" does not exist',
                "add it to a file in sources/ or write the id of one that is there",
            )

    for dated, _, place in content.dated():
        yield from check(dated.source, place.document, (*place.loc, "source"))
    for country in content.countries:
        for role, authority in country.model.authorities.items():
            yield from check(authority.source, country.document, ("authorities", role, "source"))


def check_unique(content: Content) -> Iterator[Problem]:
    """Ids of sources, facts, hotlines, missions, topics and blocks are used once."""
    groups: dict[str, list[tuple[str, Document, Loc]]] = {
        "source": [
            (source.id, place.document, (*place.loc, "id"))
            for source, place in content.located_sources()
        ],
        "fact": [
            (fact.id, place.document, (*place.loc, "id")) for _, fact, place in content.facts()
        ],
        "hotline": [
            (line.id, place.document, (*place.loc, "id")) for _, line, place in content.hotlines()
        ],
        "mission": [
            (mission.id, file.document, ("missions", index, "id"))
            for file in content.missions
            for index, mission in enumerate(file.model.missions)
        ],
        "topic": [(topic.model.id, topic.document, ("id",)) for topic in content.topics],
        "country": [
            (country.model.code, country.document, ("code",)) for country in content.countries
        ],
        "danger variant": [
            (file.model.variant, file.document, ("variant",)) for file in content.danger
        ],
        "keywords variant": [
            (entry.variant, content.keywords.document, ("keywords", index, "variant"))
            for index, entry in enumerate(content.keywords.model.keywords)
        ],
    }
    for topic in content.topics:
        groups[f"block of {topic.model.id}"] = [
            (block.id, topic.document, ("blocks", index, "id"))
            for index, block in enumerate(topic.model.blocks)
        ]
    for what, ids in groups.items():
        yield from _twice(what, ids)


def _twice(what: str, ids: list[tuple[str, Document, Loc]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for name, document, loc in ids:
        place = f"{document.file}:{document.line(loc)}"
        if name in first:
            yield document.problem(
                loc,
                f'the {what} "{name}" is already at {first[name]}',
                "give one of them another id",
            )
        first.setdefault(name, place)


def check_message_ids(content: Content) -> Iterator[Problem]:
    """A message id stands for one text: it may repeat, but only with the same words."""
    first: dict[str, tuple[Message, str]] = {}
    for message, place in content.located_messages():
        here = f"{place.document.file}:{place.document.line(place.loc)}"
        known, where = first.setdefault(message.id, (message, here))
        if (known.text, known.plural) != (message.text, message.plural):
            yield place.document.problem(
                (*place.loc, "text"),
                f'the message "{message.id}" has another text at {where}',
                "write the same text, or give one of them another id",
            )


def check_refs(content: Content) -> Iterator[Problem]:
    """A value of kind ref names a message that exists."""
    known = {message.id for message, _ in content.located_messages()}
    for _, fact, place in content.facts():
        for name, value in fact.values.items():
            refs = [value] if value.kind == "ref" else getattr(value, "items", [])
            for ref in refs:
                if ref.kind == "ref" and ref.id not in known:
                    yield place.document.problem(
                        (*place.loc, "values", name),
                        f'the value {name} refers to the message "{ref.id}", which does not exist',
                        "add it to a file in messages/ or write the id of one that is there",
                    )


def check_file_names(content: Content) -> Iterator[Problem]:
    """Files are named for what they hold, so that an editor finds them."""

    def named(loaded: Loaded[Any], key: str, value: str) -> Iterator[Problem]:
        if loaded.stem != value:
            yield loaded.document.problem(
                (key,),
                f'{key} "{value}" does not fit the name of the file',
                f"rename the file to {value}.yaml or mend {key}",
            )

    for country in content.countries:
        yield from named(country, "code", country.model.code)
    for missions in content.missions:
        yield from named(missions, "origin", missions.model.origin)
        for index, mission in enumerate(missions.model.missions):
            if mission.origin != missions.model.origin:
                yield missions.document.problem(
                    ("missions", index, "origin"),
                    f'origin "{mission.origin}" is not the origin of the file',
                    f"write {missions.model.origin} or move the entry to {mission.origin}.yaml",
                )
    for danger in content.danger:
        yield from named(danger, "variant", danger.model.variant)
        if danger.model.variant not in content.languages:
            yield danger.document.problem(
                ("variant",),
                f'the variant "{danger.model.variant}" is not in languages.yaml',
                f"write one of {', '.join(content.languages.tags)}",
            )
