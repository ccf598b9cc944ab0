"""A message as the stand-in keeps it, and as the API shows it."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import smsutil

Message = dict[str, Any]
"""The fields of the API, and what only the stand-in knows: see `new_message`."""

API_VERSION = "2010-04-01"
SHOWN = (
    "sid account_sid messaging_service_sid to from body direction status num_segments num_media "
    "error_code error_message date_created date_updated date_sent price price_unit api_version "
    "uri subresource_uris"
).split()
WHATSAPP = "whatsapp:"

RANKS = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 4,
    "read": 5,
    "undelivered": 6,
    "failed": 6,
    "canceled": 6,
}
"""How far a message of ours has come. One that failed comes no further."""
FAILED = frozenset({"undelivered", "failed"})
DONE = frozenset({"sent", "delivered", "read", "undelivered", "failed", "canceled", "received"})
CANCELABLE = frozenset({"accepted", "scheduled", "queued"})


def count_segments(body: str, address: str) -> int:
    """Count as Twilio bills: by SMS parts, or one for WhatsApp. Counted by another library."""
    if address.startswith(WHATSAPP) or not body:
        return 1
    return len(smsutil.split(body).parts)


def path(account: str, rest: str = ".json") -> str:
    """Return the path of an account's messages."""
    return f"/{API_VERSION}/Accounts/{account}/Messages{rest}"


def new_message(account: str, sid: str, now: datetime, order: int, **fields: Any) -> Message:
    """Return a message; `fields` gives what is known of it.

    Beside the API's fields it has `status_callback` and `callback_answers` (HTTP status of each
    callback, None where nobody answered), `order` of creation, `created`, `template` (the
    ContentSid), `deleted`, and for inbound messages `attempts` of the webhook.
    """
    date = format_datetime(now)
    return {
        "sid": sid,
        "account_sid": account,
        "messaging_service_sid": None,
        "num_media": "0",
        "error_code": None,
        "error_message": None,
        "date_created": date,
        "date_updated": date,
        "date_sent": None,
        "price": None,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "uri": path(account, f"/{sid}.json"),
        "subresource_uris": {"media": path(account, f"/{sid}/Media.json")},
        "status_callback": "",
        "callback_answers": [],
        "order": order,
        "created": now,
        "template": None,
        "deleted": False,
        **fields,
    }


def public(message: Message) -> Message:
    """Return a message as the API shows it."""
    return {name: message[name] for name in SHOWN}


def sent_at(message: Message) -> datetime | None:
    """Return when a message left or came, None while it waits."""
    date = message["date_sent"]
    return None if date is None else parsedate_to_datetime(date)


def move(message: Message, status: str, now: datetime, error_code: int | None, why: str) -> None:
    """Bring a message to a status, if it has not come further already."""
    if RANKS.get(status, 0) <= RANKS.get(message["status"], 0):
        return
    message["status"] = status
    message["date_updated"] = format_datetime(now)
    if status in FAILED:
        message["error_code"], message["error_message"] = error_code, why
    if RANKS["sent"] <= RANKS[status] and message["date_sent"] is None:
        message["date_sent"] = format_datetime(now)
