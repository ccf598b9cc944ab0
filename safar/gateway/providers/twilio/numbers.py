"""Our own numbers at Twilio, as an operator has named them."""

from __future__ import annotations

from safar.gateway.providers.twilio.inbound import WHATSAPP
from safar.settings import Settings


def sms_numbers(settings: Settings) -> tuple[str, ...]:
    """Return the numbers people write SMS to; there may be several, with commas between."""
    return _split(settings.twilio_sms_from)


def whatsapp_numbers(settings: Settings) -> tuple[str, ...]:
    """Return the WhatsApp senders in Twilio's form, such as ``whatsapp:+15551234567``."""
    named = _split(settings.twilio_whatsapp_from)
    return tuple(WHATSAPP + number.removeprefix(WHATSAPP) for number in named)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
