"""Say in an editor's words what a model refused, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from safar.registry.errors import Problem
from safar.registry.yamlfile import Document, Loc

_HOW_TO_WRITE: Final[dict[str, str]] = {
    "as_of": "write a year, month or day such as 2015, 2015-07 or 2015-07-14, or null if unknown",
    "calling_code": 'write it in quotes with the plus, such as "+977"',
    "code": "write the country's two capital letters, such as NP",
    "confidence": "write high, medium or low",
    "country": "write the country's two capital letters, such as NP",
    "currency": "write the currency's three capital letters, such as NPR",
    "destination": "write the country's two capital letters, such as QA",
    "destinations": "write countries as two capital letters, such as [QA, SA]",
    "emergency_phone": 'write digits only, in quotes, such as "+97444557777" or "112"',
    "for_origins": "write countries as two capital letters, such as [NP, IN]",
    "id": "write letters, digits, '-', '_' and '.', beginning with a small letter or a digit",
    "origin": "write the country's two capital letters, such as NP",
    "origins": "write countries as two capital letters, such as [NP, IN]",
    "phone": 'write digits only, in quotes, such as "+97444557777" or "112"',
    "published": "write a year, month or day such as 2015, 2015-07 or 2015-07-14",
    "review_by": "write the last day it may be stated as true, such as 2027-06-30",
    "source": "write the id of an entry below sources/",
    "valid_until": "write a full day such as 2027-06-30",
    "whatsapp": 'write digits only, in quotes, such as "+97444557777"',
}


def _expected(error: ErrorDetails) -> str:
    return str(error.get("ctx", {}).get("expected", "another value"))


def _tags(error: ErrorDetails) -> str:
    return f"write one of {error.get('ctx', {}).get('expected_tags', 'the known kinds')}"


_Explain = Callable[[ErrorDetails, str, str], tuple[str, str]]

_BY_TYPE: Final[dict[str, _Explain]] = {
    "missing": lambda e, name, raw: (f'"{name}" is missing', f"add a line {name}: …"),
    "literal_error": lambda e, name, raw: (
        f'{name} "{raw}" is not known',
        f"write {_expected(e)}",
    ),
    "enum": lambda e, name, raw: (f'{name} "{raw}" is not known', f"write {_expected(e)}"),
    "string_too_long": lambda e, name, raw: (
        f"{name} has {len(raw)} characters, more than {e['ctx']['max_length']}",
        "shorten it",
    ),
    "string_too_short": lambda e, name, raw: (
        f'{name} "{raw}" is too short',
        f"write at least {e['ctx']['min_length']} characters",
    ),
    "union_tag_invalid": lambda e, name, raw: (f"{name} has an unknown kind", _tags(e)),
    "union_tag_not_found": lambda e, name, raw: (
        f"{name} does not say its kind",
        "add kind: text, number, money, country, day, phone, ref or items",
    ),
    "bool_parsing": lambda e, name, raw: (
        f'{name} "{raw}" is neither yes nor no',
        "write true or false",
    ),
    "value_error": lambda e, name, raw: (
        str(e.get("ctx", {}).get("error", e["msg"])),
        "mend the entry",
    ),
}

_NOT_A_LIST = ("tuple_type", "list_type")
_NOT_A_MAPPING = ("dict_type", "model_type", "model_attributes_type")


def explain(error: ValidationError, document: Document, known: frozenset[str]) -> list[Problem]:
    """Turn what pydantic refused into problems with lines and remedies.

    Args:
        error: what validating the document's data raised.
        document: the file that was validated.
        known: every key that content files may use, to guess what a misspelt one was meant to be.
    """
    return [_problem(each, document, known) for each in error.errors(include_url=False)]


def _problem(error: ErrorDetails, document: Document, known: frozenset[str]) -> Problem:
    missing = error["type"] == "missing"
    loc = _resolve(error["loc"][:-1] if missing else error["loc"], document)
    name = str(error["loc"][-1]) if missing else _name(loc)
    raw = document.raw.get(loc, "")
    message, remedy = _words(error, name, raw, known)
    if name in _HOW_TO_WRITE and error["type"] not in ("extra_forbidden", "string_type"):
        remedy = _HOW_TO_WRITE[name]
    return document.problem(loc, message, remedy)


def _resolve(loc: tuple[int | str, ...], document: Document) -> Loc:
    """Return where in the file `loc` is: pydantic also names the branch of a union it tried."""
    found: Loc = ()
    for part in loc:
        if (*found, part) in document.lines:
            found = (*found, part)
    return found


def _name(loc: Loc) -> str:
    return next((str(part) for part in reversed(loc) if isinstance(part, str)), "the file")


def _words(error: ErrorDetails, name: str, raw: str, known: frozenset[str]) -> tuple[str, str]:
    kind, value = error["type"], error["input"]
    if kind in _BY_TYPE:
        return _BY_TYPE[kind](error, name, raw)
    if kind == "extra_forbidden":
        return _unknown_key(str(error["loc"][-1]), known)
    if kind in _NOT_A_LIST or kind in _NOT_A_MAPPING:
        return _wrong_form(kind, name, value)
    if kind == "string_type":
        return _not_text(name, raw, value)
    if value is None:
        return _NO_VALUE[0].format(name), _NO_VALUE[1]
    return f'{name} "{raw or _form(value)}" is not right ({error["msg"].lower()})', "correct it"


_NO_VALUE: Final = ("{} has no value", "write one, or remove the line if it may be left out")


def _not_text(name: str, raw: str, value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return (
            f"{name}: YAML reads {raw} without quotes as {str(value).lower()}, not as text",
            f'write "{raw}" in quotes',
        )
    if value is None:
        return _NO_VALUE[0].format(name), _NO_VALUE[1]
    return f"{name} must be one text, not {_form(value)}", "write one text, in quotes"


def _wrong_form(kind: str, name: str, value: Any) -> tuple[str, str]:
    if kind in _NOT_A_LIST:
        remedy = f"write {name}: [] or one '- ' line an item"
        return f"{name} must be a list, not {_form(value)}", remedy
    remedy = "write 'key: value' lines below it"
    return f"{name} must hold keys and values, not {_form(value)}", remedy


def _unknown_key(key: str, known: frozenset[str]) -> tuple[str, str]:
    close = difflib.get_close_matches(key, sorted(known - {key}), n=1)
    remedy = f'write "{close[0]}" if that is meant, or remove it' if close else "remove it"
    return f'the key "{key}" is not known here', remedy


def _form(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    return f'"{value}"'
