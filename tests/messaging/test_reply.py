from decimal import Decimal

import pytest
from pydantic import ValidationError

from safar.messaging.reply import Option, Reply, SourceRef
from safar.phrasing.values import Items, Money, Phone, Phrase, Text


def test_a_reply_survives_json() -> None:
    reply = Reply(
        parts=[
            Phrase(id="fee.cap", values={"amount": Money(amount=Decimal(10000), currency="NPR")}),
            Phrase(id="call", values={"to": Items(items=[Phone(value="1144"), Text(text="x")])}),
            Phrase(id="left", count=2),
        ],
        sources=[SourceRef(id="np-dofe-2015", title="DoFE", as_of="2015-06")],
        options=[Option(id="ask_wages", title=Phrase(id="option.wages"))],
        urgent=True,
    )
    assert Reply.model_validate_json(reply.model_dump_json()) == reply


def test_a_reply_is_not_changed_afterwards() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Reply(parts=[Phrase(id="a")]).urgent = True


def test_a_misspelt_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="urgnt"):
        Reply.model_validate({"parts": [], "urgnt": True})


@pytest.mark.parametrize("as_of", [None, "2015", "2015-07", "2015-07-14"])
def test_dates_of_a_source(as_of: str | None) -> None:
    assert SourceRef(id="s", title="t", as_of=as_of).as_of == as_of


@pytest.mark.parametrize("as_of", ["", "15", "2015-7", "2015-13", "2015-02-30", "June 2015"])
def test_no_date_of_a_source(as_of: str) -> None:
    with pytest.raises(ValidationError):
        SourceRef(id="s", title="t", as_of=as_of)


@pytest.mark.parametrize("field", ["id", "title"])
def test_a_source_has_an_id_and_a_title(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        SourceRef.model_validate({"id": "s", "title": "t", field: "  "})
