"""The simulated phone as a provider of Safar."""

from __future__ import annotations

from safar.gateway.providers.base import Provider
from safar.gateway.providers.plugin import Plugin, Surroundings
from safar.gateway.providers.simulator.provider import NAME, SimulatorProvider
from safar.settings import Settings


def _configured(settings: Settings) -> bool:
    return settings.simulator


def _provider(_surroundings: Surroundings) -> Provider:
    return SimulatorProvider()


def _routes(surroundings: Surroundings) -> object:
    from safar.gateway.providers.simulator.routes import simulator_routes  # noqa: PLC0415

    return simulator_routes(surroundings)


PLUGIN = Plugin(
    name=NAME,
    configured=_configured,
    provider=_provider,
    routes=_routes,
    templates=lambda _: None,
)
