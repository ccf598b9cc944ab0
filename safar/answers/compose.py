"""A topic of content/ becomes a reply: facts of the corridor, their dates, what to do, whom to ask.

Nothing is generated: each sentence is a message of the content, each value a reviewed fact. A fact
past its review date, of low confidence or in dispute is not stated; the authority is named instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from safar.answers.lines import hotline_line
from safar.messaging.reply import Option, Reply, SourceRef
from safar.phrasing.values import Country, Phrase, Text, Value
from safar.registry.query import Registry, Role
from safar.registry.schema import Authority, Block, Fact, Topic

INTERNATIONAL = "XX"
"""User-assigned ISO 3166-1 code under which international standards are kept."""
PERSON = "talk_to_person"
_MOST_HOTLINES = 2
_WHO_KNOWS: tuple[Role, ...] = ("labour", "recruitment", "agency_check")


@dataclass(frozen=True)
class Corridor:
    """Where a person comes from and goes to, as far as known (ISO 3166-1 alpha-2)."""

    origin: str | None = None
    destination: str | None = None
    city: str | None = None

    def values(self) -> dict[str, Value]:
        """Return the placeholders every sentence may use."""
        values: dict[str, Value] = {}
        if self.origin:
            values["origin"] = Country(code=self.origin)
        if self.destination:
            values["destination"] = Country(code=self.destination)
        if self.city:
            values["city"] = Text(text=self.city)
        return values


class _Draft:
    """Parts and sources in the making; each source is named once."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.parts: list[Phrase] = []
        self.sources: dict[str, SourceRef] = {}
        self.doubtful = False

    def say(self, phrase: Phrase, source: str | None = None, as_of: str | None = None) -> None:
        if phrase in self.parts:
            return
        self.parts.append(phrase)
        if source is not None and source not in self.sources:
            title = self._registry.source(source).title
            self.sources[source] = SourceRef(
                id=source, title=title, as_of=as_of, part=len(self.parts) - 1
            )


def compose_topic(  # noqa: PLR0913 - a corridor has three parts
    registry: Registry,
    topic_id: str,
    *,
    origin: str | None,
    destination: str | None,
    city: str | None = None,
    today: date,
) -> Reply:
    """Return the answer of `topic_id` for a corridor, as published content states it on `today`.

    Raises:
        LookupError: there is no such topic.
    """
    topic = registry.topic(topic_id)
    if topic is None:
        raise LookupError(f"There is no topic {topic_id!r}. `safar content check` lists them.")
    corridor = Corridor(origin, destination, city)
    draft = _Draft(registry)
    if (without := _without_rules(registry, topic, corridor)) is not None:
        draft.say(Phrase(id="answer.everywhere", values={"country": Country(code=without)}))
    for block in topic.blocks:
        _add_block(draft, registry, block, corridor, today)
    if all(part.id == "answer.everywhere" for part in draft.parts):
        draft.parts.clear()
        draft.say(no_answer(registry, origin or destination))
    return Reply(
        parts=draft.parts,
        sources=list(draft.sources.values()),
        options=options_of(topic),
        sensitive=topic.sensitive,
    )


def _without_rules(registry: Registry, topic: Topic, corridor: Corridor) -> str | None:
    """Return the country that the topic is mostly about, if the content has no rules of it."""
    about = [block.of for block in topic.blocks if any(map(_is_rule, block.kinds))]
    here, home = about.count("destination"), about.count("origin")
    country = corridor.destination if here >= home else corridor.origin
    if country is None or not here + home or registry.country(country) is not None:
        return None
    return country


def _is_rule(kind: str) -> bool:
    """Whether facts of `kind` say what holds in a country, not only what it has signed."""
    return not kind.startswith("ratified_")


def options_of(topic: Topic) -> list[Option]:
    """Return what `topic` offers to ask next."""
    return [intent_option(intent) for intent in topic.options]


def intent_option(intent: str) -> Option:
    """Return the option that asks `intent`."""
    return Option(id=intent, title=Phrase(id=f"option.{intent}"))


def no_answer(registry: Registry, country: str | None) -> Phrase:
    """Return the honest sentence that there is no checked answer, with whom to ask."""
    for role in ("labour", "recruitment"):
        authority = registry.authority(country, role) if country else None
        if authority is not None:
            return authority_phrase("answer.no_content", authority)
    return Phrase(id="answer.no_content_anywhere")


