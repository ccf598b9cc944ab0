"""What changed between two states of the content, in words an editor reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from safar.phrasing.errors import PhrasingError
from safar.phrasing.languages import LAST_RESORT, Language
from safar.phrasing.places import country_name
from safar.phrasing.values import Ref, Value
from safar.phrasing.wording import word
from safar.registry.content import Content
from safar.registry.schema import Dated

What = Literal["added", "changed", "removed"]
_INTERNATIONAL = "XX"
_LABELS = {
    "as_of": "as of",
    "review_by": "to be looked at by",
    "for_origins": "for people from",
    "emergency_phone": "number in an emergency",
    "sentence": "sentence",
    "text": "sentence",
}


@dataclass(frozen=True, order=True)
class Change:
    """One entry that is new, gone or another.

    Attributes:
        kind: fact, hotline, mission, source, sentence, topic or register.
        place: country of a fact or hotline, else the file.
        name: id of the entry.
        what: what became of it.
        details: one line each: "amount: was NPR 10,000, now NPR 12,000".
    """

    kind: str
    place: str
    name: str
    what: What
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as a line, and one more a detail."""
        head = f"{self.what} {self.kind} {self.name} ({self.place})"
        return "\n    ".join([head, *self.details])


_Key = tuple[str, str]


def differences(old: Content, new: Content) -> list[Change]:
    """Return what was added, changed and removed from `old` to `new`, by kind and place."""
    language = new.languages[LAST_RESORT]
    before, after = dict(_entries(old, language)), dict(_entries(new, language))
    found = []
    for key in before.keys() | after.keys():
        kind, name = key
        was, now = before.get(key), after.get(key)
        if was is None and now is not None:
            found.append(Change(kind, now[0], name, "added", _told(now[1])))
        elif was is not None and now is None:
            found.append(Change(kind, was[0], name, "removed", _told(was[1])))
        elif was is not None and now is not None and was[1] != now[1]:
            found.append(Change(kind, now[0], name, "changed", _changes(was[1], now[1])))
    return sorted(found)


def _told(fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}: {value}" for name, value in fields.items() if value)


def _changes(was: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    names = [*was, *(name for name in now if name not in was)]
    return tuple(
        f"{name}: was {was.get(name) or 'nothing'}, now {now.get(name) or 'nothing'}"
        for name in names
        if was.get(name, "") != now.get(name, "")
    )


def _entries(
    content: Content, language: Language
) -> Iterator[tuple[_Key, tuple[str, dict[str, str]]]]:
    for country, fact, _ in content.facts():
        yield ("fact", fact.id), (_country(country.code, language), _fields(fact, language))
    for country, hotline, _ in content.hotlines():
        place = _country(country.code, language)
        yield ("hotline", hotline.id), (place, _fields(hotline, language))
    for file in content.missions:
        for mission in file.model.missions:
            place = (
                f"{_country(mission.origin, language)} in {_country(mission.destination, language)}"
            )
            yield ("mission", mission.id), (place, _fields(mission, language))
    for source, located in content.located_sources():
        yield ("source", source.id), (located.document.file, _fields(source, language))
    for message, located in content.located_messages():
        if located.loc[0] not in ("facts", "hotlines"):  # these are told with their entry
            yield ("sentence", message.id), (located.document.file, _fields(message, language))
    for topic in content.topics:
        blocks = ", ".join(block.id for block in topic.model.blocks)
        options = ", ".join(topic.model.options)
        fields = {
            "intents": ", ".join(topic.model.intents),
            "blocks": blocks,
            "options": options,
            "sensitive": "yes" if topic.model.sensitive else "",
        }
        yield ("topic", topic.model.id), (topic.document.file, fields)
    for register in content.registers:
        model = register.model
        fields = {
            "as of": str(model.as_of or ""),
            "to be looked at by": str(model.review_by),
            "agencies": str(len(model.agencies)),
            "withdrawn": _value(model.withdrawn, language),
        }
        yield ("register", register.stem), (_country(model.country, language), fields)


def _country(code: str, language: Language) -> str:
    if code == _INTERNATIONAL:
        return "international"
    try:
        return country_name(code, language)
    except PhrasingError:
        return code


def _fields(entry: BaseModel, language: Language) -> dict[str, str]:
    fields: dict[str, str] = {}
    names = list(type(entry).model_fields)
    # What it says first, then where that is from.
    for name in sorted(names, key=lambda each: each in Dated.model_fields):
        value = getattr(entry, name)
        if name == "id":
            continue
        if name == "values":
            fields.update({key: _word(each, language) for key, each in value.items()})
        else:
            fields[_LABELS.get(name, name.replace("_", " "))] = _value(value, language)
    return {name: said for name, said in fields.items() if said}


def _value(value: Any, language: Language) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, tuple):
        return ", ".join(_value(each, language) for each in value)
    if isinstance(value, BaseModel):
        text = getattr(value, "text", None)
        if isinstance(text, str):
            return text
        return ", ".join(f"{key} {each}" for key, each in value if each is not None)
    return str(getattr(value, "value", value))


def _word(value: Value, language: Language) -> str:
    try:
        return word(value, language, _refer)
    except PhrasingError:
        return str(value)


def _refer(ref: Ref, _: Language) -> str:
    return ref.id
