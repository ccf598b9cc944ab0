"""SMPP connections as a provider of Safar."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence

from safar.gateway.providers.base import Provider
from safar.gateway.providers.plugin import Errand, Finding, Plugin, Surroundings
from safar.settings import Settings

NAME = "smpp"
_TIDY_EVERY = 6 * 3600.0


def _configured(_settings: Settings) -> bool:
    from safar.gateway.providers.smpp.settings import SmppSettings  # noqa: PLC0415

    return SmppSettings().complete


def _provider(surroundings: Surroundings) -> Provider:
    from safar.gateway.providers.smpp.settings import SmppSettings  # noqa: PLC0415

    if importlib.util.find_spec("smpplib") is None:
        raise ModuleNotFoundError("smpplib is not installed. Install it with: make extras")
    from safar.gateway.providers.smpp.provider import SmppProvider  # noqa: PLC0415

    return SmppProvider(surroundings, SmppSettings())


def _errands(surroundings: Surroundings) -> Sequence[Errand]:
    from safar.gateway.providers.smpp.incoming import Incoming  # noqa: PLC0415
    from safar.gateway.providers.smpp.sent import SentParts  # noqa: PLC0415
    from safar.gateway.providers.smpp.settings import SmppSettings  # noqa: PLC0415

    settings = SmppSettings()
    incoming = Incoming(surroundings, settings)
    sent = SentParts(
        surroundings.database, surroundings.keyring, surroundings.clock, settings.addresses
    )
    return (Errand("smpp.tidy", _TIDY_EVERY, lambda: incoming.forget_old() + sent.forget_old()),)


def _doctor(_settings: Settings) -> Iterable[Finding]:
    from safar.gateway.providers.smpp.doctor import findings  # noqa: PLC0415
    from safar.gateway.providers.smpp.settings import SmppSettings  # noqa: PLC0415

    return findings(SmppSettings())


PLUGIN = Plugin(
    name=NAME,
    configured=_configured,
    provider=_provider,
    errands=_errands,
    doctor=_doctor,
)
