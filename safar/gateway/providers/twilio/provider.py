"""Sending through Twilio's own client, with its errors as ours."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import requests
import structlog
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from safar.gateway.providers.base import (
    Capabilities,
    ContentError,
    ExpiredError,
    OutboundMessage,
    SendError,
    SendResult,
    TransientSendError,
    UnknownOutcomeError,
)
from safar.gateway.providers.twilio.errors import TEMPLATE_REFUSED, error_of
from safar.gateway.providers.twilio.inbound import NAME
from safar.gateway.providers.twilio.whatsapp import button_fields, one_line, template_fields
from safar.settings import Settings

STATUS_PATH = "/webhooks/twilio/status"
LONGEST_BODY = 1600
"""Characters of a text on any channel (Twilio's error 21617)."""
_LISTED = 200
_PARALLEL = 4
_LONGEST_WAIT = timedelta(minutes=10)
_REFUSED = (TwilioRestException, TwilioServiceException)
_UNREADABLE = (TwilioException, ValueError, TypeError, AttributeError)
"""What the client raises over an answer it cannot read, such as a proxy's page."""

Clock = Callable[[], datetime]

_log = structlog.get_logger(__name__)


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def make_client(settings: Settings) -> Client:
    """Return Twilio's client for the configured account; nothing is sent yet."""
    # The client and what is below it log requests with their parameters at DEBUG: numbers, texts.
    for name in ("twilio.http_client", "urllib3.connectionpool"):
        logging.getLogger(name).setLevel(logging.WARNING)
    user = settings.twilio_api_key_sid or settings.twilio_account_sid
    secret = settings.twilio_api_key_secret or next(iter(settings.twilio_auth_tokens), "")
    client = Client(
        user,
        secret,
        settings.twilio_account_sid,
        # Without a limit the client waits for ever, and a lease with it.
        http_client=TwilioHttpClient(timeout=settings.twilio_timeout_seconds),
    )
    if settings.twilio_api_base_url:
        client.api.base_url = settings.twilio_api_base_url.rstrip("/")
    return client


class TwilioProvider:
    """One Twilio account, over SMS and WhatsApp."""

    name = NAME
    capabilities = Capabilities(
        channels=frozenset({"sms", "whatsapp"}),
        can_find=True,
        status_callbacks=True,
        parallel=_PARALLEL,
    )

    def __init__(self, settings: Settings, clock: Clock = _utc_now) -> None:
        """Make the client; nothing is sent yet."""
        self._client = make_client(settings)
        self._settings, self._clock = settings, clock
        base = settings.public_base_url.rstrip("/")
        self._callback = base + STATUS_PATH if base else ""

    def send(self, message: OutboundMessage) -> SendResult:
        """Send one message; see `Provider.send` for the errors."""
        if len(message.body) > LONGEST_BODY:
            raise ContentError("21617")
        fields = self._common(message)
        if message.channel == "whatsapp" and message.window_open is False:
            return self._create(fields | template_fields(message, self._settings.twilio_templates))
        if message.channel == "whatsapp" and message.choices:
            buttons = button_fields(message, self._settings.twilio_quick_replies)
            if buttons is not None:
                try:
                    return self._create(fields | buttons)
                except ContentError as error:
                    if int(error.code) not in TEMPLATE_REFUSED:
                        raise
                    # Refused, so surely not sent: the same words without buttons still help.
                    _log.error("twilio.buttons_refused", error_code=error.code)
        return self._create(fields | {"body": message.body})

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        """Look for a message in the account's list; see `Provider.find`.

        The list is not filtered by date, since what has not left yet has no date of sending.
        """
        try:
            listed = self._client.messages.stream(to=message.to, page_size=50, limit=_LISTED)
            for found in listed:
                if found.date_created is not None and found.date_created < since:
                    break
                if _is_same(found, message):
                    return SendResult(str(found.sid), str(found.status))
        except _REFUSED as error:
            raise _typed(error) from None
        except (requests.RequestException, *_UNREADABLE):
            raise UnknownOutcomeError("list_unreadable") from None
        return None

    def _common(self, message: OutboundMessage) -> dict[str, Any]:
        """Return the fields that every message has."""
        fields: dict[str, Any] = {"to": message.to, "validity_period": self._validity(message)}
        service = self._settings.twilio_messaging_service_sid
        if service and message.channel == "sms":
            fields["messaging_service_sid"] = service
        else:
            fields["from_"] = message.from_
        if self._callback:
            fields["status_callback"] = f"{self._callback}?outbox={message.callback_id}"
        return fields

    def _validity(self, message: OutboundMessage) -> int:
        """Return the seconds that Twilio may take: what arrives later is of no use."""
        longest = self._settings.twilio_validity_seconds
        if message.expires_at is None:
            return longest
        left = int((message.expires_at - self._clock()).total_seconds())
        if left < 1:
            raise ExpiredError("expired")
        return min(left, longest)

    def _create(self, fields: dict[str, Any]) -> SendResult:
        try:
            created = self._client.messages.create(**fields)
        except _REFUSED as error:
            raise _typed(error) from None
        except requests.RequestException as error:
            raise _connection(error) from None
        except _UNREADABLE:
            raise UnknownOutcomeError("unreadable_answer") from None
        if not created.sid:
            raise UnknownOutcomeError("unreadable_answer")
        return SendResult(str(created.sid), str(created.status or "accepted"))


def _is_same(found: Any, message: OutboundMessage) -> bool:
    if found.sid in message.taken_ids or not str(found.direction).startswith("outbound"):
        return False
    body = str(found.body or "")
    if body == message.body:
        return True
    # Of a template the list may show the whole text, in which ours stands on one line, or none.
    # One conversation's texts go one by one, so what is new to this person is this one.
    as_template = message.window_open is False or bool(message.choices)
    return as_template and (not body or one_line(message.body) in " ".join(body.split()))


def _typed(error: TwilioRestException | TwilioServiceException) -> SendError:
    return error_of(int(error.status), int(error.code or 0), _retry_after(error))


def _retry_after(error: TwilioRestException | TwilioServiceException) -> timedelta | None:
    """Return how long Twilio asks us to wait, where the client hands that on."""
    headers = getattr(error, "headers", None) or {}
    given = {str(name).lower(): value for name, value in dict(headers).items()}.get("retry-after")
    try:
        wait = timedelta(seconds=float(given)) if given is not None else None
    except (TypeError, ValueError, OverflowError):
        return None
    return None if wait is None or wait < timedelta() else min(wait, _LONGEST_WAIT)


def _connection(error: requests.RequestException) -> TransientSendError | UnknownOutcomeError:
    """Tell "nobody was there" from "somebody may have heard": only the first is surely not sent."""
    if isinstance(error, requests.ConnectTimeout):
        return TransientSendError("connect_timeout")
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(reason, NewConnectionError | ConnectTimeoutError | NameResolutionError):
        return TransientSendError("no_connection")
    return UnknownOutcomeError("answer_lost")
