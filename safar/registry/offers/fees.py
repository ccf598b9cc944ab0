"""Holds a fee that is asked against what the law of the corridor allows, as the registry has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from safar.phrasing.values import Money, Number
from safar.registry.query import Registry
from safar.registry.schema import Fact

_CEILINGS: Final = ("fee_cap", "cost_cap", "fee_cap_months", "fee_none_all", "fee_none")
_NOTHING_DUE: Final = frozenset({"fee_none_all", "fee_none"})
_MONTHS: Final = frozenset({"months"})


@dataclass(frozen=True)
class Asked:
    """Money that is asked; `currency` (ISO 4217) None where the text does not name it."""

    amount: Decimal
    currency: str | None


@dataclass(frozen=True)
class AboveCeiling:
    """A fee above the ceiling of a corridor.

    Attributes:
        asked: what is asked.
        ceiling: the most that may be; None where nothing is due.
        origin, destination: ISO 3166-1 alpha-2.
        fact: what says so.
    """

    asked: Money
    ceiling: Money | None
    origin: str
    destination: str
    fact: Fact


@dataclass(frozen=True)
class Corridor:
    """Where the offer goes from and to, and for what work."""

    origin: str
    destination: str
    domestic: bool
    women: bool = False


def above_ceiling(
    registry: Registry,
    corridor: Corridor,
    asked: Iterable[Asked],
    wage: Asked | None,
    today: date,
) -> AboveCeiling | None:
    """Return the fee above the ceiling, the clearest one; None where none is, or none is known.

    Only in the currency of the ceiling: rates of exchange change, laws speak of one currency. An
    amount without currency is taken for the money of the origin.

    Args:
        registry: where the ceilings stand.
        corridor: of the offer.
        asked: every fee in the text.
        wage: the pay a month, for ceilings of so many months' pay.
        today: only what may be stated on it counts.
    """
    country = registry.country(corridor.origin)
    if country is None:
        return None
    fees = [Asked(fee.amount, fee.currency or country.currency) for fee in asked if fee.amount > 0]
    for ceiling, fact in _ceilings(registry, corridor, wage, today):
        for fee in sorted(fees, key=lambda each: -each.amount):
            money = Money(amount=fee.amount, currency=str(fee.currency))
            if ceiling is None:
                return AboveCeiling(money, None, corridor.origin, corridor.destination, fact)
            if ceiling.currency == fee.currency and fee.amount > ceiling.amount:
                return AboveCeiling(money, ceiling, corridor.origin, corridor.destination, fact)
    return None


def _ceilings(
    registry: Registry, corridor: Corridor, wage: Asked | None, today: date
) -> Iterator[tuple[Money | None, Fact]]:
    sector = "domestic" if corridor.domestic else "other"
    facts = registry.facts(corridor.origin, _CEILINGS, corridor.destination, sector=sector)
    for fact in facts:
        if not fact.stated(today) or not _holds(fact, corridor):
            continue
        if fact.kind in _NOTHING_DUE:
            yield None, fact
        elif fact.kind == "fee_cap_months":
            months = fact.values.get("months")
            # "so many months' pay for each year" needs the length of the contract, too
            if wage is not None and isinstance(months, Number) and set(fact.values) == _MONTHS:
                yield (
                    Money(amount=wage.amount * months.value, currency=str(wage.currency)),
                    fact,
                )
        elif isinstance(amount := fact.values.get("amount"), Money):
            yield amount, fact


def _holds(fact: Fact, corridor: Corridor) -> bool:
    """Whether a fact is said of this very corridor, not of one that may be it."""
    if fact.sectors and not (corridor.domestic and "domestic" in fact.sectors):
        return False
    if fact.genders and not (corridor.women and "f" in fact.genders):
        return False
    # Without destination, sector or number the sentence narrows it in words, such as by the work.
    narrow = fact.destinations or fact.sectors
    return bool(narrow) or fact.kind in ("fee_none_all", "fee_cap", "fee_cap_months")
