"""Fetches what a webhook lost: messages that Twilio has and we do not.

Twilio tries a webhook once or a few times and then no more. Its list keeps the message: whatever
came in lately is asked for again and again, and what is known already changes nothing.

The list says less than a webhook: no button, no place, no name. So a message is left to its webhook
for a while first; fetched before it, it would come in without them, and the webhook as a repeat.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import requests
import structlog
from pydantic import ValidationError
from sqlalchemy import select
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from safar.gateway.messages import InboundMessage
from safar.gateway.providers.plugin import Surroundings
from safar.gateway.providers.twilio.client import make_client
from safar.gateway.providers.twilio.inbound import (
    NAME,
    WHATSAPP,
    InboundForm,
    as_message,
    parse_pairs,
)
from safar.gateway.providers.twilio.numbers import sms_numbers, whatsapp_numbers
from safar.settings import Settings
from safar.store.forgotten import known_ids
from safar.store.tables import inbox

MOST = 1000
"""Messages brought in in one run; the rest is for the next one."""
MOST_LISTED = 20_000
"""Messages looked at in one list of one run."""
WEBHOOK_FIRST = timedelta(minutes=2)
"""Twilio calls a webhook and the fallback for half a minute at most."""
_PAGE = 1000
_ASKED_AT_ONCE = 500
_BEGINNING = datetime.min.replace(tzinfo=timezone.utc)

_log = structlog.get_logger(__name__)


def reconcile(
    surroundings: Surroundings,
    client: Client | None = None,
    *,
    most: int = MOST,
    most_listed: int = MOST_LISTED,
) -> int:
    """Bring in what is missing, oldest first; return how many messages that were.

    Args:
        surroundings: where messages go.
        client: Twilio's; None makes one from the settings.
        most: messages brought in at most.
        most_listed: messages of one list looked at, at most.
    """
    settings = surroundings.settings
    client = client or make_client(settings)
    listed: list[Any] = []
    for wanted in _filters(settings):
        try:
            listed += _inbound(client, wanted, surroundings, most_listed)
        except (TwilioException, requests.RequestException, ValueError, TypeError) as error:
            _log.warning("twilio.list_unreadable", error=type(error).__name__)
    missing = _missing(surroundings, listed)
    brought = 0
    for message in _messages(settings, missing[:most]):
        received = surroundings.receive(message)
        if not received.duplicate:
            brought += 1
            surroundings.count("twilio.reconciled")
            _log.warning("twilio.reconciled", inbox_id=received.inbox_id)
    return brought


def _filters(settings: Settings) -> list[dict[str, str]]:
    """Return what to list: messages to each of our numbers, or those of the whole account."""
    by_sms, by_whatsapp = sms_numbers(settings), whatsapp_numbers(settings)
    unnamed_pool = settings.twilio_messaging_service_sid and not by_sms
    numbers = () if unnamed_pool else (*by_sms, *by_whatsapp)
    return [{"to": number} for number in numbers] or [{}]


def _inbound(
    client: Client, wanted: dict[str, str], surroundings: Surroundings, most_listed: int
) -> Iterator[Any]:
    """Yield what people wrote to us in the hours we look back, newest first."""
    now = surroundings.clock()
    since = now - timedelta(hours=surroundings.settings.twilio_reconcile_hours)
    read = 0
    for each in client.messages.stream(page_size=_PAGE, limit=most_listed, **wanted):
        read += 1
        if each.date_created is not None and each.date_created < since:
            return
        left_to_webhook = each.date_created is None or each.date_created > now - WEBHOOK_FIRST
        if str(each.direction) == "inbound" and not left_to_webhook:
            yield each
    if read >= most_listed:
        _log.error("twilio.list_too_long", listed=read)


def _missing(surroundings: Surroundings, listed: Sequence[Any]) -> list[Any]:
    """Return those that are not in the inbox, oldest first."""
    known: set[str] = set()
    # A message of somebody who was forgotten meanwhile stands there under another id.
    sid_of = {
        stored: sid
        for sid in sorted({str(each.sid) for each in listed})
        for stored in known_ids(surroundings.keyring, NAME, sid)
    }
    asked = list(sid_of)
    with surroundings.database.read() as tx:
        for start in range(0, len(asked), _ASKED_AT_ONCE):
            found = select(inbox.c.provider_message_id).where(
                inbox.c.provider == NAME,
                inbox.c.provider_message_id.in_(asked[start : start + _ASKED_AT_ONCE]),
            )
            known |= {sid_of[stored] for stored in tx.execute(found).scalars()}
    # Seconds only: of the same second, the list's own order counts, which is newest first.
    oldest_first = sorted(reversed(listed), key=lambda each: each.date_created or _BEGINNING)
    return [each for each in oldest_first if str(each.sid) not in known]


def _messages(settings: Settings, listed: Sequence[Any]) -> Iterator[InboundMessage]:
    for each in listed:
        sender = str(each.from_ or "")
        form = {
            "MessageSid": str(each.sid),
            "AccountSid": str(each.account_sid),
            "From": sender,
            "To": str(each.to or ""),
            "Body": str(each.body or ""),
            "NumMedia": str(each.num_media or "0"),
        }
        if sender.startswith(WHATSAPP + "+"):
            form["WaId"] = sender.removeprefix(WHATSAPP + "+")
        try:
            inbound = InboundForm.model_validate(form)
        except ValidationError:
            _log.warning("twilio.listed_malformed")
            continue
        if inbound.account != settings.twilio_account_sid:
            continue
        message = as_message(inbound, parse_pairs(form), obeys_stop=settings.twilio_obeys_stop)
        yield message.model_copy(update={"sent_at": each.date_created})
