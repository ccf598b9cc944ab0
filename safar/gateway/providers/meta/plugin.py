"""Meta's WhatsApp Cloud API as a provider of Safar."""

from __future__ import annotations

from collections.abc import Iterator

from safar.gateway.providers.base import Provider
from safar.gateway.providers.meta.payload import NAME
from safar.gateway.providers.meta.settings import MetaSettings
from safar.gateway.providers.plugin import Finding, Plugin, Surroundings
from safar.settings import Settings


def _configured(_settings: Settings) -> bool:
    return MetaSettings().complete


def _provider(_surroundings: Surroundings) -> Provider:
    from safar.gateway.providers.meta.provider import MetaProvider  # noqa: PLC0415 - httpx

    return MetaProvider(MetaSettings())


def _routes(surroundings: Surroundings) -> object:
    from safar.gateway.providers.meta.routes import meta_routes  # noqa: PLC0415

    return meta_routes(surroundings, MetaSettings())


def _doctor(settings: Settings) -> Iterator[Finding]:
    base = settings.public_base_url.rstrip("/") or "https://YOUR-HOST"
    yield Finding("meta webhook", "ok", f"{base}/webhooks/meta is the address to set there.")
    if not MetaSettings().templates:
        yield Finding(
            "meta templates",
            "warning",
            "None is set, so nobody can be reached on WhatsApp 24 hours after their last message.",
        )


PLUGIN = Plugin(
    name=NAME,
    configured=_configured,
    provider=_provider,
    routes=_routes,
    doctor=_doctor,
    templates=lambda _: MetaSettings().templates.keys(),
)
