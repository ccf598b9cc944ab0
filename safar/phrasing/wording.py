"""One value in words."""

from __future__ import annotations

from collections.abc import Callable

from safar.phrasing.bidi import isolate, without_controls
from safar.phrasing.dates import format_day, format_moment
from safar.phrasing.languages import Language
from safar.phrasing.lists import format_list
from safar.phrasing.money import format_money
from safar.phrasing.numbers import format_number
from safar.phrasing.places import country_name
from safar.phrasing.values import (
    Country,
    Day,
    Items,
    Moment,
    Money,
    Number,
    Phone,
    Ref,
    Text,
    Value,
)


def word(value: Value, language: Language, refer: Callable[[Ref, Language], str]) -> str:
    """Write a value in a variant, isolated where the variant runs from right to left.

    Args:
        value: What to write.
        language: In which to write it.
        refer: Puts a reference to another message in words.

    Raises:
        PhraseError: A country code is unknown, or a reference cannot be put in words.
    """
    return isolate(_bare(value, language, refer), rtl=language.rtl)


def _bare(value: Value, language: Language, refer: Callable[[Ref, Language], str]) -> str:
    words: str
    match value:
        case Text():
            words = without_controls(value.text)
        case Number():
            words = format_number(value.value, language)
        case Money():
            words = format_money(value, language)
        case Country():
            words = country_name(value.code, language)
        case Day():
            words = format_day(value, language)
        case Moment():
            words = format_moment(value, language)
        case Phone():
            words = value.value
        case Ref():
            words = refer(value, language)
        case Items():
            items = [word(item, language, refer) for item in value.items]
            words = format_list(items, language, value.style)
    return words
