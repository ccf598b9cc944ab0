"""Which addresses may be sent to by SMS, and how the addresses that come in are written."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumberType

from safar.gateway.providers.base import RecipientError

_SHORTEST, _LONGEST = 7, 15
_DIGITS = re.compile(rf"\+?[0-9]{{{_SHORTEST},{_LONGEST}}}")
_TAIL = 8
_DEAR = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN})


def destination(address: str) -> str:
    """Return the number to dial for an address.

    Raises:
        RecipientError: It is a name, a short code, a code for the network, or costs extra. None
            of them is a person's phone, and an answer could be dear or do something.
    """
    if not _DIGITS.fullmatch(address) or not address.isascii():
        raise RecipientError("not_a_phone_number", "This address is no phone number.")
    if address.startswith("+"):
        try:
            number = phonenumbers.parse(address)
        except phonenumbers.NumberParseException:
            raise RecipientError(
                "not_a_phone_number", "This is no number of any country."
            ) from None
        if not phonenumbers.is_possible_number(number):
            raise RecipientError("not_a_phone_number", "This number has a wrong length.")
        if phonenumbers.number_type(number) in _DEAR:
            raise RecipientError("premium_number", "Messages to this number cost extra.")
    return address


def written(address: str, country: str) -> str:
    """Return a sender's address in one form: E.164 where that can be known.

    Args:
        address: As the network gave it; may be a name.
        country: ISO 3166-1 code by which a national number is completed, or empty.
    """
    bare = address.strip()
    if not country or bare.startswith("+") or not _DIGITS.fullmatch(bare):
        return bare or "unknown"
    try:
        number = phonenumbers.parse(bare, country)
    except phonenumbers.NumberParseException:
        return bare
    if not phonenumbers.is_valid_number(number):
        return bare
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def tail(address: str) -> str:
    """Return the last digits, by which a report is matched: its number may lack the country."""
    return "".join(filter(str.isdigit, address))[-_TAIL:]
