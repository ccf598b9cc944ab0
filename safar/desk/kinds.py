"""The kinds of facts that topics state, for an editor who writes a new one."""

from __future__ import annotations

from dataclasses import dataclass

from safar.phrasing.templates import placeholders
from safar.registry.content import Content

_OF_THE_PERSON = frozenset({"origin", "destination", "city"})


@dataclass(frozen=True)
class Kind:
    """One kind of fact.

    Attributes:
        name: as a fact writes it under `kind`.
        topics: which state it.
        of: whose fact it is: origin, destination or international.
        sentence: the topic's own; empty where each fact brings one.
        values: what the sentence needs, with the kinds of value that facts give it.
        count: facts of this kind there are.
    """

    name: str
    topics: tuple[str, ...]
    of: str
    sentence: str
    values: tuple[str, ...]
    count: int

    def __str__(self) -> str:
        """Return it in a few lines."""
        said = self.sentence or "(each fact brings its sentence)"
        needed = f"\n    values: {', '.join(self.values)}" if self.values else ""
        topics = ", ".join(self.topics)
        return f"{self.name} ({self.of}; {topics}; {self.count} facts)\n    {said}{needed}"


def kinds_of(content: Content, words: str = "") -> list[Kind]:
    """Return the kinds that have all of `words` in them, by name."""
    facts: dict[str, list[dict[str, str]]] = {}
    for _, fact, _ in content.facts():
        given = {name: str(value.kind) for name, value in fact.values.items()}
        facts.setdefault(fact.kind, []).append(given)
    found: dict[str, Kind] = {}
    for topic in content.topics:
        for block in topic.model.blocks:
            for name in block.kinds:
                sentence = block.message.text if block.message else ""
                known = found.get(name)
                topics = dict.fromkeys([*(known.topics if known else ()), topic.model.id])
                needed = placeholders(sentence) - _OF_THE_PERSON
                given = {key: kind for each in facts.get(name, ()) for key, kind in each.items()}
                found[name] = Kind(
                    name=name,
                    topics=tuple(topics),
                    of=block.of or "international",
                    sentence=(known.sentence if known else "") or sentence,
                    values=tuple(f"{key} ({given.get(key, 'text')})" for key in sorted(needed))
                    or (known.values if known else ()),
                    count=len(facts.get(name, ())),
                )
    wanted = words.casefold().split()
    return [
        kind
        for _, kind in sorted(found.items())
        if all(word in str(kind).casefold() for word in wanted)
    ]
