"""Twilio as a provider of Safar."""

from __future__ import annotations

from collections.abc import Sequence

from safar.gateway.providers.base import Provider
from safar.gateway.providers.plugin import Errand, Plugin, Surroundings
from safar.gateway.providers.twilio.doctor import findings
from safar.gateway.providers.twilio.inbound import NAME
from safar.settings import Settings


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


PLUGIN = Plugin(
    name=NAME,
    configured=_configured,
    provider=_provider,
    routes=_routes,
    errands=_errands,
    doctor=findings,
    templates=lambda settings: settings.twilio_templates.keys(),
)
