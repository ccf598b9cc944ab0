"""Addresses with their type (TON) and numbering plan (NPI), as ours and as the protocol's."""

from __future__ import annotations

from typing import NamedTuple

import phonenumbers

from safar.gateway.providers.smpp.settings import SmppSettings
from safar.gateway.sms.numbers import destination, written

_UNKNOWN, _INTERNATIONAL, _NETWORK, _ALPHANUMERIC = 0, 1, 3, 5
_NO_PLAN, _TELEPHONE = 0, 1
_SHORTEST_NUMBER = 7
_NOBODY = "unknown"


class Address(NamedTuple):
    """An address as it stands in a PDU."""

    ton: int
    npi: int
    digits: str


def to_person(address: str) -> Address:
    """Return the address of a person.

    Raises:
        RecipientError: It is a name, a short code, or a number that costs extra.
    """
    number = destination(address)
    return Address(_INTERNATIONAL if number[0] == "+" else _UNKNOWN, _TELEPHONE, number.lstrip("+"))


def from_us(address: str, settings: SmppSettings) -> Address:
    """Return an address of ours, its type told by its form unless an operator says otherwise."""
    digits = address.removeprefix("+")
    if not digits.isdigit():
        ton, npi = _ALPHANUMERIC, _NO_PLAN
    elif address.startswith("+") or len(digits) >= _SHORTEST_NUMBER:
        ton, npi = _INTERNATIONAL, _TELEPHONE
    else:
        ton, npi = _NETWORK, _NO_PLAN
    return Address(
        ton if settings.source_ton is None else settings.source_ton,
        npi if settings.source_npi is None else settings.source_npi,
        digits,
    )


def of_sender(address: Address, country: str) -> str:
    """Return a sender as an answer is addressed: E.164 where that can be known.

    A name stays one, digits and all: anybody may call themselves a number, and nobody can be
    reached by it.
    """
    text = address.digits.strip()
    if not text:
        return _NOBODY
    bare = text.removeprefix("+")
    if address.ton == _ALPHANUMERIC:
        return f"name {text}" if bare.isdigit() else text
    if not (bare.isascii() and bare.isdigit()) or text.startswith("+"):
        return text
    if address.ton == _INTERNATIONAL:
        return f"+{bare}"
    national = written(bare, country)
    if national.startswith("+"):
        return national
    # Most carriers leave the type open and write the country's code all the same.
    return f"+{bare}" if _is_valid(f"+{bare}") else bare


def _is_valid(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def of_ours(address: Address, settings: SmppSettings) -> str:
    """Return the address of ours that was written to, as an operator has named it."""
    digits = address.digits.strip().removeprefix("+")
    for own in settings.addresses:
        if own.removeprefix("+") == digits:
            return own
    return digits or settings.addresses[0]


def sender_for(from_: str, settings: SmppSettings) -> str:
    """Return the address of ours that a message goes out from."""
    return from_ if from_ in settings.addresses else settings.addresses[0]
