"""Whether a webhook call was signed by Twilio with one of our tokens."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator


class SignatureChecker:
    """Checks `X-Twilio-Signature` against the configured public address, never the Host header.

    Args:
        public_base_url: scheme and host as Twilio calls us, without a trailing slash.
        tokens: auth tokens that may have signed; two while one is being rotated.
    """

    def __init__(self, public_base_url: str, tokens: Sequence[str]) -> None:
        """Make one validator a token."""
        self._base = public_base_url.rstrip("/")
        self._validators = [RequestValidator(token) for token in tokens]

    def genuine(
        self, path: str, query: str, form: ImmutableMultiDict[str, str], signature: str | None
    ) -> bool:
        """Return whether `signature` is right for this call; every oddity means no."""
        if not signature or not signature.isascii():
            return False
        url = f"{self._base}{path}" + (f"?{query}" if query else "")
        try:
            # All tokens are tried, so that the time taken does not tell which one fits.
            return any([v.validate(url, form, signature) for v in self._validators])
        except (ValueError, TypeError):
            # The library raises these for addresses and forms it cannot put together.
            return False
