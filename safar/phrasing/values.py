"""Typed values for the placeholders of messages: what is meant, not how it is written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Union

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

_DAY_FIRST = "-01-01"
"""Completes the parts of a partial date that are missing, so that it can be checked."""

# Twelve digits before the point and six after are more than any wage or fee; without a limit
# a number such as 1E+999999 would be written out digit by digit.
Amount = Annotated[Decimal, Field(max_digits=18, decimal_places=6, allow_inf_nan=False)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Value):
    """Words that stay as they are: an agency's name, an address, a licence number."""

    kind: Literal["text"] = "text"
    text: str


class Number(_Value):
    """A number, written with the variant's grouping and digits."""

    kind: Literal["number"] = "number"
    value: Amount


class Money(_Value):
    """An amount in a currency (ISO 4217), such as 10000 NPR."""

    kind: Literal["money"] = "money"
    amount: Amount
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class Country(_Value):
    """A country or territory by its ISO 3166-1 alpha-2 code."""

    kind: Literal["country"] = "country"
    code: str = Field(pattern=r"^[A-Z]{2}$")


class Day(_Value):
    """A Gregorian date as far as it is known: "2015", "2015-07" or "2015-07-14"."""

    kind: Literal["day"] = "day"
    value: str = Field(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")

    @field_validator("value")
    @classmethod
    def _exists(cls, value: str) -> str:
        try:
            _complete(value)
        except ValueError as error:
            raise ValueError(f"there is no day {value!r} in the Gregorian calendar") from error
        return value

    @property
    def precision(self) -> Literal["year", "month", "day"]:
        """How much of the date is known."""
        return ("year", "month", "day")[self.value.count("-")]

    @property
    def first(self) -> date:
        """The first day that the date can mean: 2015 is 2015-01-01."""
        return _complete(self.value)


class Moment(_Value):
    """A day and a time as a clock shows it: ISO 8601 with the offset of that clock's zone."""

    kind: Literal["moment"] = "moment"
    value: AwareDatetime


class Phone(_Value):
    """A number to call, always written in Latin digits so that it can be dialled."""

    kind: Literal["phone"] = "phone"
    value: str = Field(pattern=r"^[+*#]?[0-9(][0-9 ()/.*#-]*$", max_length=40)


class Ref(_Value):
    """Another message inside this one, in the same variant."""

    kind: Literal["ref"] = "ref"
    id: str = Field(min_length=1)
    values: dict[str, Value] = {}


class Items(_Value):
    """A list of values, joined by the variant's "and" or "or"."""

    kind: Literal["items"] = "items"
    items: list[Value] = Field(min_length=1)
    style: Literal["and", "or"] = "and"


Value = Annotated[
    Union[Text, Number, Money, Country, Day, Moment, Phone, Ref, Items],  # noqa: UP007 - pydantic on 3.10
    Field(discriminator="kind"),
]


class Phrase(_Value):
    """A message to be put in words: its id, its values and, if it is plural, its count.

    `count` is what a plural message chooses its form by; it also fills `{count}`.
    """

    id: str = Field(min_length=1)
    values: dict[str, Value] = {}
    count: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one_count(self) -> Phrase:
        if self.count is not None and "count" in self.values:
            raise ValueError("give the count either as count= or as the value 'count', not both")
        return self


def _complete(value: str) -> date:
    return date.fromisoformat(value + _DAY_FIRST[len(value) - 4 :])


Ref.model_rebuild()
Items.model_rebuild()
Phrase.model_rebuild()
