"""What `safar doctor` can say of an SMPP connection without opening it."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator

from safar.gateway.providers.plugin import Finding
from safar.gateway.providers.smpp.settings import SmppSettings

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def findings(settings: SmppSettings) -> Iterator[Finding]:
    """Yield what can be said about the settings; how the connection does is in the store."""
    if importlib.util.find_spec("smpplib") is None:
        yield Finding(
            "smpp library", "error", "smpplib is not installed. Install it with: make extras"
        )
    else:
        yield Finding("smpp library", "ok", "smpplib is there.")
    if not settings.password.get_secret_value():
        yield Finding("smpp password", "warning", "SAFAR_SMPP_PASSWORD is not set.")
    if not settings.tls and settings.host not in _LOCAL:
        yield Finding(
            "smpp encryption",
            "warning",
            "SAFAR_SMPP_TLS is not set: what people write can be read on the way, unless the"
            " connection runs through a tunnel.",
        )
    if settings.tls_ca and not os.access(settings.tls_ca, os.R_OK):
        yield Finding("smpp certificate", "error", "The file in SAFAR_SMPP_TLS_CA cannot be read.")
    if not settings.country:
        yield Finding(
            "smpp numbers",
            "warning",
            "SAFAR_SMPP_COUNTRY is not set. Where the carrier writes numbers of its own country"
            " without the country code, a person may be taken for two.",
        )
