"""What content/red_flags.yaml and content/red_flags/<variant>.yaml may hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from safar.registry.offers.patterns import Pattern, PatternError, read_pattern
from safar.registry.schema import Entry, Identifier

FlagId = Literal[
    "fee_above_cap",
    "fee_charged",
    "pay_to_personal_account",
    "passport_surrender",
    "tourist_visa",
    "no_contract",
    "contract_substitution",
    "guaranteed_visa",
    "urgent_pressure",
    "too_good_pay",
    "no_licence_named",
    "personal_email_or_chat_only",
    "secrecy",
    "debt_or_deduction",
    "age_or_identity_falsification",
    "restricted_movement",
    "no_interview",
]
FLAGS: Final[tuple[FlagId, ...]] = get_args(FlagId)
"""In the order in which they are always listed."""
FROM_AMOUNTS: Final = frozenset({"fee_above_cap"})
"""Flags that no pattern finds."""

Severity = Literal["high", "medium", "low"]
Risk = Literal["high", "medium", "low"]
Domain = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]


def _pattern(value: str) -> str:
    try:
        read_pattern(value)
    except PatternError as error:
        raise ValueError(f'the pattern "{value}" {error}') from error
    return value


PatternText = Annotated[str, AfterValidator(_pattern)]
"""A pattern as an editor writes it, see docs/editors/red-flags.md."""


class RedFlag(Entry):
    """One sign: how grave it is, what is said of it, and what it rests on."""

    id: FlagId
    severity: Severity
    deniable: bool = False
    """True where "no …" before the words means that it is not so."""
    meaning: Identifier
    why: Identifier
    do: Identifier
    rule: str = Field(min_length=3)
    source: Identifier


class RiskRule(Entry):
    """Points of the signs by severity, and from how many on the risk is high or medium."""

    points: dict[Severity, int]
    high: int = Field(gt=0)
    medium: int = Field(gt=0)

    @field_validator("points")
    @classmethod
    def _complete(cls, points: dict[Severity, int]) -> dict[Severity, int]:
        if set(points) != set(get_args(Severity)):
            raise ValueError("points must name high, medium and low")
        return points


class Recognition(Entry):
    """When a text is taken for a forwarded offer."""

    letters: int = Field(gt=0)
    offer_words: int = Field(gt=0)
    many_offer_words: int = Field(gt=0)
    """So many words of offers are enough without any sign."""
    points: int = Field(gt=0)


class PayRule(Entry):
    """Pay a month that such work does not pay: US dollars by destination, rough on purpose."""

    ceilings: dict[Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|other)$")], Decimal]
    domestic_share: Decimal = Decimal(1)
    per_usd: dict[Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")], Decimal]


class Contacts(Entry):
    """Who can be had by anybody in a minute: mail services, chats, pages that are no firm's own."""

    freemail: tuple[Domain, ...]
    chat: tuple[Domain, ...]
    not_a_firm: tuple[Domain, ...] = ()
    apps: tuple[str, ...] = ()


class RedFlagFile(Entry):
    """content/red_flags.yaml."""

    flags: tuple[RedFlag, ...]
    risk: RiskRule
    questions: tuple[FlagId, ...]
    recognise: Recognition
    pay: PayRule
    contacts: Contacts


class FlagWords(Entry):
    """Patterns by which a sign is known in a variant, and those that cancel it."""

    find: tuple[PatternText, ...] = ()
    unless: tuple[PatternText, ...] = ()


class Negations(Entry):
    """Patterns that say of what stands after or before them that it is not so."""

    before: tuple[PatternText, ...] = ()
    after: tuple[PatternText, ...] = ()


class OfferWords(Entry):
    """Patterns that say what kind of text it is."""

    offer: tuple[PatternText, ...] = ()
    wage: tuple[PatternText, ...] = ()
    per_day: tuple[PatternText, ...] = ()
    per_week: tuple[PatternText, ...] = ()
    licence: tuple[PatternText, ...] = ()
    office: tuple[PatternText, ...] = ()
    own_case: tuple[PatternText, ...] = ()
    writer: tuple[PatternText, ...] = ()
    domestic: tuple[PatternText, ...] = ()
    skilled: tuple[PatternText, ...] = ()


class RedFlagWords(Entry):
    """One file in content/red_flags/, named for its variant."""

    variant: str
    flags: dict[FlagId, FlagWords]
    negations: Negations = Negations()
    questions: tuple[PatternText, ...] = ()
    words: OfferWords = OfferWords()
    honest: tuple[str, ...] = ()

    def patterns(self, flag: FlagId) -> tuple[Pattern, ...]:
        """Return the patterns that find `flag`."""
        words = self.flags.get(flag)
        return tuple(map(read_pattern, words.find)) if words else ()
