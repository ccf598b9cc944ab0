"""Sending through Twilio's own client, with its errors as ours."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import requests
from twilio.base import values
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from safar.gateway.providers.base import (
    Capabilities,
    ChannelPausedError,
    OutboundMessage,
    PermanentSendError,
    SendResult,
    TransientSendError,
    UnknownOutcomeError,
)
from safar.gateway.providers.twilio.inbound import NAME
from safar.settings import Settings

STATUS_PATH = "/webhooks/twilio/status"
_LISTED = 50
_THROTTLED = 429
_UNAUTHORISED = (401, 403)
_SERVER_ERROR = 500
_PAUSING = frozenset({20003, 21408, 21608, 30002, 30034, 63001, 63007, 63020})
"""Codes that hold for every message until an admin acts (docs: error codes of the gateway)."""
_QUEUE_FULL = frozenset({14107, 20429, 21611, 63017, 63018})
_REFUSED = (TwilioRestException, TwilioServiceException)
_UNREADABLE = (TwilioException, ValueError, TypeError, AttributeError)
"""What the client raises over an answer it cannot read, such as a proxy's page."""


class TwilioProvider:
    """One Twilio account, over SMS and WhatsApp."""

    name = NAME
    capabilities = Capabilities(
        channels=frozenset({"sms", "whatsapp"}), can_find=True, status_callbacks=True
    )

    def __init__(self, settings: Settings) -> None:
        """Make the client; nothing is sent yet."""
        # The client logs every request with its parameters at DEBUG: numbers and texts.
        logging.getLogger("twilio.http_client").setLevel(logging.WARNING)
        user = settings.twilio_api_key_sid or settings.twilio_account_sid
        secret = settings.twilio_api_key_secret or next(iter(settings.twilio_auth_tokens), "")
        self._client = Client(
            user,
            secret,
            settings.twilio_account_sid,
            http_client=TwilioHttpClient(timeout=settings.twilio_timeout_seconds),
        )
        if settings.twilio_api_base_url:
            self._client.api.base_url = settings.twilio_api_base_url.rstrip("/")
        base = settings.public_base_url.rstrip("/")
        self._callback = base + STATUS_PATH if base else ""
        self._service = settings.twilio_messaging_service_sid

    def send(self, message: OutboundMessage) -> SendResult:
        """Send one message; see `Provider.send` for the errors."""
        sender = (
            {"messaging_service_sid": self._service}
            if self._service and message.channel == "sms"
            else {"from_": message.from_}
        )
        try:
            created = self._client.messages.create(
                to=message.to,
                body=message.body,
                status_callback=(
                    f"{self._callback}?outbox={message.callback_id}"
                    if self._callback
                    else values.unset
                ),
                **sender,
            )
        except _REFUSED as error:
            raise _typed(error) from None
        except requests.RequestException as error:
            raise _connection(error) from None
        except _UNREADABLE:
            raise UnknownOutcomeError("unreadable_answer") from None
        if not created.sid:
            raise UnknownOutcomeError("unreadable_answer")
        return SendResult(str(created.sid), str(created.status or "accepted"))

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        """Look for a message in the account's list; see `Provider.find`."""
        try:
            # The list is filtered by whole days of sending, so begin a little before.
            listed = self._client.messages.list(
                to=message.to, date_sent_after=since - timedelta(minutes=1), limit=_LISTED
            )
        except _REFUSED as error:
            raise _typed(error) from None
        except (requests.RequestException, *_UNREADABLE):
            raise UnknownOutcomeError("list_unreadable") from None
        for found in listed:
            if (
                found.body == message.body
                and str(found.direction).startswith("outbound")
                and found.sid not in message.taken_ids
            ):
                return SendResult(str(found.sid), str(found.status))
        return None


def _typed(
    error: TwilioRestException | TwilioServiceException,
) -> TransientSendError | PermanentSendError | UnknownOutcomeError:
    code = int(error.code or 0)
    word = str(code or error.status)
    if error.status >= _SERVER_ERROR:
        return UnknownOutcomeError(word)
    if error.status == _THROTTLED or code in _QUEUE_FULL:
        return TransientSendError(word, retry_after=timedelta(seconds=5))
    if error.status in _UNAUTHORISED or code in _PAUSING:
        return ChannelPausedError(word)
    return PermanentSendError(word)


def _connection(error: requests.RequestException) -> TransientSendError | UnknownOutcomeError:
    """Tell "nobody was there" from "somebody may have heard": only the first is surely not sent."""
    if isinstance(error, requests.ConnectTimeout):
        return TransientSendError("connect_timeout")
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(reason, NewConnectionError | ConnectTimeoutError | NameResolutionError):
        return TransientSendError("no_connection")
    return UnknownOutcomeError("answer_lost")
