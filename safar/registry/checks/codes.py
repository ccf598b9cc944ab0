"""Codes and numbers: ISO 4217 currencies, ISO 3166-1 countries, telephone numbers, dates."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any, Final

import phonenumbers
from babel import Locale
from pydantic import BaseModel

from safar.registry.content import Content
from safar.registry.dates import span
from safar.registry.errors import Problem, Severity
from safar.registry.world.country_codes import iso_codes
from safar.registry.yamlfile import Document, Loc

INTERNATIONAL: Final = "XX"
"""A user-assigned code of ISO 3166-1: facts that hold everywhere."""

_COUNTRY_KEYS: Final = frozenset(
    ("code", "country", "destination", "destinations", "for_origins", "origin")
)
_PHONE_KEYS: Final = frozenset(("phone", "emergency_phone", "whatsapp"))
_DATE_KEYS: Final = frozenset(("as_of", "published"))


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return iso_codes() | {INTERNATIONAL}


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(map(str, Locale("en").currencies))


def check_codes(content: Content) -> Iterator[Problem]:
    """Every code and number in every file is one that exists."""
    for loaded in content.files():
        near = tuple(sorted({getattr(loaded.model, "currency", "")} - {""}))
        for loc, key, value in _scalars(loaded.model, ()):
            yield from _check(loaded.document, loc, key, value, near)


def _scalars(value: Any, loc: Loc) -> Iterator[tuple[Loc, str, str]]:
    """Yield every text below `value` with its place and the key it stands under."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name == "agencies":
                continue  # no code in them, and there may be a hundred thousand
            yield from _scalars(getattr(value, name), (*loc, name))
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _scalars(each, (*loc, name))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _scalars(each, (*loc, index))
    elif isinstance(value, str):
        key = next((part for part in reversed(loc) if isinstance(part, str)), "")
        yield loc, key, value


def _check(
    document: Document, loc: Loc, key: str, value: str, near: tuple[str, ...]
) -> Iterator[Problem]:
    if key == "currency" and value not in _currencies():
        close = difflib.get_close_matches(
            value, near, n=1, cutoff=0.5
        ) or difflib.get_close_matches(value, sorted(_currencies()), n=1, cutoff=0.5)
        remedy = f'write "{close[0]}" if that is meant' if close else "write a code such as NPR"
        yield document.problem(loc, f'currency "{value}" is no code of ISO 4217', remedy)
    elif key in _COUNTRY_KEYS and value not in _countries():
        yield document.problem(
            loc,
            f'{key} "{value}" is no country code of ISO 3166-1',
            "write two letters such as NP (the United Kingdom is GB)",
        )
    elif key in _PHONE_KEYS:
        yield from _check_phone(document, loc, key, value)
    elif key in _DATE_KEYS:
        try:
            span(value)
        except ValueError as error:
            yield document.problem(loc, f"{key}: {error}", "write the date as the source has it")


def _check_phone(document: Document, loc: Loc, key: str, value: str) -> Iterator[Problem]:
    if value.startswith("+"):
        try:
            number = phonenumbers.parse(value)
            wrong = not phonenumbers.is_possible_number(number)
        except phonenumbers.NumberParseException:
            wrong = True
        if wrong:
            yield document.problem(
                loc,
                f'{key} "{value}" is no number that can be dialled',
                "copy it again from the source: plus, country code, number",
            )
    elif key == "whatsapp":
        yield _no_country_code(document, loc, value)


def check_dialling(content: Content) -> Iterator[Problem]:
    """A number that people call from another country begins with a country code."""
    for _, hotline, place in content.hotlines():
        if hotline.dial_from_abroad and not hotline.phone.startswith("+"):
            yield _no_country_code(place.document, (*place.loc, "phone"), hotline.phone)
    for file in content.missions:
        for index, mission in enumerate(file.model.missions):
            for key in ("phone", "emergency_phone"):
                number = getattr(mission, key)
                if number is None or number.startswith("+"):
                    continue
                if not _toll_free(number, mission.destination):
                    loc = ("missions", index, key)
                    problem = _no_country_code(file.document, loc, number)
                    yield problem.as_severity(Severity.WARNING)


def _toll_free(number: str, country: str) -> bool:
    """Whether `number` is free within `country`; such a number has no form for abroad."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE


def _no_country_code(document: Document, loc: Loc, value: str) -> Problem:
    return document.problem(
        loc,
        f'the number "{value}" has no country code, so it cannot be called from abroad',
        'write it in full, such as "+97444557777"',
    )


def check_future(content: Content, today: date) -> Iterator[Problem]:
    """Nothing was read from a source of the future."""
    for dated, _, place in content.dated():
        if dated.as_of is not None and _begins(dated.as_of) > today:
            problem = place.document.problem(
                (*place.loc, "as_of"),
                f"as_of {dated.as_of} is in the future",
                "write the date of the source",
            )
            yield problem.as_severity(Severity.WARNING)


def _begins(partial: str) -> date:
    try:
        return span(partial)[0]
    except ValueError:  # told of by check_codes
        return date.min
