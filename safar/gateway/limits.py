"""How much may be sent, to whom, in a day: against toll fraud, pumping of SMS, and loops.

Limits count SMS segments, which is what is paid for; a WhatsApp message counts as one. They are
looked at when a message comes in, since Safar only ever answers, and again when its answer is made.
Danger is answered beyond all of them, up to a small number a day.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import phonenumbers
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from safar.store import usage
from safar.store.database import Tx
from safar.store.usage import Scope

PREFIX_DIGITS = 7
"""Digits of a number that stand for its range: enough to see a block bought for fraud."""

UNSEEN_DIGITS = 4
"""Digits of a number that no range holds, so that a short number is not counted as a whole."""

SHORTEST_NUMBER = 7
"""Digits below which a number is a service's: nobody's telephone."""


class LimitSettings(BaseSettings):
    """What an operator can set; each field is the variable SAFAR_LIMIT_<FIELD>.

    Attributes:
        sender_segments_day: SMS segments to one person in a day.
        sender_messages_burst: messages of one person in `burst_minutes` that are answered.
        sender_messages_day: messages of one person in a day that are looked at, for danger too.
        prefix_segments_day: segments into one range of numbers (their first seven digits).
        country_segments_day: segments to one country.
        total_segments_day: segments to all.
        danger_answers_day: messages of one person that may be answered in a day, whatever limit
            is reached, because they are in danger.
        repeats: times that one person's same words are answered within `burst_minutes`.
        burst_minutes: length of that time.
        countries: ISO 3166-1 codes of the countries whose numbers are answered; none means all.
    """

    model_config = SettingsConfigDict(
        env_prefix="SAFAR_LIMIT_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    sender_segments_day: int = Field(default=80, ge=0)
    sender_messages_burst: int = Field(default=20, ge=1)
    sender_messages_day: int = Field(default=200, ge=1)
    prefix_segments_day: int = Field(default=2_000, ge=0)
    country_segments_day: int = Field(default=20_000, ge=0)
    total_segments_day: int = Field(default=50_000, ge=0)
    danger_answers_day: int = Field(default=6, ge=1)
    repeats: int = Field(default=4, ge=1)
    burst_minutes: int = Field(default=10, ge=1)
    countries: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("countries", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip().upper() for part in value.split(",") if part.strip())
        return value

    @field_validator("countries")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(value) - phonenumbers.SUPPORTED_REGIONS)
        if unknown:
            raise ValueError(
                f"{', '.join(unknown)}: not a country code of ISO 3166-1 with telephones"
            )
        return value


def digits_of(address: str) -> str | None:
    """Return the digits of a telephone number in E.164, None where the address is none.

    A prefix such as ``whatsapp:`` is left out; names and short codes are no telephone numbers.
    """
    bare = address.rpartition(":")[2].strip()
    digits = bare.removeprefix("+")
    if not digits.isascii() or not digits.isdigit() or len(digits) < SHORTEST_NUMBER:
        return None
    return digits


def country_of(address: str) -> str | None:
    """Return the country of a number (ISO 3166-1), None where it has none."""
    digits = digits_of(address)
    if digits is None:
        return None
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.region_code_for_number(number) or None


def scopes_of(contact_id: str, address: str) -> list[Scope]:
    """Return what a message to this address is counted under."""
    scopes = [Scope("total", ""), Scope("sender", contact_id)]
    digits = digits_of(address)
    if digits is not None:
        scopes += [
            Scope("prefix", digits[: min(PREFIX_DIGITS, len(digits) - UNSEEN_DIGITS)]),
            Scope("country", country_of(address) or "unknown"),
        ]
    return scopes


def full_scope(  # noqa: PLR0913, PLR0917 - one value each
    tx: Tx,
    limits: LimitSettings,
    contact_id: str,
    address: str,
    now: datetime,
    kinds: frozenset[str],
) -> str | None:
    """Return the first of these kinds of scopes whose segments of the day are used up."""
    most = {
        "total": limits.total_segments_day,
        "country": limits.country_segments_day,
        "prefix": limits.prefix_segments_day,
        "sender": limits.sender_segments_day,
    }
    for scope in scopes_of(contact_id, address):
        if scope.kind in kinds and usage.used(tx, scope, now).segments >= most[scope.kind]:
            return scope.kind
    return None
