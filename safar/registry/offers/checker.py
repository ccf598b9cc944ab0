"""Checks the text of an offer: its signs, held against ceilings and wages, and its risk."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from safar.registry.amounts import AmountFinder, FoundAmount
from safar.registry.offers.fees import AboveCeiling, Asked, Corridor, above_ceiling
from safar.registry.offers.index import Span
from safar.registry.offers.matcher import ENGLISH, Hit, OfferMatcher, words_between
from safar.registry.offers.patterns import AMOUNT, NUMBER, PHONE
from safar.registry.offers.schema import FLAGS, FlagId, RedFlag, RedFlagFile, Risk
from safar.registry.offers.text import OfferText, TextReader
from safar.registry.places import FoundPlace, PlaceFinder
from safar.registry.query import Registry

_NEAR: Final = 4
"""Words that may stand between an amount and what it is said of."""
_DAYS, _WEEKS = 26, Decimal("4.33")
"""Working days and weeks of a month."""
_NOT_ITS_MONEY: Final = 50
"""So often the ceiling, pay without a currency is in another money: "lương 20 triệu", in dong."""
_OF_MANY: Final = frozenset({"USD", "EUR"})
"""Money in which offers of any country speak."""
_CHAT_FLAG: Final = "personal_email_or_chat_only"


@dataclass(frozen=True)
class Findings:
    """What was found in an offer.

    Attributes:
        risk: of all signs together.
        flags: the signs, in the fixed order.
        above: the fee above a legal ceiling, if there is one.
        offer_words: how many words of offers stand in it.
        origin, destination: ISO 3166-1 alpha-2, as given or found; destinations only if looked for.
    """

    risk: Risk
    flags: tuple[FlagId, ...]
    above: AboveCeiling | None = None
    offer_words: int = 0
    own_case: bool = False
    origin: str | None = None
    destination: str | None = None


@dataclass
class _Reading:
    """One text while it is checked."""

    text: OfferText
    variants: Collection[str] | None
    hits: list[Hit]
    offer_words: int
    fees: list[FoundAmount]
    wages: list[tuple[FoundAmount, Span]]
    places: list[FoundPlace] | None = None


class OfferChecker:
    """Checks offers by one registry. Build it once a registry.

    Args:
        registry: signs, their words, ceilings.
        amounts: reads amounts.
        places: finds countries.
        likely_origins: for each variant served, where its writers come from, if one country.
    """

    def __init__(
        self,
        registry: Registry,
        amounts: AmountFinder,
        places: PlaceFinder,
        likely_origins: Mapping[str, str | None],
    ) -> None:
        """Read the signs and their words."""
        self.head: RedFlagFile = registry.red_flags()
        files = registry.red_flag_words()
        self._registry, self._places = registry, places
        self._likely = likely_origins
        self._known = frozenset(file.variant for file in files)
        self._matcher = OfferMatcher(self.head, files)
        self._reader = TextReader(amounts, self.head.contacts)
        self._apps = frozenset(self.head.contacts.apps)
        self._flags = {flag.id: flag for flag in self.head.flags}
        origins: dict[str, list[str]] = {}
        for country in registry.countries():
            if "origin" in country.roles and country.currency not in _OF_MANY:
                origins.setdefault(country.currency, []).append(country.code)
        self._origin_of = {money: codes[0] for money, codes in origins.items() if len(codes) == 1}
        self._currency_of = {country.code: country.currency for country in registry.countries()}

    def check(
        self,
        text: str,
        today: date,
        *,
        variant: str | None = None,
        origin: str | None = None,
        destination: str | None = None,
    ) -> Findings:
        """Return the signs of `text` and its risk.

        Args:
            text: the offer.
            today: only facts that may be stated on it count.
            variant: BCP 47 tag of the writer, whose words and English ones are looked for; None
                for those of all.
            origin: ISO 3166-1 alpha-2, if known.
            destination: likewise; it wins over what the text says.
        """
        reading = self._read(text, self._variants(variant))
        own_case = self._matcher.has("own_case", reading.text, reading.variants)
        if own_case and not reading.offer_words:
            return Findings("low", (), own_case=True)
        flags: set[FlagId] = {hit.flag for hit in reading.hits}
        self._settle_contact(reading, flags)
        above = None
        if reading.fees or reading.wages:
            places = self._places.find(reading.text.plain)
            origin = origin or self._origin(reading, places, variant)
            destination = destination or next(
                (place.country for place in places if place.role == "destination"), None
            )
            if self._pays_too_well(reading, destination):
                flags.add("too_good_pay")
            above = self._above(reading, origin, destination, today)
            if above is not None:
                flags |= {"fee_above_cap", "fee_charged"}
        return Findings(
            self._risk(flags),
            tuple(flag for flag in FLAGS if flag in flags),
            above,
            reading.offer_words,
            own_case,
            origin,
            destination,
        )

    def flag(self, flag: FlagId) -> RedFlag:
        """Return what the content says of a sign."""
        return self._flags[flag]

    def looks_like_offer(self, text: str, today: date) -> bool:
        """Whether a text that nobody asked for is a forwarded offer.

        Told sparingly: somebody's own case and a question are answered as such.
        """
        rule = self.head.recognise
        if sum(letter.isalpha() for letter in text) < rule.letters:
            return False
        found = self.check(text, today)
        read = self._reader.read(text)
        if found.own_case or self._matcher.has("writer", read, None):
            return False
        if found.offer_words >= rule.many_offer_words:
            return True
        points = sum(self._points(flag) for flag in found.flags)
        return found.offer_words >= rule.offer_words and points >= rule.points

    def _variants(self, variant: str | None) -> Collection[str] | None:
        if variant is None or variant not in self._known:
            return None
        language = variant.partition("-")[0]
        return {each for each in self._known if each.partition("-")[0] == language} | {ENGLISH}

    def _read(self, text: str, variants: Collection[str] | None) -> _Reading:
        read = self._reader.read(text)
        hits = self._matcher.hits(read, variants)
        offer = self._matcher.words("offer", read, variants)
        fees, wages = self._money(read, hits, variants)
        return _Reading(read, variants, hits, len(offer), fees, wages)

    def _money(
        self, text: OfferText, hits: list[Hit], variants: Collection[str] | None
    ) -> tuple[list[FoundAmount], list[tuple[FoundAmount, Span]]]:
        """Tell amounts that are asked from amounts that are paid, by what is nearest."""
        fees: list[FoundAmount] = []
        wages: list[tuple[FoundAmount, Span]] = []
        if not text.amounts:
            return fees, wages
        asked = [hit.span for hit in hits if hit.flag == "fee_charged"]
        paid = self._matcher.words("wage", text, variants)
        places = [
            Span(index - 1, index + 1)
            for index, letter in enumerate(text.words)
            if letter in (AMOUNT, NUMBER)
        ]
        for amount, place in zip(text.amounts, places, strict=False):
            fee, wage = _distance(text.words, place, asked), _distance(text.words, place, paid)
            if fee is not None and (wage is None or fee <= wage):
                fees.append(amount)
            elif wage is not None:
                wages.append((amount, place))
        return fees, wages

    def _settle_contact(self, reading: _Reading, flags: set[FlagId]) -> None:
        """Weigh how they can be reached: only by what anybody can have, or traceably as well."""
        text, variants = reading.text, reading.variants
        loose = text.reachable or self._chat_number(text)
        if loose and (reading.offer_words or flags):
            flags.add(_CHAT_FLAG)
        if _CHAT_FLAG not in flags:
            return
        named = text.traceable or self._matcher.has("licence", text, variants)
        if named or self._has_office(reading):
            flags.discard(_CHAT_FLAG)
        elif reading.offer_words >= self.head.recognise.offer_words:
            flags.add("no_licence_named")

    def _has_office(self, reading: _Reading) -> bool:
        """Whether an office is named, other than by "we have no office"."""
        said = [hit.span for hit in reading.hits if hit.flag == _CHAT_FLAG]
        return any(
            not any(office.meets(span) for span in said)
            for office in self._matcher.words("office", reading.text, reading.variants)
        )

    def _chat_number(self, text: OfferText) -> bool:
        if PHONE not in text.words_set or not self._apps & text.words_set:
            return False
        words = text.words.split()
        phones = [index for index, word in enumerate(words) if word == PHONE]
        return any(
            word in self._apps and any(abs(index - phone) <= _NEAR for phone in phones)
            for index, word in enumerate(words)
        )

    def _origin(
        self, reading: _Reading, places: list[FoundPlace], variant: str | None
    ) -> str | None:
        for place in places:
            if place.role == "origin":
                return place.country
        for fee in reading.fees:
            if fee.currency in self._origin_of:
                return self._origin_of[fee.currency]
        english = [hit.span for hit in reading.hits if hit.variant == ENGLISH]
        own = [hit for hit in reading.hits if not any(hit.span.meets(span) for span in english)]
        tags = [variant, *(hit.variant for hit in own)]
        return next((self._likely[tag] for tag in tags if tag and self._likely.get(tag)), None)

    def _above(
        self, reading: _Reading, origin: str | None, destination: str | None, today: date
    ) -> AboveCeiling | None:
        if not reading.fees or origin is None or destination is None or origin == destination:
            return None
        domestic = self._matcher.has("domestic", reading.text, reading.variants)
        asked = [Asked(fee.amount, fee.currency) for fee in reading.fees]
        wage = next((Asked(a.amount, a.currency) for a, _ in reading.wages if a.currency), None)
        corridor = Corridor(origin, destination, domestic)
        return above_ceiling(self._registry, corridor, asked, wage, today)

    def _pays_too_well(self, reading: _Reading, destination: str | None) -> bool:
        text, variants, rule = reading.text, reading.variants, self.head.pay
        if not reading.wages or self._matcher.has("skilled", text, variants):
            return False
        ceiling = rule.ceilings.get(destination or "other", rule.ceilings["other"])
        if self._matcher.has("domestic", text, variants):
            ceiling *= rule.domestic_share
        days = self._matcher.words("per_day", text, variants)
        weeks = self._matcher.words("per_week", text, variants)
        for amount, place in reading.wages:
            rate = rule.per_usd.get(amount.currency or self._currency_of.get(destination or "", ""))
            if rate is None or (amount.currency is None and not reading.offer_words):
                continue
            month = amount.amount / rate
            if _distance(text.words, place, days) is not None:
                month *= _DAYS
            elif _distance(text.words, place, weeks) is not None:
                month *= _WEEKS
            if month > ceiling and (amount.currency or month < ceiling * _NOT_ITS_MONEY):
                return True
        return False

    def _points(self, flag: FlagId) -> int:
        return self.head.risk.points[self._flags[flag].severity]

    def _risk(self, flags: Collection[FlagId]) -> Risk:
        points = sum(map(self._points, flags))
        if points >= self.head.risk.high:
            return "high"
        return "medium" if points >= self.head.risk.medium else "low"


def _distance(words: str, place: Span, spans: list[Span]) -> int | None:
    """Return how many words part `place` from the nearest of `spans` in its sentence, if near."""
    between = (words_between(words, place, span) for span in spans)
    near = [count for count in between if count is not None and count <= _NEAR]
    return min(near, default=None)
