"""Whether a webhook call was signed by Twilio with one of our tokens."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urldefrag

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator

from safar.settings import Settings


class SignatureChecker:
    """Checks `X-Twilio-Signature` against the configured public address, never the Host header.

    Args:
        public_base_url: scheme and host as Twilio calls us. What stands behind a ``#`` tells
            Twilio how to call, and is not signed.
        secrets: auth tokens or shared keys that may have signed; two while one is being rotated.
        algorithm: ``HMAC_SHA1`` for auth tokens, ``HMAC_SHA256`` for shared keys. What a call
            says of it in a header is not looked at: whoever forges one would choose.
    """

    def __init__(
        self, public_base_url: str, secrets: Sequence[str], algorithm: str = HMAC_SHA1
    ) -> None:
        """Make one validator a secret."""
        self._base = urldefrag(public_base_url).url.rstrip("/")
        self._validators = [RequestValidator(secret) for secret in secrets]
        self._algorithm = algorithm

    @classmethod
    def of(cls, settings: Settings) -> SignatureChecker:
        """Return the checker that an operator has configured."""
        if settings.twilio_signature == "shared_key":
            return cls(settings.public_base_url, settings.twilio_shared_keys, HMAC_SHA256)
        return cls(settings.public_base_url, settings.twilio_auth_tokens)

    def genuine(
        self, path: str, query: str, form: ImmutableMultiDict[str, str], signature: str | None
    ) -> bool:
        """Return whether `signature` is right for this call; every oddity means no."""
        if not signature or not signature.isascii():
            return False
        url = f"{self._base}{path}" + (f"?{query}" if query else "")
        try:
            # All tokens are tried, so that the time taken does not tell which one fits.
            return any(
                [v.validate(url, form, signature, self._algorithm) for v in self._validators]
            )
        except (ValueError, TypeError):
            # The library raises these for addresses and forms it cannot put together.
            return False
