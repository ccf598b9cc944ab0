"""Twilio's webhook forms as our own messages. Unknown fields are kept: Twilio adds some freely."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.datastructures import ImmutableMultiDict

from safar.gateway.messages import MAX_BODY, Extras, Identity, InboundMessage, Location, Media

NAME = "twilio"
WHATSAPP = "whatsapp:"
MOST_FIELDS = 200
MOST_MEDIA = 20
_LONGEST_ID = 200
_LONGEST_CHOICE = 300
_LONGEST_LABEL = 1000

MessageSid = Annotated[str, StringConstraints(pattern=r"^(SM|MM)[0-9a-fA-F]{32}$")]
AccountSid = Annotated[str, StringConstraints(pattern=r"^AC[0-9a-fA-F]{32}$")]
Address = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_ID)]
OptOut = Literal["stop", "start", "help"]
_FORM = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)
_OPT_OUT: dict[str, OptOut] = {"STOP": "stop", "START": "start", "HELP": "help"}


class InboundForm(BaseModel):
    """The fields of an inbound message without which there is none."""

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


def parse_pairs(form: Mapping[str, str]) -> ImmutableMultiDict[str, str]:
    """Return fields that came another way as those of a form."""
    return ImmutableMultiDict(list(form.items()))


def as_message(
    form: InboundForm, raw: ImmutableMultiDict[str, str], *, obeys_stop: bool = True
) -> InboundMessage:
    """Return the form as a message; the address is kept in the shape an answer needs.

    What is optional and malformed is left out: a person's message never fails for it.

    Args:
        form: the fields that must be there.
        raw: all fields.
        obeys_stop: whether Twilio acts on the carriers' words by itself.
    """
    on_whatsapp = form.sender.startswith(WHATSAPP)
    kind = "phone"
    if on_whatsapp:
        kind = "whatsapp" if _is_number(form.sender.removeprefix(WHATSAPP)) else "bsuid"
    return InboundMessage(
        provider=NAME,
        provider_message_id=form.sid,
        channel="whatsapp" if on_whatsapp else "sms",
        sender_kind=kind,
        sender=form.sender,
        recipient=form.recipient,
        # A button may come without its words in the text.
        body=(form.body or raw.get("ButtonText", ""))[:MAX_BODY],
        raw={key: "\n".join(raw.getlist(key)) for key in raw if key != "Body"},
        aliases=_aliases(form, raw) if on_whatsapp else (),
        profile=raw.get("ProfileName", "")[:_LONGEST_LABEL] or None,
        extras=Extras(
            choice=_choice(raw),
            location=_location(raw),
            media=tuple(_media(raw)),
        ),
        opt_out=_OPT_OUT.get(raw.get("OptOutType", "").strip().upper()),
        carrier_acts=obeys_stop and not on_whatsapp,
    )


def _aliases(form: InboundForm, raw: Mapping[str, str]) -> tuple[Identity, ...]:
    found = []
    digits = raw.get("WaId", "")
    if _is_number(digits):
        found.append(Identity(kind="phone", value="+" + digits.removeprefix("+")))
    own_id = raw.get("ExternalUserId", "")
    if own_id and len(own_id) <= _LONGEST_ID and own_id != form.sender:
        found.append(Identity(kind="bsuid", value=own_id))
    return tuple(found)


def _is_number(text: str) -> bool:
    digits = text.removeprefix("+")
    return digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_ID - 1


def _choice(raw: Mapping[str, str]) -> str | None:
    chosen = raw.get("ButtonPayload") or raw.get("ListId")
    return chosen if chosen and len(chosen) <= _LONGEST_CHOICE else None


def _location(raw: Mapping[str, str]) -> Location | None:
    try:
        place: dict[str, Any] = {
            "latitude": float(raw["Latitude"]),
            "longitude": float(raw["Longitude"]),
        }
        if not all(map(math.isfinite, place.values())):
            return None
        label = " ".join(filter(None, (raw.get("Label", ""), raw.get("Address", ""))))
        return Location(**place, label=label[:_LONGEST_LABEL])
    except (KeyError, ValueError, ValidationError):
        return None


def _media(raw: Mapping[str, str]) -> list[Media]:
    """Note what came along; nothing is fetched."""
    found = []
    for number in range(MOST_MEDIA):
        address = raw.get(f"MediaUrl{number}")
        if address is None:
            continue
        kind = raw.get(f"MediaContentType{number}", "")
        found.append(Media(content_type=kind[:_LONGEST_ID], reference=address[:_LONGEST_LABEL]))
    if not found and raw.get("NumMedia", "0") not in ("", "0"):
        found.append(Media())
    return found
