"""What people write to us: kept and listed as Twilio does, and delivered to the gateway."""

from __future__ import annotations

import asyncio
from email.utils import format_datetime
from typing import Any

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field

from tests.peers.twilio.account import Account
from tests.peers.twilio.messages import WHATSAPP, Message, count_segments, new_message
from tests.peers.twilio.webhooks import Outcome, call, succeeded
from tests.peers.twilio_webhooks import OUR_NUMBER, new_sid, sms_form, whatsapp_form

STOP_WORDS = frozenset("STOP STOPALL UNSUBSCRIBE END QUIT CANCEL REVOKE OPTOUT".split())
START_WORDS = frozenset("START YES UNSTOP".split())
HELP_WORDS = frozenset("HELP INFO".split())
_ANSWERS = {
    "STOP": "You will get no more messages from this number. START brings them back.",
    "START": "You will get messages from this number again.",
    "HELP": "STOP ends the messages from this number. START brings them back.",
}
_BUTTON_FIELDS = (
    "ButtonText ButtonPayload OriginalRepliedMessageSid OriginalRepliedMessageSender".split()
)
_HTTP_RETRIEVAL_FAILURE = "11200"


class Inbound(BaseModel):
    """A message somebody writes.

    Attributes:
        sender: their address, `whatsapp:` before it where they write there.
        to: ours; by default the number of the tests, on the sender's channel.
        body: the text.
        media: addresses of what hangs on it.
        fields: further fields of the webhook's form, such as `ButtonPayload`.
        deliver: whether the webhook is called; otherwise only the list knows of the message.
        copies: how often it is called, as when Twilio is not sure of an answer.
        wait: whether to answer only when the webhook was called.
    """

    model_config = ConfigDict(extra="forbid")

    sender: str
    to: str = ""
    body: str = ""
    media: list[str] = []
    fields: dict[str, str] = {}
    deliver: bool = True
    copies: int = Field(default=1, ge=1, le=10)
    wait: bool = True


async def receive(account: Account, written: Inbound) -> Message:
    """Keep a message, heed STOP and its kin, and call the webhook.

    Returns:
        The message, with how each call ended in `attempts` and `fallback_attempts`.
    """
    on_whatsapp = written.sender.startswith(WHATSAPP)
    to = written.to or (WHATSAPP if on_whatsapp else "") + OUR_NUMBER
    message = _keep(account, written, to)
    if on_whatsapp:
        account.last_inbound[(to, written.sender)] = account.clock()
        word = None
    else:
        word = _heed(account, to, written.sender, written.body)
    if written.deliver and account.webhooks.message_url:
        form = _form(account, message, written, word)
        work = asyncio.create_task(_deliver(account, message, form, written.copies))
        account.reports.add(work)
        work.add_done_callback(account.reports.discard)
        if written.wait:
            await work
    return message


def _keep(account: Account, written: Inbound, to: str) -> Message:
    now = account.clock()
    message = new_message(
        account.sid,
        new_sid("MM" if written.media else "SM"),
        now,
        next(account.order),
        to=to,
        body=written.body,
        direction="inbound",
        status="received",
        num_segments=str(count_segments(written.body, to)),
        num_media=str(len(written.media)),
        date_sent=format_datetime(now),
        attempts=[],
        fallback_attempts=[],
        **{"from": written.sender},
    )
    account.received.append(message)
    return message


def _heed(account: Account, ours: str, theirs: str, body: str) -> str | None:
    """Block or unblock a number on a single word in any case, and answer as Twilio does."""
    text = body.strip().upper()
    if text in STOP_WORDS:
        word = "STOP"
        account.opted_out |= {(number, theirs) for number in account.shares_opt_out(ours)}
    elif text in START_WORDS:
        word = "START"
        account.opted_out -= {(number, theirs) for number in account.shares_opt_out(ours)}
    elif text in HELP_WORDS:
        word = "HELP"
    else:
        return None
    now = account.clock()
    reply = new_message(
        account.sid,
        new_sid(),
        now,
        next(account.order),
        to=theirs,
        body=_ANSWERS[word],
        direction="outbound-reply",
        status="sent",
        num_segments="1",
        date_sent=format_datetime(now),
        **{"from": ours},
    )
    account.replies.append(reply)
    return word


async def _deliver(account: Account, message: Message, form: dict[str, str], copies: int) -> None:
    hooks, token = account.webhooks, account.token
    assert hooks.message_url is not None
    for _ in range(copies):
        outcomes: list[Outcome] = await call(token, hooks.message_url, form, hooks.target)
        message["attempts"].extend(outcomes)
        if hooks.fallback_url and not any(map(succeeded, outcomes)):
            told = {"ErrorCode": _HTTP_RETRIEVAL_FAILURE, "ErrorUrl": hooks.message_url}
            target = hooks.fallback_target or hooks.target
            message["fallback_attempts"].extend(
                await call(token, hooks.fallback_url, form | told, target)
            )


def _form(account: Account, message: Message, written: Inbound, word: str | None) -> dict[str, str]:
    known = {
        "MessageSid": message["sid"],
        "AccountSid": account.sid,
        "From": message["from"],
        "To": message["to"],
        "NumSegments": message["num_segments"],
        "NumMedia": message["num_media"],
    }
    for number, url in enumerate(written.media):
        known |= {f"MediaUrl{number}": url, f"MediaContentType{number}": "image/jpeg"}
    if message["from"].startswith(WHATSAPP):
        form = whatsapp_form(message["body"], **known)
        if "ButtonPayload" not in written.fields:
            for name in _BUTTON_FIELDS:
                del form[name]
            form["MessageType"] = "text"
        form |= _whatsapp_names(message["from"])
    else:
        form = sms_form(message["body"], FromCountry=_country(message["from"]), **known)
        if word is not None and account.webhooks.advanced_opt_out:
            form["OptOutType"] = word
    return form | written.fields


def _whatsapp_names(address: str) -> dict[str, str]:
    """Return who wrote, by number where WhatsApp tells it, else by the id of the business."""
    bare = address.removeprefix(WHATSAPP)
    if bare.startswith("+"):
        return {"WaId": bare[1:]}
    return {"WaId": "", "ExternalUserId": address}


def _country(number: str) -> str:
    try:
        parsed: Any = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(parsed) or ""
