"""What the files in content/ may hold: one pydantic model a kind of entry.

Facts are values with a source and dates; sentences are messages (an id and an English text)
that are translated once. Editors change these files; nobody needs to change Python for it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from safar.phrasing.values import Value

SCHEMA_VERSION = 7
"""Version of the registry's tables and of the content models; see docs/decisions."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[-_.][a-zA-Z0-9]+)*$")]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
PartialDate = Annotated[str, StringConstraints(pattern=r"^\d{4}(?:-\d{2}(?:-\d{2})?)?$")]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{2,15}$")]


class Entry(BaseModel):
    """Base of every entry: unknown keys are refused, values are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Confidence(str, Enum):
    """How far an entry may be trusted; low is never stated as true."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class SourceKind(str, Enum):
    """Who stands behind a source."""

    OFFICIAL = "official"
    OFFICIAL_COPY = "official_copy"
    UN_DATA_COPY = "un_data_copy"
    NGO_EXPERT = "ngo_expert"
    NEWS = "news"
    SECONDARY = "secondary"


class Message(Entry):
    """One translatable sentence: a stable id and its English text with {placeholders}."""

    id: Identifier
    text: str = Field(min_length=1)
    plural: str | None = None
    note: str | None = None


class Source(Entry):
    """Where a fact was read. `title` is short: people see it under the answer."""

    id: Identifier
    title: str = Field(min_length=3, max_length=60)
    publisher: str | None = None
    url: str | None = None
    published: PartialDate | None = None
    kind: SourceKind


class SourceFile(Entry):
    """One file in content/sources/, named for the country its sources are about."""

    sources: tuple[Source, ...]


class Withdrawal(Entry):
    """That an entry was found wrong: it is not stated from then on, whatever else it says."""

    day: date
    by: Annotated[str, StringConstraints(min_length=2, max_length=80)]
    reason: Annotated[str, StringConstraints(min_length=3, max_length=300)]


class Dated(Entry):
    """What every entry that states something about the world must carry.

    `review_by` is the last day on which it may be stated as true without a new look.
    """

    source: Identifier
    as_of: PartialDate | None
    review_by: date
    confidence: Confidence
    withdrawn: Withdrawal | None = None

    def stated(self, today: date) -> bool:
        """Whether the entry may be stated as true on `today`."""
        return (
            self.withdrawn is None
            and self.confidence is not Confidence.LOW
            and today <= self.review_by
        )


class Fact(Dated):
    """A fact about a country: a kind, typed values, and for whom it holds.

    `destinations`, `sectors` and `genders` narrow it; empty means everyone. A fact may bring its
    own sentence (message id `fact.<id>`) where no template of its kind fits.
    """

    id: Identifier
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]+$")]
    values: dict[str, Value] = Field(default_factory=dict)
    destinations: tuple[CountryCode, ...] = ()
    sectors: tuple[Literal["domestic", "seafarer", "construction", "other"], ...] = ()
    genders: tuple[Literal["f", "m"], ...] = ()
    sentence: Message | None = None
    disputed: bool = False
    """True where sources disagree: the answer then says so and names who knows."""

    @model_validator(mode="after")
    def _sentence_is_named_for_the_fact(self) -> Fact:
        if self.sentence is not None and self.sentence.id != f"fact.{self.id}":
            raise ValueError(
                f"the sentence of fact {self.id!r} must have the id 'fact.{self.id}', "
                f"not {self.sentence.id!r}"
            )
        return self

    def stated(self, today: date) -> bool:
        """Whether the fact may be stated as true on `today`; it never is without a date."""
        return super().stated(today) and self.as_of is not None and not self.disputed


class HotlineKind(str, Enum):
    """What a number is for."""

    EMERGENCY = "emergency"
    POLICE = "police"
    AMBULANCE = "ambulance"
    FIRE = "fire"
    LABOUR = "labour"
    TRAFFICKING = "trafficking"
    WELFARE = "welfare"
    SHELTER = "shelter"
    NGO = "ngo"


class Hotline(Dated):
    """A number to call. `for_origins` empty: for everyone in the country."""

    id: Identifier
    name: Message
    kind: HotlineKind
    phone: PhoneNumber
    for_origins: tuple[CountryCode, ...] = ()
    dial_from_abroad: bool = False
    hours: str | None = None
    note: Message | None = None
    listed: bool = False
    """True: from a list of the whole world that nobody has checked for this country."""


class Authority(Entry):
    """Who knows: the office that a doubtful answer names, and how to ask it."""

    id: Identifier
    name: str
    website: str | None = None
    phone: PhoneNumber | None = None
    source: Identifier


class Country(Entry):
    """One file in content/countries/: facts, hotlines and the authorities that know more."""

    code: CountryCode
    roles: tuple[Literal["origin", "destination"], ...]
    often: bool = False
    """True: among the first in a menu of countries, which holds eight of each role."""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    calling_code: Annotated[str, StringConstraints(pattern=r"^\+[0-9]{1,4}$")]
    authorities: dict[Literal["recruitment", "labour", "agency_check"], Authority]
    facts: tuple[Fact, ...] = ()
    hotlines: tuple[Hotline, ...] = ()


