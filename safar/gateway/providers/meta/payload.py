"""What Meta posts, as our own messages and reports. One broken item never loses the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from safar.gateway.messages import MAX_BODY, Extras, Identity, InboundMessage, Location, Media
from safar.gateway.providers.base import StatusReport
from safar.gateway.providers.meta.errors import kind_of

NAME = "meta"
_LONGEST_ID = 200
_LONGEST_LABEL = 1000
_LONGEST_OUR_ID = 15
_MEDIA = frozenset({"image", "audio", "video", "document", "sticker", "voice"})
_LENIENT = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

_log = structlog.get_logger(__name__)


class _Change(BaseModel):
    model_config = _LENIENT

    metadata: dict[str, Any] = {}
    contacts: list[Any] = []
    messages: list[Any] = []
    statuses: list[Any] = []


class _Item(BaseModel):
    model_config = _LENIENT

    id: str = Field(min_length=1, max_length=_LONGEST_ID)
    kind: str = Field(default="", alias="type", max_length=40)
    sender: str | None = Field(default=None, alias="from", pattern=r"^\d{5,20}$", repr=False)
    own_id: str | None = Field(
        default=None, alias="from_user_id", min_length=1, max_length=_LONGEST_ID - 10, repr=False
    )
    timestamp: str = ""


class _Status(BaseModel):
    model_config = _LENIENT

    id: str = Field(min_length=1, max_length=_LONGEST_ID)
    status: str = Field(pattern=r"^[a-z_]{2,30}$")
    ours: str = Field(default="", alias="biz_opaque_callback_data")
    errors: list[Any] = []


def changes(body: object, phone_number_id: str) -> Iterator[_Change]:
    """Yield the changes that are about our number."""
    if not isinstance(body, Mapping) or body.get("object") != "whatsapp_business_account":
        return
    for entry in _list(body.get("entry")):
        for change in _list(_get(entry, "changes")):
            try:
                value = _Change.model_validate(_get(change, "value"))
            except ValidationError:
                _log.warning("meta.change_malformed")
                continue
            if str(value.metadata.get("phone_number_id")) == phone_number_id:
                yield value


def messages(change: _Change) -> Iterator[InboundMessage]:
    """Yield the messages of a change, in their order."""
    for raw in change.messages:
        try:
            yield _message(raw, change)
        except ValidationError:
            _log.warning("meta.message_malformed")


def reports(change: _Change) -> Iterator[StatusReport]:
    """Yield the statuses of a change."""
    for raw in change.statuses:
        try:
            status = _Status.model_validate(raw)
        except ValidationError:
            _log.warning("meta.status_malformed")
            continue
        code = _code(status.errors)
        ours = status.ours
        known = ours.isascii() and ours.isdigit() and len(ours) <= _LONGEST_OUR_ID
        yield StatusReport(
            provider=NAME,
            status=status.status,
            provider_message_id=status.id,
            outbox_id=int(ours) if known else None,
            error_code=None if code is None else str(code),
            failure=None if code is None else kind_of(code),
        )


def _message(raw: object, change: _Change) -> InboundMessage:
    item = _Item.model_validate(raw)
    contact = _contact(change, item)
    own_id = item.own_id or _text(_get(contact, "user_id"), _LONGEST_ID - 10) or None
    aliases = []
    if item.sender:
        sender, kind = f"whatsapp:+{item.sender}", "whatsapp"
        aliases.append(Identity(kind="phone", value=f"+{item.sender}"))
        if own_id:
            aliases.append(Identity(kind="bsuid", value=f"whatsapp:{own_id}"))
    else:
        sender, kind = f"whatsapp:{own_id or ''}", "bsuid"
    body, choice = _words(item.kind, raw)
    return InboundMessage(
        provider=NAME,
        provider_message_id=item.id,
        channel="whatsapp",
        sender_kind=kind,
        sender=sender if own_id or item.sender else "",
        recipient=str(change.metadata.get("phone_number_id")),
        body=body,
        raw={"type": item.kind, "timestamp": item.timestamp[:40]},
        aliases=tuple(aliases),
        profile=_text(_get(_get(contact, "profile"), "name"), _LONGEST_LABEL) or None,
        extras=Extras(choice=choice, location=_location(raw), media=_media(item.kind, raw)),
        sent_at=_moment(item.timestamp),
    )


def _words(kind: str, raw: object) -> tuple[str, str | None]:
    """Return the text of a message and the id of the button pressed."""
    if kind == "text":
        return _text(_get(_get(raw, "text"), "body"), MAX_BODY), None
    if kind == "button":
        button = _get(raw, "button")
        return _text(_get(button, "text"), MAX_BODY), _text(_get(button, "payload"), 300) or None
    if kind == "interactive":
        part = _get(raw, "interactive")
        reply = _get(part, "button_reply") or _get(part, "list_reply")
        return _text(_get(reply, "title"), MAX_BODY), _text(_get(reply, "id"), 300) or None
    if kind in _MEDIA:
        return _text(_get(_get(raw, kind), "caption"), MAX_BODY), None
    return "", None


def _media(kind: str, raw: object) -> tuple[Media, ...]:
    if kind in ("text", "button", "interactive", "location"):
        return ()
    part = _get(raw, kind)
    return (
        Media(
            content_type=_text(_get(part, "mime_type"), _LONGEST_ID),
            reference=_text(_get(part, "id"), _LONGEST_LABEL),
        ),
    )


def _location(raw: object) -> Location | None:
    part = _get(raw, "location")
    try:
        label = " ".join(filter(None, (_text(_get(part, k), 500) for k in ("name", "address"))))
        return Location(
            latitude=_get(part, "latitude"), longitude=_get(part, "longitude"), label=label
        )
    except ValidationError:
        return None


def _contact(change: _Change, item: _Item) -> object:
    for contact in change.contacts:
        if item.sender and _get(contact, "wa_id") == item.sender:
            return contact
        if item.own_id and _get(contact, "user_id") == item.own_id:
            return contact
    return change.contacts[0] if len(change.contacts) == 1 else {}


def _moment(timestamp: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(timestamp), timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def _code(errors: list[Any]) -> int | None:
    code = _get(errors[0], "code") if errors else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _get(value: object, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""
