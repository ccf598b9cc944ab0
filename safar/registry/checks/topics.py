"""Topics: every block has facts, and every sentence has a value for each of its placeholders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from safar.phrasing.errors import TemplateError
from safar.phrasing.templates import placeholders
from safar.registry.checks.codes import INTERNATIONAL
from safar.registry.content import Content, Loaded, Located
from safar.registry.errors import Problem, Severity
from safar.registry.intents import INTENTS
from safar.registry.schema import Block, Country, Fact, Message, Topic
from safar.registry.world.join import ratified
from safar.registry.yamlfile import Loc

_CORRIDOR = frozenset(("origin", "destination"))
_GIVEN_WHERE_KNOWN = _CORRIDOR | {"city"}
"""A sentence of a block without facts is left out where one of its values is not known."""


class _Use(NamedTuple):
    """A block that may state facts."""

    topic: Loaded[Topic]
    position: int
    block: Block

    @property
    def loc(self) -> Loc:
        return ("blocks", self.position)

    @property
    def name(self) -> str:
        return f"{self.topic.model.id}.{self.block.id}"

    def states(self, country: Country, fact: Fact) -> bool:
        """Whether the block may state `fact`."""
        if fact.kind not in self.block.kinds:
            return False
        if self.block.of in ("origin", "destination"):
            return self.block.of in country.roles
        return country.code == INTERNATIONAL

    def known(self) -> frozenset[str]:
        """Return what is always known when the block speaks."""
        of = {self.block.of} if self.block.of in _CORRIDOR else set()
        return frozenset(of | set(self.topic.model.asks))


def check_templates(content: Content) -> Iterator[Problem]:
    """Braces of every message can be read, and a plural has a count."""
    for message, place in content.located_messages():
        for key in ("text", "plural"):
            text = getattr(message, key)
            try:
                found = placeholders(text) if text is not None else frozenset()
            except TemplateError as error:
                said, _, remedy = str(error).partition(": ")
                yield place.document.problem((*place.loc, key), said, remedy.rstrip("."))
                continue
            if key == "plural" and text is not None and "count" not in found:
                yield place.document.problem(
                    (*place.loc, key), "the plural text does not say {count}", "write {count} in it"
                )


def check_intents(content: Content) -> Iterator[Problem]:
    """Topics answer known intents, each intent only once, and offer known ones."""
    answered: dict[str, str] = {}
    for topic in content.topics:
        for key in ("intents", "options"):
            for index, intent in enumerate(getattr(topic.model, key)):
                if intent not in INTENTS:
                    yield topic.document.problem(
                        (key, index),
                        f'there is no intent "{intent}"',
                        "write the name of an intent such as ask_wages",
                    )
        for index, intent in enumerate(topic.model.intents):
            other = answered.setdefault(intent, topic.document.file)
            if other != topic.document.file:
                yield topic.document.problem(
                    ("intents", index),
                    f'the intent "{intent}" is answered in {other} already',
                    "remove it in one of the two",
                )


def check_blocks(content: Content) -> Iterator[Problem]:
    """Blocks have facts to state and words for them."""
    facts = list(content.facts())
    of_table = {ratified(row.entry.instrument) for row in content.world.ratifications}
    for use in _uses(content):
        yield from _check_sentences(use)
        if not use.block.kinds:
            continue
        used = [
            (country, fact, place) for country, fact, place in facts if use.states(country, fact)
        ]
        listed = of_table if use.block.of in _CORRIDOR else set()
        yield from _check_kinds(use, {fact.kind for _, fact, _ in used} | listed)
        for _, fact, place in used:
            yield from _check_fact(use, fact, place)
        yield from _check_authorities(content, use, {country.code for country, _, _ in used})


def check_unused_facts(content: Content) -> Iterator[Problem]:
    """Note facts that no topic states."""
    uses = list(_uses(content))
    for country, fact, place in content.facts():
        if not any(use.states(country, fact) for use in uses):
            problem = place.document.problem(
                (*place.loc, "kind"),
                f'no topic states facts of kind "{fact.kind}" of {country.code}',
                "add the kind to a block of a topic",
            )
            yield problem.as_severity(Severity.NOTE)


def _uses(content: Content) -> Iterator[_Use]:
    for topic in content.topics:
        for index, block in enumerate(topic.model.blocks):
            yield _Use(topic, index, block)


def _names(message: Message | None) -> frozenset[str]:
    try:
        return placeholders(message.text) if message is not None else frozenset()
    except TemplateError:  # told of by check_templates
        return frozenset()


def _check_sentences(use: _Use) -> Iterator[Problem]:
    """A sentence that states no fact may name only the corridor."""
    block, document = use.block, use.topic.document
    if block.kinds:
        allowed, keys = use.known(), ("otherwise",)
    else:
        allowed, keys = _GIVEN_WHERE_KNOWN, ("message",)
    for key in keys:
        for name in sorted(_names(getattr(block, key)) - allowed):
            yield document.problem(
                (*use.loc, key, "text"),
                f"{{{name}}} has no value here",
                f"write only {_braces(allowed)}" if allowed else "write it without placeholders",
            )
    if not block.kinds and not block.hotlines and block.message is None:
        yield document.problem(
            use.loc, "the block says nothing", "give it kinds, hotlines or a message"
        )
    if not block.kinds and block.otherwise is not None:
        yield document.problem(
            (*use.loc, "otherwise"), "otherwise is never said without kinds", "call it message"
        )


def _check_kinds(use: _Use, found: set[str]) -> Iterator[Problem]:
    document = use.topic.document
    if not found:
        yield document.problem(
            (*use.loc, "kinds"),
            f"no country has a fact of kind {' or '.join(use.block.kinds)} for this block",
            "mend the kind or `of`, or add a fact to a file in countries/",
        )
        return
    for index, kind in enumerate(use.block.kinds):
        if kind not in found:
            problem = document.problem(
                (*use.loc, "kinds", index),
                f'no country has a fact of kind "{kind}" for this block',
                "mend the kind, or add a fact to a file in countries/",
            )
            yield problem.as_severity(Severity.WARNING)


def _check_fact(use: _Use, fact: Fact, place: Located) -> Iterator[Problem]:
    document = place.document
    if fact.destinations and not use.block.corridor:
        yield document.problem(
            (*place.loc, "destinations"),
            f"{use.name} would state the fact to people bound for other countries, too",
            f"write corridor: true in the block {use.block.id} of {use.topic.document.file}",
        )
    undated = use.block.undated if "year" not in fact.values else None
    message = fact.sentence or undated or use.block.message
    if message is None:
        yield document.problem(
            place.loc,
            f"{use.name} has no message for the fact, and the fact has no sentence",
            f"add sentence: {{id: fact.{fact.id}, text: …}}",
        )
        return
    known = set(use.known() | fact.values.keys())
    if use.block.corridor and fact.destinations:
        known.add("destination")
    for name in sorted(_names(message) - known):
        loc, where = ("values", f" of {use.name}") if fact.sentence is None else ("sentence", "")
        yield document.problem(
            (*place.loc, loc),
            f'the message "{message.id}"{where} needs {{{name}}}, which the fact does not give',
            f"add {name} to values, or write a sentence that does without",
        )


def _check_authorities(content: Content, use: _Use, codes: set[str]) -> Iterator[Problem]:
    role: Any = use.block.ask
    if role is None or use.block.otherwise is not None:
        return
    for country in content.countries:
        if country.model.code in codes and role not in country.model.authorities:
            problem = country.document.problem(
                ("authorities",),
                f"{use.name} names the {role} authority where it is in doubt, and there is none",
                f"add {role}: to authorities",
            )
            yield problem.as_severity(Severity.WARNING)


def _braces(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