MissionKind = Literal[
    "embassy", "high_commission", "consulate_general", "consulate", "honorary_consulate", "office",
    "labour_office", "other",
]  # fmt: skip


class Mission(Dated):
    """An embassy or consulate of `origin` in `destination`.

    Without a name it goes by its kind, in every language. `covers` names other countries that it
    looks after.
    """

    id: Identifier
    origin: CountryCode
    destination: CountryCode
    city: str
    kind: MissionKind
    name: str | None = None
    covers: tuple[CountryCode, ...] = ()
    listed: bool = False
    """True: from a list of the whole world that nobody has checked for this country."""
    phone: PhoneNumber | None = None
    emergency_phone: PhoneNumber | None = None
    whatsapp: PhoneNumber | None = None
    email: str | None = None
    website: str | None = None
    address: str | None = None
    hours: str | None = None


class MissionFile(Entry):
    """One file in content/missions/, named for the origin."""

    origin: CountryCode
    missions: tuple[Mission, ...]


class Block(Entry):
    """One part of an answer: facts of some kinds, and the sentence that states them.

    `of` says whose facts; `corridor` true keeps only facts that hold for the destination (a fact
    with no destinations holds for all). With no fact at all `otherwise` is said, if given; with
    only doubtful facts the answer names the authority of role `ask`. `undated` is said in place of
    `message` where the fact has no `year`.
    """

    id: Identifier
    kinds: tuple[str, ...] = ()
    of: Literal["origin", "destination", "international"] | None = None
    corridor: bool = False
    only: Literal["first", "all"] = "first"
    message: Message | None = None
    undated: Message | None = None
    otherwise: Message | None = None
    ask: Literal["recruitment", "labour", "agency_check"] | None = None
    hotlines: tuple[HotlineKind, ...] = ()
    sms: bool = True
    """False: only in the full form (WhatsApp, the app) and after "more"."""


class Topic(Entry):
    """One file in content/topics/: how a question is answered."""

    id: Identifier
    intents: tuple[str, ...]
    stage: Literal[
        "thinking",
        "recruitment",
        "departure",
        "arrival",
        "work",
        "money",
        "leaving",
        "return",
        "any",
    ]
    title: Message
    asks: tuple[Literal["origin", "destination"], ...] = ()
    sensitive: bool = False
    """True: answers begin with a line that says nothing of what follows (`reply.neutral`)."""
    blocks: tuple[Block, ...] = ()
    options: tuple[str, ...] = ()


class MessageFile(Entry):
    """One file in content/messages/: sentences that belong to no topic."""

    messages: tuple[Message, ...]


class Place(Entry):
    """Everyday names of a country or a city in it, in any script, as people write them.

    `unsure` names are everyday words, too, or names of two countries: they are asked back.
    `people` names are those of its people: they tell an origin where writers say so of themselves.
    """

    country: CountryCode
    city: str | None = None
    names: tuple[str, ...]
    unsure: bool = False
    people: bool = False


class PlaceFile(Entry):
    """content/places.yaml."""

    places: tuple[Place, ...]


class MoneyWords(Entry):
    """Words for a currency; `countries` says whose currency a bare word (rupees) means."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    words: tuple[str, ...]
    countries: tuple[CountryCode, ...] = ()


class SharedMoneyWords(Entry):
    """Words that several currencies share, such as rupees: alone they name none."""

    currencies: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")], ...] = Field(
        min_length=2
    )
    words: tuple[str, ...]


class Multiplier(Entry):
    """Words that multiply the number before them (lakh, crore, k, juta), or after them: `leading`.

    A word that ends in "~" stands for all that begin with it.
    """

    value: int = Field(gt=1)
    words: tuple[str, ...] = ()
    leading: tuple[str, ...] = ()


class NumberWords(Entry):
    """A small number in words; it counts only beside a multiplier: "do lakh", "laki mbili"."""

    value: Decimal = Field(gt=0)
    words: tuple[str, ...]


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
    units: tuple[str, ...] = ()
    """Words after a number that make it a count of something else: days, km, percent."""
    numbered: tuple[str, ...] = ()
    """Words before a number that is no amount: licence, lot, room."""
    conversion: ConversionWords = ConversionWords()


class DangerPhrase(Entry):
    """A phrase or stem that means danger in its variant."""

    text: str = Field(min_length=2)
    kind: Literal["emergency", "abuse"]
    match: Literal["word", "stem"] = "word"


class DangerFile(Entry):
    """One file in content/danger/, named for its variant. Danger words win over every score."""

    variant: str
    phrases: tuple[DangerPhrase, ...]
    near_misses: tuple[str, ...] = ()
