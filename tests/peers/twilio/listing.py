"""The list of messages: filters, and pages that can be followed while new messages come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

from tests.peers.twilio.account import Account
from tests.peers.twilio.codes import Refused
from tests.peers.twilio.messages import Message, path, public, sent_at

PAGE_SIZE = 50
LARGEST_PAGE = 1000
_DAY = timedelta(days=1)
_TOKEN = "PA"


def page(account: Account, query: Mapping[str, str]) -> dict[str, Any]:
    """Return a page of the account's messages, newest first.

    A page begins after the message that its token names, so a new message moves nothing.

    Raises:
        Refused: a parameter cannot be read, or there are more pages than a test allows.
    """
    size = _number(query, "PageSize", PAGE_SIZE, 1, LARGEST_PAGE)
    number = _number(query, "Page", 0, 0, 10**9)
    if number >= account.lists.pages:
        limit = f"The stand-in gives no more than {account.lists.pages} pages of one list."
        raise Refused(20001, limit)
    found = [message for message in account.messages() if _passes(account, message, query)]
    after = query.get("PageToken", "")
    rest = found if not after else _older(account, found, after)
    shown = rest[:size]
    here = {name: value for name, value in query.items() if name not in ("Page", "PageToken")}
    here["PageSize"] = str(size)
    start = number * size

    def uri(page_number: int, token: str = "") -> str:
        place = {"Page": str(page_number)} | ({"PageToken": token} if token else {})
        return f"{path(account.sid)}?{urlencode(here | place)}"

    more = len(rest) > size
    return {
        "messages": [public(message) for message in shown],
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(len(shown) - 1, 0),
        "uri": uri(number, after),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1, _TOKEN + shown[-1]["sid"]) if more else None,
        "previous_page_uri": uri(number - 1) if number == 1 else None,
    }


def _number(query: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise Refused(20001, f"{name} is not from {low} to {high}.")
    return int(text)


def _older(account: Account, found: list[Message], token: str) -> list[Message]:
    """Return what comes after a token; the message it names may be deleted by now."""
    named = [
        message["order"]
        for message in (*account.sent, *account.received, *account.replies)
        if _TOKEN + message["sid"] == token
    ]
    if not named:
        raise Refused(20001, "There is no such page.")
    return [message for message in found if message["order"] < named[0]]


def _passes(account: Account, message: Message, query: Mapping[str, str]) -> bool:
    if account.clock() - message["created"] < timedelta(seconds=account.lists.lag):
        return False
    if query.get("To", message["to"]) != message["to"]:
        return False
    if query.get("From", message["from"]) != message["from"]:
        return False
    if not {"DateSent", "DateSent>", "DateSent<"} & query.keys():
        return True
    moment = sent_at(message)
    if moment is None:
        if not account.lists.unsent:
            return False
        moment = message["created"].replace(microsecond=0)
    return _in_dates(moment, query)


def _in_dates(moment: datetime, query: Mapping[str, str]) -> bool:
    """Tell whether a moment is in the dates asked for; a bare day is all of that day."""
    if "DateSent" in query:
        begin, end = _span(query["DateSent"])
        if not begin <= moment < end:
            return False
    if "DateSent>" in query and moment < _span(query["DateSent>"])[0]:
        return False
    return "DateSent<" not in query or moment < _span(query["DateSent<"])[1]


def _span(text: str) -> tuple[datetime, datetime]:
    """Return where a day or second begins and where the next one does (UTC)."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        begin = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
        return begin, begin + _DAY
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Refused(20001, "A date is neither a day nor a moment.") from None
    begin = moment.replace(microsecond=0, tzinfo=moment.tzinfo or timezone.utc)
    return begin, begin + timedelta(seconds=1)
