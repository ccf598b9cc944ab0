"""What `safar doctor` says of the Twilio account, from its settings alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from safar.gateway.providers.plugin import Finding
from safar.gateway.providers.twilio.numbers import sms_numbers, whatsapp_numbers
from safar.gateway.providers.twilio.whatsapp import MOST_BUTTONS
from safar.settings import Settings

WEBHOOK = "/webhooks/twilio/message#rc=3&rp=all&rt=4000&tt=15000"
FALLBACK = "/webhooks/twilio/fallback#rc=3&rp=all"
_NUMBER = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_CONTENT = re.compile(r"HX[0-9a-fA-F]{32}", re.ASCII)
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}", re.ASCII)
_BUTTONS = frozenset(str(number) for number in range(1, MOST_BUTTONS + 1))


def findings(settings: Settings) -> Iterator[Finding]:
    """Return what was looked at; nothing is sent."""
    yield from _account(settings)
    yield _webhook(settings.public_base_url)
    yield from _numbers(settings)
    yield from _contents(settings)
    if settings.twilio_obeys_stop:
        yield Finding(
            "twilio opt-out",
            "warning",
            "Twilio refuses numbers that sent STOP, in danger too. See docs/operators/gateway.md.",
        )


def _account(settings: Settings) -> Iterator[Finding]:
    if not _ACCOUNT.fullmatch(settings.twilio_account_sid):
        yield Finding(
            "twilio account",
            "error",
            "SAFAR_TWILIO_ACCOUNT_SID is AC and 32 hexadecimal digits: copy it from the console.",
        )
    key, secret = settings.twilio_api_key_sid, settings.twilio_api_key_secret
    if bool(key) != bool(secret):
        yield Finding(
            "twilio account",
            "error",
            "Set both SAFAR_TWILIO_API_KEY_SID and SAFAR_TWILIO_API_KEY_SECRET, or neither.",
        )
    elif not key and not settings.twilio_auth_tokens:
        yield Finding(
            "twilio account",
            "error",
            "Nothing can be sent: set SAFAR_TWILIO_API_KEY_SID and SAFAR_TWILIO_API_KEY_SECRET.",
        )


def _webhook(address: str) -> Finding:
    try:
        parts = urlsplit(address)
        more = (parts.query, parts.fragment, parts.username, parts.password)
        usable = parts.scheme == "https" and bool(parts.hostname) and not any(more)
        usable = usable and parts.port in {None, 443}
    except ValueError:
        usable = False
    if not usable:
        return Finding(
            "twilio webhook",
            "error",
            "SAFAR_PUBLIC_BASE_URL must be the https address that Twilio calls, such as"
            " https://gateway.example.org, and nothing more; without it nothing can come in.",
        )
    base = address.rstrip("/")
    return Finding(
        "twilio webhook",
        "ok",
        f"{base}{WEBHOOK} is the address to set there, and {base}{FALLBACK} the fallback's.",
    )


def _numbers(settings: Settings) -> Iterator[Finding]:
    by_sms, by_whatsapp = sms_numbers(settings), whatsapp_numbers(settings)
    for variable, numbers in (
        ("SAFAR_TWILIO_SMS_FROM", by_sms),
        ("SAFAR_TWILIO_WHATSAPP_FROM", by_whatsapp),
    ):
        if not all(_NUMBER.fullmatch(number.removeprefix("whatsapp:")) for number in numbers):
            yield Finding(
                "twilio numbers",
                "error",
                f"{variable} is no number such as +15551234567, or numbers with commas between.",
            )
    if not by_sms and not by_whatsapp:
        yield Finding(
            "twilio numbers",
            "warning",
            "Name yours in SAFAR_TWILIO_SMS_FROM or SAFAR_TWILIO_WHATSAPP_FROM, so that only"
            " messages to them are fetched when a webhook was lost.",
        )
    elif settings.twilio_messaging_service_sid and not by_sms:
        yield Finding(
            "twilio numbers",
            "warning",
            "Name the numbers of your Messaging Service in SAFAR_TWILIO_SMS_FROM; until then"
            " messages to any number of the account are fetched when a webhook was lost.",
        )


def _contents(settings: Settings) -> Iterator[Finding]:
    templates, buttons = settings.twilio_templates, settings.twilio_quick_replies
    if not all(map(_CONTENT.fullmatch, (*templates.values(), *buttons.values()))):
        yield Finding(
            "twilio templates",
            "error",
            "SAFAR_TWILIO_TEMPLATES and SAFAR_TWILIO_QUICK_REPLIES hold ContentSids: HX and 32"
            " hexadecimal digits.",
        )
    if not set(buttons) <= _BUTTONS:
        yield Finding(
            "twilio buttons",
            "error",
            "SAFAR_TWILIO_QUICK_REPLIES is keyed by the number of buttons: 1, 2 and 3.",
        )
    if not settings.twilio_whatsapp_from:
        return
    if not templates:
        yield Finding(
            "twilio templates",
            "warning",
            "None is set, so nobody can be reached on WhatsApp 24 hours after their last message.",
        )
    elif "en" not in templates:
        yield Finding(
            "twilio templates",
            "warning",
            f"There is one for {', '.join(sorted(templates))} only: name one for en, which stands"
            " in for all other languages.",
        )
    else:
        yield Finding("twilio templates", "ok", f"set for {', '.join(sorted(templates))}.")
    if buttons:
        yield Finding("twilio buttons", "ok", f"set for {', '.join(sorted(buttons))} options.")
    else:
        yield Finding(
            "twilio buttons", "ok", "none are set: options go as numbered lines of the text."
        )
