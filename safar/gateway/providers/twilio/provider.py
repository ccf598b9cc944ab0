"""Sending through Twilio's own client, with its errors as ours."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import requests
import structlog
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from safar.gateway.providers.base import (
    Capabilities,
    ChannelPausedError,
    ContentError,
    ExpiredError,
    ListBehindError,
    NoConnectionError,
    OutboundMessage,
    SendError,
    SendResult,
    TransientSendError,
    UnknownOutcomeError,
    WindowClosedError,
)
from safar.gateway.providers.twilio.client import TimedHttpClient, make_client
from safar.gateway.providers.twilio.errors import TEMPLATE_REFUSED, error_of
from safar.gateway.providers.twilio.inbound import NAME
from safar.gateway.providers.twilio.whatsapp import button_fields, one_line, spoken, template_fields
from safar.settings import Settings

STATUS_PATH = "/webhooks/twilio/status"
LONGEST_BODY = 1600
"""Characters of a text on any channel (Twilio's error 21617)."""
TEMPLATE_MARK = "form=template"
"""In the address of a status callback: the text went as a template, outside the window."""
_PAGE = 50
_LISTED = 1000
_PARALLEL = 4
_REFUSED = (TwilioRestException, TwilioServiceException)
_UNREADABLE = (TwilioException, ValueError, TypeError, AttributeError)
"""What the client raises over an answer it cannot read, such as a proxy's page."""

Clock = Callable[[], datetime]

_log = structlog.get_logger(__name__)


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class TwilioProvider:
    """One Twilio account, over SMS and WhatsApp."""

    name = NAME
    capabilities = Capabilities(
        channels=frozenset({"sms", "whatsapp"}),
        can_find=True,
        has_list=True,
        status_callbacks=True,
        parallel=_PARALLEL,
    )

    def __init__(self, settings: Settings, clock: Clock = _utc_now) -> None:
        """Make the client; nothing is sent yet."""
        self._client = make_client(settings)
        self._settings, self._clock = settings, clock
        base = settings.public_base_url.rstrip("/")
        self._callback = base + STATUS_PATH if base else ""
        # The last message that was surely taken, and to whom: what a list that is current shows.
        self._taken: tuple[str, str] | None = None

    def send(self, message: OutboundMessage) -> SendResult:
        """Send one message; see `Provider.send` for the errors."""
        if len(message.body) > LONGEST_BODY:
            raise ContentError("21617")
        fields = self._common(message)
        if message.channel == "whatsapp" and message.window_open is False:
            return self._template(message, fields)
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

        The list is not filtered by date, since what has not left yet has no date of sending. It
        is newest first, so it is read until it is older than the message.
        """
        try:
            found = self._in_list(message, since)
            if found is None and not self._list_is_current():
                raise ListBehindError("list_behind")
        except _REFUSED as error:
            raise self._typed(error) from None
        except requests.RequestException as error:
            found_out = _connection(error)
            if isinstance(found_out, TransientSendError):
                raise found_out from None
            raise UnknownOutcomeError("list_unreadable") from None
        except _UNREADABLE:
            raise UnknownOutcomeError("list_unreadable") from None
        return found

    def _in_list(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        by_service = "messaging_service_sid" in self._sender(message)
        read = 0
        for found in self._client.messages.stream(to=message.to, page_size=_PAGE, limit=_LISTED):
            if found.date_created is not None and found.date_created < since:
                return None
            if _is_same(found, message, by_service=by_service):
                return SendResult(str(found.sid), str(found.status))
            read += 1
        if read >= _LISTED:
            # "Surely not there" would have it sent again.
            raise UnknownOutcomeError("list_too_long")
        return None

    def _list_is_current(self) -> bool:
        """Whether the list shows what was surely taken last; True where nothing was yet."""
        if self._taken is None:
            return True
        sid, to = self._taken
        newest = self._client.messages.stream(to=to, page_size=_PAGE, limit=_PAGE)
        return any(str(found.sid) == sid for found in newest)

    def _template(self, message: OutboundMessage, fields: dict[str, Any]) -> SendResult:
        template = template_fields(message, self._settings.twilio_templates)
        if "status_callback" in fields:
            fields = fields | {"status_callback": f"{fields['status_callback']}&{TEMPLATE_MARK}"}
        try:
            return self._create(fields | template)
        except ContentError as error:
            if int(error.code) not in TEMPLATE_REFUSED:
                raise
            # As good as none: the person may be reached another way.
            _log.error("twilio.template_refused", error_code=error.code)
            raise WindowClosedError(error.code) from None

    def _sender(self, message: OutboundMessage) -> dict[str, str]:
        service = self._settings.twilio_messaging_service_sid
        if service and message.channel == "sms":
            return {"messaging_service_sid": service}
        return {"from_": message.from_}

    def _common(self, message: OutboundMessage) -> dict[str, Any]:
        """Return the fields that every message has."""
        fields: dict[str, Any] = {"to": message.to, "validity_period": self._validity(message)}
        fields |= self._sender(message)
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
            raise self._typed(error) from None
        except requests.RequestException as error:
            raise _connection(error) from None
        except _UNREADABLE:
            raise UnknownOutcomeError("unreadable_answer") from None
        if not created.sid:
            raise UnknownOutcomeError("unreadable_answer")
        self._taken = (str(created.sid), str(fields["to"]))
        return SendResult(str(created.sid), str(created.status or "accepted"))

    def _typed(self, error: TwilioRestException | TwilioServiceException) -> SendError:
        http = self._client.http_client
        wait = http.retry_after(self._clock()) if isinstance(http, TimedHttpClient) else None
        return error_of(_number(error.status), _number(error.code), wait)


def _number(given: object) -> int:
    """Return a status or a code as a number; what is none (a proxy's own words) is 0."""
    text = str(given)
    return int(text) if text.isascii() and text.isdigit() else 0


def _is_same(found: Any, message: OutboundMessage, *, by_service: bool) -> bool:
    if found.sid in message.taken_ids or not str(found.direction).startswith("outbound"):
        return False
    if not by_service and found.from_ not in {None, message.from_}:
        return False
    body = str(found.body or "")
    if body == message.body:
        return True
    if message.channel != "whatsapp":
        return False
    # Of a template the list may show the whole text, in which ours stands on one line, or none.
    # One conversation's texts go one by one, so what is new to this person is this one. It may
    # have gone as a template before the person wrote and opened the window.
    flat = " ".join(body.split())
    if any(said in flat for said in (one_line(message.body), spoken(message)) if said):
        return True
    return not flat and (message.window_open is False or bool(message.choices))


def _connection(error: requests.RequestException) -> TransientSendError | UnknownOutcomeError:
    """Tell "nobody was there" from "somebody may have heard": only the first is surely not sent."""
    if isinstance(error, requests.ConnectTimeout):
        return NoConnectionError("connect_timeout")
    if isinstance(error, requests.exceptions.ProxyError):
        return NoConnectionError("no_proxy")
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(reason, NewConnectionError | ConnectTimeoutError | NameResolutionError):
        return NoConnectionError("no_connection")
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in _causes(reason)):
        # Seen before anything is said: a clock that is wrong, or somebody in between.
        return ChannelPausedError("certificate_refused")
    return UnknownOutcomeError("answer_lost")


def _causes(error: object) -> list[object]:
    return [error, *(error.args if isinstance(error, BaseException) else ())]
