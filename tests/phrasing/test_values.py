"""Values keep what they mean through JSON, and refuse what cannot be meant."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from safar.phrasing import Country, Day, Items, Money, Number, Phone, Phrase, Ref, Text


def test_every_kind_survives_json() -> None:
    phrase = Phrase(
        id="a.b",
        values={
            "text": Text(text="{x} %s"),
            "number": Number(value=Decimal("1.50")),
            "money": Money(amount=Decimal(10000), currency="NPR"),
            "country": Country(code="QA"),
            "day": Day(value="2015-07"),
            "phone": Phone(value="+977 1-4200000"),
            "ref": Ref(id="c", values={"inner": Items(items=[Text(text="a")], style="or")}),
        },
        count=3,
    )
    assert Phrase.model_validate_json(phrase.model_dump_json()) == phrase


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        pytest.param(Day, {"value": "2015-02-30"}, id="no such day"),
        pytest.param(Day, {"value": "2015-13"}, id="no such month"),
        pytest.param(Day, {"value": "0000"}, id="no year nought"),
        pytest.param(Day, {"value": "15-07"}, id="short year"),
        pytest.param(Day, {"value": "२०१५"}, id="digits that are not Latin"),
        pytest.param(Money, {"amount": "10", "currency": "Rs"}, id="currency is no code"),
        pytest.param(Money, {"amount": "NaN", "currency": "NPR"}, id="not a number"),
        pytest.param(Number, {"value": "1E+999999"}, id="too long to write out"),
        pytest.param(Country, {"code": "Qatar"}, id="country is no code"),
        pytest.param(Phone, {"value": "call me"}, id="phone without digits"),
        pytest.param(Phone, {"value": "९८४"}, id="phone that cannot be dialled"),
        pytest.param(Items, {"items": []}, id="empty list"),
        pytest.param(Phrase, {"id": "a", "count": -1}, id="negative count"),
        pytest.param(
            Phrase, {"id": "a", "count": 1, "values": {"count": Text(text="1")}}, id="two counts"
        ),
    ],
)
def test_refuses(kind: type, fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        kind(**fields)


@pytest.mark.parametrize("value", ["1122", "+974 4455 6677", "*123#", "(01) 420-0000", "999"])
def test_takes_numbers_as_they_are_dialled(value: str) -> None:
    assert Phone(value=value).value == value
