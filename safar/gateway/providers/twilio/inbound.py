"""Twilio's webhook forms as our own messages. Unknown fields are kept: Twilio adds some freely."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.datastructures import ImmutableMultiDict

from safar.gateway.messages import MAX_BODY, InboundMessage

NAME = "twilio"
WHATSAPP = "whatsapp:"
MOST_FIELDS = 200

MessageSid = Annotated[str, StringConstraints(pattern=r"^(SM|MM)[0-9a-fA-F]{32}$")]
AccountSid = Annotated[str, StringConstraints(pattern=r"^AC[0-9a-fA-F]{32}$")]
Address = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_FORM = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class InboundForm(BaseModel):
    """The fields of an inbound message we read."""

    model_config = _FORM

    sid: MessageSid = Field(alias="MessageSid")
    account: AccountSid = Field(alias="AccountSid")
    sender: Address = Field(alias="From", repr=False)
    recipient: Address = Field(alias="To", repr=False)
    body: str = Field(default="", alias="Body", repr=False)


class StatusForm(BaseModel):
    """The fields of a status callback we read."""

    model_config = _FORM

    sid: MessageSid = Field(alias="MessageSid")
    account: AccountSid = Field(alias="AccountSid")
    status: Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,30}$")] = Field(
        alias="MessageStatus"
    )
    error_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,6}$")] = Field(
        default="", alias="ErrorCode"
    )


def parse_form(body: bytes) -> ImmutableMultiDict[str, str]:
    """Return a form's fields, empty ones too; bytes that are no UTF-8 become U+FFFD.

    Raises:
        ValueError: there are more fields than any real call has.
    """
    pairs = parse_qsl(
        body.decode("utf-8", "replace"),
        keep_blank_values=True,
        errors="replace",
        max_num_fields=MOST_FIELDS,
    )
    return ImmutableMultiDict(pairs)


def as_message(form: InboundForm, raw: ImmutableMultiDict[str, str]) -> InboundMessage:
    """Return the form as a message; the address is kept in the shape an answer needs."""
    on_whatsapp = form.sender.startswith(WHATSAPP)
    return InboundMessage(
        provider=NAME,
        provider_message_id=form.sid,
        channel="whatsapp" if on_whatsapp else "sms",
        sender_kind="whatsapp" if on_whatsapp else "phone",
        sender=form.sender,
        recipient=form.recipient,
        body=form.body[:MAX_BODY],
        raw={key: value for key, value in raw.items() if key != "Body"},
    )