def authority_phrase(base: str, authority: Authority) -> Phrase:
    """Return message `base`, or `<base>_no_site` where the authority has no website."""
    values: dict[str, Value] = {"authority": Text(text=authority.name)}
    if authority.website is None:
        return Phrase(id=f"{base}_no_site", values=values)
    return Phrase(id=base, values={**values, "website": Text(text=authority.website)})


def _add_block(
    draft: _Draft, registry: Registry, block: Block, corridor: Corridor, today: date
) -> None:
    common = corridor.values()
    if not block.kinds:
        if block.message is not None and _fits(block.message.text, common):
            draft.say(Phrase(id=block.message.id, values=common))
        _add_hotlines(draft, registry, block, corridor, today)
        return
    country = _country_of(block, corridor)
    if country is None:
        return
    facts = registry.facts(
        country,
        block.kinds,
        destination=corridor.destination if block.corridor else None,
    )
    if block.corridor and corridor.destination is None:
        facts = [fact for fact in facts if not fact.destinations]
    stated = [fact for fact in facts if fact.stated(today)]
    if block.only == "first":
        stated = _first(facts, stated)
    for fact in stated:
        draft.say(_sentence(block, fact, common), fact.source, fact.as_of)
    if any(fact.withdrawn for fact in facts) and (block.only == "all" or not stated):
        _name_who_knows(draft, registry, country, block.ask)
    elif not stated:
        _without_fact(draft, registry, block, country, common)
    _add_hotlines(draft, registry, block, corridor, today)


def _without_fact(
    draft: _Draft, registry: Registry, block: Block, country: str, common: dict[str, Value]
) -> None:
    authority = registry.authority(country, block.ask) if block.ask else None
    if authority is not None and not draft.doubtful:
        draft.doubtful = True
        draft.say(authority_phrase("answer.doubt", authority))
    elif block.otherwise is not None:
        draft.say(Phrase(id=block.otherwise.id, values=common))


def _first(facts: Sequence[Fact], stated: Sequence[Fact]) -> list[Fact]:
    """Return the one fact to state; none where a nearer one was withdrawn.

    What holds in general may be wrong for the very corridor of the fact that was taken away.
    """
    for fact in facts:
        if fact.withdrawn is not None:
            return []
        if fact in stated:
            return [fact]
    return []


def _name_who_knows(draft: _Draft, registry: Registry, country: str, role: Role | None) -> None:
    """Say in place of a withdrawn fact whom to ask, once an answer."""
    if draft.doubtful:
        return
    draft.doubtful = True
    roles = (role, *_WHO_KNOWS) if role else _WHO_KNOWS
    for each in roles:
        authority = registry.authority(country, each)
        if authority is not None:
            draft.say(authority_phrase("answer.doubt", authority))
            return
    draft.say(no_answer(registry, country))


def _country_of(block: Block, corridor: Corridor) -> str | None:
    return {
        "origin": corridor.origin,
        "destination": corridor.destination,
        "international": INTERNATIONAL,
        None: INTERNATIONAL,
    }[block.of]


def _sentence(block: Block, fact: Fact, common: dict[str, Value]) -> Phrase:
    undated = block.undated if "year" not in fact.values else None
    message = fact.sentence or undated or block.message
    if message is None:
        raise LookupError(
            f"Fact {fact.id!r} has no sentence and block {block.id!r} has no message for it."
        )
    return Phrase(id=message.id, values={**common, **fact.values})


def _fits(text: str, values: dict[str, Value]) -> bool:
    """Whether every placeholder of a fact-less sentence is known for this corridor."""
    return all(
        f"{{{name}}}" not in text or name in values for name in ("origin", "destination", "city")
    )


def _add_hotlines(
    draft: _Draft, registry: Registry, block: Block, corridor: Corridor, today: date
) -> None:
    if not block.hotlines:
        return
    country = _country_of(block, corridor) if block.of else corridor.destination
    if country is None:
        return
    lines: Sequence[Phrase] = [
        hotline_line(hotline)
        for hotline in registry.hotlines(country, origin=corridor.origin, kinds=block.hotlines)
        if hotline.stated(today)
    ]
    for line in lines[:_MOST_HOTLINES]:
        draft.say(line)
