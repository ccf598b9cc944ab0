"""Twilio as a provider of Safar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from safar.gateway.limits import digits_of
from safar.gateway.providers.base import Provider
from safar.gateway.providers.plugin import Errand, Finding, Plugin, Surroundings
from safar.gateway.providers.twilio.inbound import NAME
from safar.settings import Settings

WEBHOOK = "/webhooks/twilio/message#rc=3&rp=all&rt=4000&tt=15000"


def _configured(settings: Settings) -> bool:
    return bool(settings.twilio_account_sid and _secrets(settings))


def _secrets(settings: Settings) -> tuple[str, ...]:
    if settings.twilio_signature == "shared_key":
        return settings.twilio_shared_keys
    return settings.twilio_auth_tokens


def _provider(surroundings: Surroundings) -> Provider:
    # The client takes half a second to import, which the web process need not wait for.
    from safar.gateway.providers.twilio.provider import TwilioProvider  # noqa: PLC0415

    return TwilioProvider(surroundings.settings, surroundings.clock)


def _routes(surroundings: Surroundings) -> object:
    if not surroundings.settings.public_base_url:
        return None
    from safar.gateway.providers.twilio.routes import twilio_routes  # noqa: PLC0415

    return twilio_routes(surroundings)


def _errands(surroundings: Surroundings) -> Sequence[Errand]:
    def fetch() -> int:
        from safar.gateway.providers.twilio.reconcile import reconcile  # noqa: PLC0415

        return reconcile(surroundings)

    every = surroundings.settings.twilio_reconcile_seconds
    return (Errand("twilio_reconcile", every, fetch),)


def _doctor(settings: Settings) -> Iterator[Finding]:
    base = settings.public_base_url.rstrip("/")
    if not base.startswith("https://"):
        yield Finding(
            "twilio webhook",
            "error",
            "SAFAR_PUBLIC_BASE_URL must be the https address that Twilio calls; without it"
            " nothing can come in.",
        )
    else:
        yield Finding("twilio webhook", "ok", f"set it to {base}{WEBHOOK}")
    numbers = {
        "SAFAR_TWILIO_SMS_FROM": settings.twilio_sms_from,
        "SAFAR_TWILIO_WHATSAPP_FROM": settings.twilio_whatsapp_from,
    }
    for variable, number in numbers.items():
        if number and (digits_of(number) is None or "+" not in number):
            yield Finding(
                "twilio numbers", "error", f"{variable} is no number such as +15551234567."
            )
    if not any(numbers.values()):
        yield Finding(
            "twilio numbers",
            "warning",
            "Name yours in SAFAR_TWILIO_SMS_FROM or SAFAR_TWILIO_WHATSAPP_FROM, so that only"
            " messages to them are fetched when a webhook was lost.",
        )
    if settings.twilio_whatsapp_from and not settings.twilio_templates:
        yield Finding(
            "twilio templates",
            "warning",
            "None is set, so nobody can be reached on WhatsApp 24 hours after their last message.",
        )
    if settings.twilio_obeys_stop:
        yield Finding(
            "twilio opt-out",
            "warning",
            "Twilio refuses numbers that sent STOP, in danger too. See docs/operators/gateway.md.",
        )


PLUGIN = Plugin(
    name=NAME,
    configured=_configured,
    provider=_provider,
    routes=_routes,
    errands=_errands,
    doctor=_doctor,
)
