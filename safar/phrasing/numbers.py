"""Numbers, grouped and in the digits of a variant."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal

from safar.phrasing.digits import to_native
from safar.phrasing.languages import Language
from safar.phrasing.typography import plain


def format_number(value: Decimal | int, language: Language, *, decimals: int = 0) -> str:
    """Write a number in full, such as 12,34,567.5 in Nepali grouping.

    Args:
        value: Never rounded: a fact keeps every decimal it has.
        language: Whose grouping and digits to use.
        decimals: How many decimals a value that is not whole has at least.
    """
    number = Decimal(value)
    text = format_decimal(
        number,
        format=number_pattern(number, language, decimals),
        locale=language.locale,
        decimal_quantization=False,
        numbering_system=language.numbering,
    )
    return plain(to_native(text, language.numbering), latin=language.latin)


def number_pattern(value: Decimal, language: Language, decimals: int) -> str:
    """Return the CLDR pattern for `value`: the locale's grouping, no decimals if it is whole."""
    grouping = language.locale.decimal_formats[None].pattern.split(".")[0]
    if value == value.to_integral_value():
        return str(grouping)
    own = -int(value.normalize().as_tuple().exponent)
    return f"{grouping}.{'0' * max(own, decimals)}"
