"""Notices by webhook: a signed call of an address that a desk named."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Final

import httpx

from safar.cases.notices.errors import NotSentError, NotSetUpError, RefusedError
from safar.cases.notices.notice import Notice
from safar.cases.notices.settings import NoticeSettings

SIGNATURE: Final = "Safar-Signature"
_GONE: Final = 410
_NO_LONGER_THAN: Final = 3600.0


class WebhookWay:
    """Calls each address for itself; what it answers is not read, only its status."""

    name = "webhook"

    def __init__(self, settings: NoticeSettings, clock: Callable[[], datetime]) -> None:
        """Take the settings; nobody is called before there is something to send."""
        self._settings = settings
        self._clock = clock
        self._client: httpx.Client | None = None

    def send(self, notice: Notice, address: str) -> None:
        """Call a webhook.

        Raises:
            RefusedError: It is gone, or leads elsewhere: nobody else is told in its place.
            NotSentError: It did not take it, or its answer was lost.
        """
        secret = self._settings.webhook_secret.get_secret_value()
        if not secret:
            raise NotSetUpError
        body = json.dumps(notice.as_data(), sort_keys=True).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Safar",
            "Idempotency-Key": notice.key,
            SIGNATURE: signature(secret, self._clock(), body),
        }
        try:
            with self._caller().stream("POST", address, content=body, headers=headers) as answer:
                _heed(answer)
        except httpx.ConnectError as error:
            raise NotSentError("unreached") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotSentError("lost") from error

    def _caller(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(
                timeout=self._settings.timeout_seconds,
                follow_redirects=False,
                # A proxy named in the environment must not read what staff are told.
                trust_env=False,
                # Notices are few: a connection kept would mostly be one that was closed meanwhile.
                limits=httpx.Limits(max_keepalive_connections=0),
            )
        return self._client


def signature(secret: str, now: datetime, body: bytes) -> str:
    """Return the signature of a call: its time, and an HMAC-SHA256 over time and body."""
    at = int(now.timestamp())
    sealed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={sealed.hexdigest()}"


def _heed(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    code = f"http_{answer.status_code}"
    if answer.is_redirect or answer.status_code == _GONE:
        raise RefusedError(code)
    raise NotSentError(code, _asked_to_wait(answer))


def _asked_to_wait(answer: httpx.Response) -> float:
    wanted = answer.headers.get("retry-after", "")
    return min(float(wanted), _NO_LONGER_THAN) if wanted.isascii() and wanted.isdigit() else 0.0
