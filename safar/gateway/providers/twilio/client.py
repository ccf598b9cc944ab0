"""Twilio's own client for the configured account, with limits of time and quiet logs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from safar.settings import Settings

LONGEST_WAIT = timedelta(minutes=10)
"""Longest that is waited because Twilio says so."""
_CONNECT_SECONDS = 5.0


class TimedHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's transport, which gives up in time and knows how long it was asked to wait.

    Args:
        seconds: longest wait for an answer; a connection is waited for five seconds at most.
    """

    def __init__(self, seconds: float) -> None:
        """Make the transport; nothing is connected to yet."""
        super().__init__()
        # Without a limit the client waits for ever, and a lease with it. The library only hands
        # this on to requests, which takes a pair; the check in its own constructor would not.
        self.timeout = (min(_CONNECT_SECONDS, seconds), seconds)
        # One client serves several threads, and each asks about its own last answer.
        self._last = threading.local()

    def request(self, *args: Any, **kwargs: Any) -> Response:
        """Make a request within the limits; see `twilio.http.HttpClient.request`."""
        self._last.headers = {}
        response = super().request(*args, **kwargs)
        self._last.headers = dict(response.headers or {})
        return response

    def retry_after(self, now: datetime) -> timedelta | None:
        """Return how long this thread's last answer asked to wait, None where it did not."""
        return retry_after(getattr(self._last, "headers", {}), now)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read ``Retry-After``: seconds or a date (RFC 9110), 10 minutes at most, None if neither."""
    by_name = {str(name).lower(): str(value).strip() for name, value in headers.items()}
    given = by_name.get("retry-after", "")
    try:
        if given.isascii() and given.isdigit():
            wait = timedelta(seconds=int(given[:9]))
        else:
            wait = parsedate_to_datetime(given) - now
    except (TypeError, ValueError, OverflowError):
        return None
    return None if wait < timedelta() else min(wait, LONGEST_WAIT)


def make_client(settings: Settings) -> Client:
    """Return Twilio's client for the configured account; nothing is sent yet."""
    # What is below the client logs addresses with numbers in them, some of it as a warning.
    for name in ("twilio.http_client", "urllib3", "urllib3.connectionpool"):
        logging.getLogger(name).setLevel(logging.ERROR)
    user = settings.twilio_api_key_sid or settings.twilio_account_sid
    secret = settings.twilio_api_key_secret or next(iter(settings.twilio_auth_tokens), "")
    client = Client(
        user,
        secret,
        settings.twilio_account_sid,
        http_client=TimedHttpClient(settings.twilio_timeout_seconds),
    )
    if settings.twilio_api_base_url:
        client.api.base_url = settings.twilio_api_base_url.rstrip("/")
    return client
