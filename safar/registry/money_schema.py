"""What content/money.yaml may hold: words with which people write sums of money."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from safar.registry.schema import CountryCode, Entry

CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class MoneyWords(Entry):
    """Words for a currency; `countries` says whose currency a bare word (rupees) means.

    `after` are words that name it only where they stand behind the number.
    """

    currency: CurrencyCode
    words: tuple[str, ...]
    after: tuple[str, ...] = ()
    countries: tuple[CountryCode, ...] = ()


class SharedMoneyWords(Entry):
    """Words that several currencies share, such as rupees: alone they name none."""

    currencies: tuple[CurrencyCode, ...] = Field(min_length=2)
    words: tuple[str, ...]


class Multiplier(Entry):
    """Words that multiply the number before them (lakh, crore, k, juta), or after them: `leading`.

    A word that ends in "~" stands for all that begin with it.
    """

    value: int = Field(gt=1)
    words: tuple[str, ...] = ()
    leading: tuple[str, ...] = ()
    tenths: tuple[str, ...] = ()
    """Words after which a bare digit counts tenths: "3tr5" is three and a half million."""
    beside_money: tuple[str, ...] = ()
    """Words that multiply only where a word for money follows: "5 штук баксов"."""
    after_digits: tuple[str, ...] = ()
    """Those of its words that multiply digits only: "15 man", but "one man"."""
    joined: tuple[str, ...] = ()
    """Endings that are written onto a number's `joined` form: "நாற்பதா" and "யிரம்"."""


class NumberWords(Entry):
    """A number in words; it counts beside a multiplier or money: "do lakh", "hamsin dinar"."""

    value: Decimal = Field(gt=0)
    words: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    """Its forms onto which a multiplier is written without a space."""


class SumWords(Entry):
    """Words that are a sum by themselves, whatever is beside them: "sejuta", "ලක්ෂයක්".

    `unit` is the multiplier in it, of which "and a half" is a half.
    """

    value: Decimal = Field(gt=0)
    unit: int = Field(gt=1)
    words: tuple[str, ...]


class ShareWords(Entry):
    """Words for a part: `before` a number ("sadhe teen"), `after` a multiplier ("na nusu")."""

    value: Decimal
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class ConversionWords(Entry):
    """What makes a word for money mean "in that money": words beside it, or joined to it."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()


class MoneyFile(Entry):
    """content/money.yaml."""

    currencies: tuple[MoneyWords, ...]
    shared: tuple[SharedMoneyWords, ...] = ()
    multipliers: tuple[Multiplier, ...]
    numbers: tuple[NumberWords, ...] = ()
    sums: tuple[SumWords, ...] = ()
    shares: tuple[ShareWords, ...] = ()
    joining: tuple[str, ...] = ()
    """Words between the parts of a number: "kumi na moja", "treinta y cinco"."""
    decimal: tuple[str, ...] = ()
    """Words for the decimal point: "dua koma lima juta"."""
    prefixes: tuple[str, ...] = ()
    """Letters of words before a number that are written onto it: Amharic "በ", Arabic "ب"."""
    ranges: tuple[str, ...] = ()
    """Words between the ends of a range: "10 to 15 lakh"."""
    vague: tuple[str, ...] = ()
    """Words that ask how many, or say several: after them a multiplier alone is no sum."""
    rates: tuple[str, ...] = ()
    """Words behind a number that say it is paid for a time: "54 al día"."""
    units: tuple[str, ...] = ()
    """Hours and days after a number that make it a count of them."""
    periods: tuple[str, ...] = ()
    """Longer times: "1300 mwezi" is paid for one, nobody counts a hundred of them."""
    things: tuple[str, ...] = ()
    """Words after a number, however large, that make it a count: people, km."""
    counting: tuple[str, ...] = ()
    """Words before a number that make it a count: "siku 120", "avurudu 2k"."""
    numbered: tuple[str, ...] = ()
    """Words before a number that is no amount: licence, lot; one word may stand between."""
    labels: tuple[str, ...] = ()
    """The same, but only directly before the number: room, passport."""
    services: tuple[str, ...] = ()
    """Short telephone numbers that are no amounts unless a word for money is beside them."""
    conversion: ConversionWords = ConversionWords()

    @model_validator(mode="after")
    def _one_value_a_word(self) -> MoneyFile:
        """Refuse a word with two values: which would count, the order of the file would say."""
        multipliers = ((each.value, (*each.words, *each.tenths)) for each in self.multipliers)
        leading = ((each.value, each.leading) for each in self.multipliers)
        numbers = ((each.value, each.words) for each in self.numbers)
        for group in (multipliers, leading, numbers):
            seen: dict[str, Decimal | int] = {}
            for value, words in group:
                for word in words:
                    if seen.setdefault(word, value) != value:
                        raise ValueError(
                            f'"{word}" stands for {seen[word]} and for {value}; '
                            "leave it in one of them"
                        )
        return self
