"""A person's export as a text to be read, beside the document that machines read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_INTRODUCTION: Final = """Everything that Safar holds on one person
Made at {made_at}. Times are UTC.

This file is for that person alone. Read it before you hand it over: what they wrote, and what staff
noted, may speak of others.
"""
_WHO: Final = {
    "worker": "They wrote",
    "staff": "An officer wrote",
    "bot": "Safar answered",
    "system": "Safar",
}
_KEPT_APART: Final = ("said", "done", "told_to", "recorded")
_BEGINNING: Final = "  "


def as_text(document: Mapping[str, Any]) -> str:
    """Return the document of `person_export.export` in lines."""
    parts = [_INTRODUCTION.format(made_at=document["made_at"])]
    parts += ["WHO", *_fields(document["person"] or {}), ""]
    for address in document["addresses"]:
        parts += ["ADDRESS", *_fields(address), ""]
    for conversation in document["conversations"]:
        parts += [*_conversation(conversation), ""]
    for case in document["cases"]:
        parts += [*_case(case), ""]
    parts += ["CONSENT", *_list(document["consent"]["left_alone"], "asked to be left alone")]
    parts += [*_list(document["consent"]["history"], "")]
    parts += ["", "MESSAGES A DAY", *_list(document["counts"], "")]
    return "\n".join(parts) + "\n"


def _conversation(conversation: Mapping[str, Any]) -> Iterator[str]:
    yield f"CONVERSATION by {conversation['channel']}, through {conversation['provider']}"
    apart = ("messages", "answers")
    yield from _fields({name: value for name, value in conversation.items() if name not in apart})
    told = [(each["at"], "They wrote", each) for each in conversation["messages"]]
    told += [(each["at"], "Safar sent", each) for each in conversation["answers"]]
    for at, who, each in sorted(told, key=lambda line: line[0]):
        yield f"{_BEGINNING}{at} {who}: {_words(each)}"
        if each.get("understood_as"):
            yield f"{_BEGINNING * 2}understood as {_value(each['understood_as'])}"


def _case(case: Mapping[str, Any]) -> Iterator[str]:
    yield f"CASE {case['reference']}"
    yield from _fields({name: value for name, value in case.items() if name not in _KEPT_APART})
    for each in case["said"]:
        who = "Staff noted" if each["kind"] == "note" else _WHO.get(each["by"], each["by"])
        yield f"{_BEGINNING}{each['at']} {who}: {_words(each)}"
    for each in case["done"]:
        yield f"{_BEGINNING}{each['at']} {each['what']}, by {each['by']}; then {each['state']}"
    for each in case["told_to"]:
        yield f"{_BEGINNING}{each['at']} {each['desk']} was told: {each['what']}"


def _words(each: Mapping[str, Any]) -> str:
    return "(erased)" if each["erased"] else str(each["text"])


def _fields(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if value not in (None, [], {}, ""):
            yield f"{_BEGINNING}{name.replace('_', ' ')}: {_value(value)}"


def _list(rows: Sequence[Mapping[str, Any]], what: str) -> Iterator[str]:
    for row in rows:
        said = ", ".join(f"{name} {value}" for name, value in row.items() if value is not None)
        yield f"{_BEGINNING}{what + ': ' if what else ''}{said}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
