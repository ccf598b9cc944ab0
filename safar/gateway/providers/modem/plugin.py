"""GSM modems as a provider of Safar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from safar.gateway.providers.base import Provider
from safar.gateway.providers.modem.advice import advice
from safar.gateway.providers.plugin import Errand, Finding, Plugin, Surroundings
from safar.settings import Settings

NAME = "modem"
_TIDY_EVERY = 6 * 3600.0


def _configured(_settings: Settings) -> bool:
    from safar.gateway.providers.modem.settings import ModemSettings  # noqa: PLC0415

    return bool(ModemSettings().devices)


def _provider(surroundings: Surroundings) -> Provider:
    from safar.gateway.providers.modem.provider import ModemProvider  # noqa: PLC0415
    from safar.gateway.providers.modem.settings import ModemSettings  # noqa: PLC0415

    return ModemProvider(surroundings, ModemSettings())


def _errands(surroundings: Surroundings) -> Sequence[Errand]:
    from safar.gateway.providers.modem.incoming import Incoming  # noqa: PLC0415
    from safar.gateway.providers.modem.outgoing import SentParts  # noqa: PLC0415
    from safar.gateway.providers.modem.settings import ModemSettings  # noqa: PLC0415

    incoming = Incoming(surroundings, ModemSettings())
    sent = SentParts(surroundings.database, surroundings.keyring, surroundings.clock)
    return (Errand("modem.tidy", _TIDY_EVERY, lambda: incoming.forget_old() + sent.forget_old()),)


def _doctor(_settings: Settings) -> Iterable[Finding]:
    from safar.gateway.providers.modem.doctor import findings  # noqa: PLC0415
    from safar.gateway.providers.modem.settings import ModemSettings  # noqa: PLC0415

    return findings(ModemSettings())


PLUGIN = Plugin(
    name=NAME,
    configured=_configured,
    provider=_provider,
    errands=_errands,
    doctor=_doctor,
    advice=advice,
)
