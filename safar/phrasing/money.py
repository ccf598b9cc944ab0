"""Amounts of money that cannot be taken for another currency's."""

from __future__ import annotations

import regex
from babel.numbers import format_currency, get_currency_precision

from safar.phrasing.digits import to_native
from safar.phrasing.languages import Language
from safar.phrasing.numbers import format_number, number_pattern
from safar.phrasing.templates import fill
from safar.phrasing.typography import plain
from safar.phrasing.values import Money

# CLDR's Sinhala has no space between the name of a currency and the amount.
_GLUED = regex.compile(r"(?<=[\p{L}\p{M}])(?=\p{Nd})")


def format_money(money: Money, language: Language) -> str:
    """Write an amount so that its currency is certain: "NPR 10,000", "रु १०,०००".

    CLDR's symbols are not used: "Rs", "$" and "₱" each stand for several currencies on the
    corridors served, or are missing from old telephones. Latin scripts show the ISO 4217 code,
    which exchange shops and contracts show too; others the currency's full name, since not
    everybody who reads them reads Latin letters. languages.yaml names the exceptions.
    """
    own = language.money.get(money.currency)
    decimals = get_currency_precision(money.currency)
    if own is not None or language.latin:
        amount = format_number(money.amount, language, decimals=decimals)
        return fill(own or f"{money.currency} {{amount}}", {"amount": amount})
    text = format_currency(
        money.amount,
        money.currency,
        format=number_pattern(money.amount, language, decimals),
        locale=language.locale,
        currency_digits=False,
        format_type="name",
        decimal_quantization=False,
        numbering_system=language.numbering,
    )
    spaced = _GLUED.sub(" ", text)
    return plain(to_native(spaced, language.numbering), latin=language.latin)
