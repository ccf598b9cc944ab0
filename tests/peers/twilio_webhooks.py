"""Webhook calls as Twilio makes them: the forms, and their signature, written out from its docs."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a token that the tests and the stand-in share"
OUR_NUMBER = "+15005550006"

Form = Mapping[str, str | list[str]]


def new_sid(prefix: str = "SM") -> str:
    """Return a message id that was never given before."""
    return prefix + secrets.token_hex(16)


def sign(token: str, url: str, form: Form, algorithm: str = "sha1") -> str:
    """Return the `X-Twilio-Signature` of a call.

    The address is followed by every field's name and value, names in order, and a field's values
    in order and without repeats. With a shared key the algorithm may be ``sha256``.
    """
    signed = url
    for name in sorted(form):
        values = form[name]
        for value in [values] if isinstance(values, str) else sorted(set(values)):
            signed += name + value
    digest = hmac.new(token.encode(), signed.encode(), algorithm).digest()
    return base64.b64encode(digest).decode("ascii")


def sms_form(body: str, **changes: str) -> dict[str, str]:
    """Return an inbound SMS, as Twilio posts it; `changes` replaces or adds fields."""
    sid = changes.get("MessageSid", new_sid())
    form = {
        "ToCountry": "US",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": body,
        "FromCountry": "NP",
        "To": OUR_NUMBER,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": "+9779841234567",
        "ApiVersion": "2010-04-01",
    }
    return form | changes


def whatsapp_form(body: str, **changes: str) -> dict[str, str]:
    """Return an inbound WhatsApp message: a tapped quick reply, which repeats its title."""
    sid = changes.get("MessageSid", new_sid())
    form = {
        "OriginalRepliedMessageSender": f"whatsapp:{OUR_NUMBER}",
        "ExternalUserId": "whatsapp:ID.4566000000000000",
        "SmsMessageSid": sid,
        "FrequentlyForwarded": "false",
        "NumMedia": "0",
        "ProfileName": "x",
        "MessageType": "interactive",
        "SmsSid": sid,
        "WaId": "6281234567890",
        "SmsStatus": "received",
        "Body": body,
        "Forwarded": "false",
        "ButtonText": body,
        "ButtonPayload": "ask_wages",
        "To": f"whatsapp:{OUR_NUMBER}",
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "OriginalRepliedMessageSid": new_sid("MM"),
        "ChannelMetadata": '{"type":"whatsapp","data":{"context":{}}}',
        "From": "whatsapp:+6281234567890",
        "ApiVersion": "2010-04-01",
    }
    return form | changes


def status_form(sid: str, status: str, **changes: str) -> dict[str, str]:
    """Return a status callback about the message `sid`."""
    form = {
        "SmsSid": sid,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": "+9779841234567",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": OUR_NUMBER,
        "ApiVersion": "2010-04-01",
    }
    return form | changes
