"""What the assistant wants to say, before it has words or a channel."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from safar.messaging.case_wish import CaseWish
from safar.phrasing.values import Day, Phrase


def _day(value: str) -> str:
    return Day(value=value).value


Identifier = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
PartialDate = Annotated[str, AfterValidator(_day)]


class ReplyError(ValueError):
    """A reply that cannot be sent as it is; the message says what to mend."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceRef(_Frozen):
    """Where a stated fact comes from, and of when it is."""

    id: Identifier
    title: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    as_of: PartialDate | None = None
    """`2015`, `2015-07` or `2015-07-14`."""
    part: int | None = Field(default=None, ge=0)
    """Which part of the reply it is the first source of; None: of the reply as a whole."""


class Option(_Frozen):
    """Something the person may choose next."""

    id: Identifier
    """What choosing it means: an intent (`ask_wages`), `variant:ne`, `country:QA`, `more`…"""
    title: Phrase
    asked: bool = False
    """Whether the person asked for it already: then no further part stands before it."""


class Reply(_Frozen):
    """One answer. The first part is the answer itself, the others follow by importance."""

    parts: list[Phrase]
    sources: list[SourceRef] = []
    options: list[Option] = []
    urgent: bool = False
    """Whether life or liberty may be at stake: then the number to call is never put off."""
    sensitive: bool = False
    """Whether others who see it on a locked screen may harm the person: see `heading_of`."""
    erases: bool = False
    """Whether all that is held of the person is erased once this is sent."""
    case: CaseWish | None = None
    """What is wished of the cases. What it leads to is said in place of this reply; the reply
    itself is said where there is nobody to take cases."""
