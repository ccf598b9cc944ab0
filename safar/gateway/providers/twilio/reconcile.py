"""Fetches what a webhook lost: messages that Twilio has and we do not.

Twilio tries a webhook once or a few times and then no more. Its list keeps the message: whatever
came in lately is asked for again and again, and what is known already changes nothing.
"""

from __future__ import annotations

from datetime import timedelta

import requests
import structlog
from pydantic import ValidationError
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from safar.gateway.providers.plugin import Surroundings
from safar.gateway.providers.twilio.inbound import (
    InboundForm,
    as_message,
    parse_pairs,
)
from safar.gateway.providers.twilio.provider import make_client

MOST = 1000
"""Messages looked at in one run; the rest is for the next one."""

_log = structlog.get_logger(__name__)


def reconcile(surroundings: Surroundings, client: Client | None = None) -> int:
    """Bring in what is missing, oldest first; return how many messages that were."""
    settings = surroundings.settings
    client = client or make_client(settings)
    since = surroundings.clock() - timedelta(hours=settings.twilio_reconcile_hours)
    numbers = (settings.twilio_sms_from, _whatsapp(settings.twilio_whatsapp_from))
    # Without numbers of ours the whole account is looked through.
    filters = [{"to": number} for number in numbers if number] or [{}]
    found = []
    try:
        for wanted in filters:
            for listed in client.messages.stream(page_size=200, limit=MOST, **wanted):
                if listed.date_created is not None and listed.date_created < since:
                    break
                if str(listed.direction) == "inbound":
                    found.append(listed)
    except (TwilioException, requests.RequestException, ValueError, TypeError) as error:
        _log.warning("twilio.list_unreadable", error=type(error).__name__)
    brought = 0
    for listed in reversed(found):
        form = {
            "MessageSid": str(listed.sid),
            "AccountSid": str(listed.account_sid),
            "From": str(listed.from_ or ""),
            "To": str(listed.to or ""),
            "Body": str(listed.body or ""),
            "NumMedia": str(listed.num_media or "0"),
        }
        try:
            inbound = InboundForm.model_validate(form)
        except ValidationError:
            _log.warning("twilio.listed_malformed")
            continue
        if inbound.account != settings.twilio_account_sid:
            continue
        message = as_message(inbound, parse_pairs(form), obeys_stop=settings.twilio_obeys_stop)
        received = surroundings.receive(message)
        if not received.duplicate:
            brought += 1
            surroundings.count("twilio.reconciled")
            _log.warning("twilio.reconciled", inbox_id=received.inbox_id)
    return brought


def _whatsapp(number: str) -> str:
    return f"whatsapp:{number.removeprefix('whatsapp:')}" if number else ""
