"""Twilio as a provider of Safar."""

from __future__ import annotations

from safar.gateway.providers.base import Provider
from safar.gateway.providers.plugin import Plugin, Surroundings
from safar.gateway.providers.twilio.inbound import NAME
from safar.settings import Settings


def _configured(settings: Settings) -> bool:
    return bool(settings.twilio_account_sid and settings.twilio_auth_tokens)


def _provider(surroundings: Surroundings) -> Provider:
    # The client takes half a second to import, which the web process need not wait for.
    from safar.gateway.providers.twilio.provider import TwilioProvider  # noqa: PLC0415

    return TwilioProvider(surroundings.settings)


def _routes(surroundings: Surroundings) -> object:
    if not surroundings.settings.public_base_url:
        return None
    from safar.gateway.providers.twilio.routes import twilio_routes  # noqa: PLC0415

    return twilio_routes(surroundings)


PLUGIN = Plugin(name=NAME, configured=_configured, provider=_provider, routes=_routes)
