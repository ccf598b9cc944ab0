"""What the content holds and nothing uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from safar.phrasing.values import Items, Ref, Value
from safar.registry.checks.topics import check_unused_facts
from safar.registry.content import Content

_LITERAL = re.compile(r"""["']([a-z0-9]+(?:[._-][a-zA-Z0-9]+)*)["']""")
_MADE = re.compile(r"""f["']([a-z0-9]+(?:[._-][a-zA-Z0-9]+)*[._])\{""")
_ENDED = re.compile(r"\}(_[a-z_]+)[\"']")


def unused_facts(content: Content) -> Iterator[tuple[str, str]]:
    """Yield id and file of facts that no topic states."""
    for problem in check_unused_facts(content):
        yield problem.entry.partition('"')[2].rstrip('"'), problem.file


def unused_sources(content: Content) -> Iterator[tuple[str, str]]:
    """Yield id and file of sources that no entry names."""
    named = {dated.source for dated, _, _ in content.dated()}
    named |= {
        authority.source
        for country in content.countries
        for authority in country.model.authorities.values()
    }
    for source, place in content.located_sources():
        if source.id not in named:
            yield source.id, place.document.file


def unused_messages(content: Content, code: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Yield id and file of sentences of content/messages/ that neither content nor programs name.

    Programs put some ids together ("option." and an intent): what could be one of those is used.
    """
    if not code:
        return
    named, beginnings, endings = _named_in(code)
    for _, fact, _ in content.facts():
        named |= {ref for value in fact.values.values() for ref in _refs(value)}
    options = {f"option.{intent}" for topic in content.topics for intent in topic.model.options}
    for file in content.messages:
        for message in file.model.messages:
            stem = next(
                (message.id.removesuffix(each) for each in endings if message.id.endswith(each)),
                message.id,
            )
            if (
                message.id not in named | options
                and stem not in named
                and not message.id.startswith(tuple(beginnings))
            ):
                yield message.id, file.document.file


def _named_in(code: Sequence[Path]) -> tuple[set[str], set[str], set[str]]:
    named, beginnings, endings = set[str](), set[str](), set[str]()
    for folder in code:
        for path in folder.rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            named |= set(_LITERAL.findall(text))
            beginnings |= set(_MADE.findall(text))
            endings |= set(_ENDED.findall(text))
    return named, beginnings, endings


def _refs(value: Value) -> Iterator[str]:
    if isinstance(value, Ref):
        yield value.id
    elif isinstance(value, Items):
        for item in value.items:
            yield from _refs(item)
