"""Creating a message: what Twilio refuses, and what it makes of the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import FormData

from tests.peers.twilio.account import Account
from tests.peers.twilio.codes import BAD_RECIPIENTS, BAD_SENDERS
from tests.peers.twilio.messages import WHATSAPP, Message, count_segments, new_message
from tests.peers.twilio_webhooks import new_sid

LONGEST_BODY = 1600
LONGEST_VALIDITY = 36_000
LONGEST_CALLBACK = 4000
MOST_MEDIA = 10
_NUMBER = re.compile(r"\+[1-9]\d{1,14}|\d{3,8}")
_ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +&_-]{1,11}")
_WHATSAPP_USER = re.compile(r"\+[1-9]\d{1,14}|[A-Z]{2}\.[A-Za-z0-9.]{1,128}")
_CONTENT = re.compile(r"HX[0-9a-fA-F]{32}")
_VARIABLE_NAME = re.compile(r"\w{1,16}", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """The fields of a request that mean something here; the others are taken and left."""

    to: str
    sender: str
    service: str
    body: str
    media: tuple[str, ...]
    content_sid: str
    content_variables: str
    callback: str
    validity: str

    @classmethod
    def of(cls, form: FormData) -> Asked:
        """Read a request's form."""
        return cls(
            to=_text(form, "To"),
            sender=_text(form, "From"),
            service=_text(form, "MessagingServiceSid"),
            body=_text(form, "Body"),
            media=tuple(str(url) for url in form.getlist("MediaUrl")),
            content_sid=_text(form, "ContentSid"),
            content_variables=_text(form, "ContentVariables"),
            callback=_text(form, "StatusCallback"),
            validity=_text(form, "ValidityPeriod"),
        )

    @property
    def on_whatsapp(self) -> bool:
        """Whether the recipient is reached on WhatsApp."""
        return self.to.startswith(WHATSAPP)


def why_refused(account: Account, asked: Asked) -> int | None:
    """Return the code with which Twilio would refuse this message, None if it would not."""
    bare_to = asked.to.removeprefix(WHATSAPP)
    bare_sender = asked.sender.removeprefix(WHATSAPP)
    checks = [
        (not asked.to, 21604),
        (not asked.sender and not asked.service, 21603),
        (not (asked.body or asked.media or asked.content_sid), 21602),
        (len(asked.body) > LONGEST_BODY, 21617),
        (len(asked.media) > MOST_MEDIA or not all(map(_is_address, asked.media)), 21620),
        (not _valid_validity(asked.validity), 21624),
        (asked.callback != "" and not _is_address(asked.callback), 21609),
        (len(asked.callback) > LONGEST_CALLBACK, 21609),
        (not _template_exists(account, asked.content_sid), 21655),
        (not _valid_variables(asked.content_variables), 21656),
        (bare_sender in BAD_SENDERS, BAD_SENDERS.get(bare_sender, 0)),
        (bare_to in BAD_RECIPIENTS, BAD_RECIPIENTS.get(bare_to, 0)),
        (not _is_recipient(asked.to), 21211),
        (asked.sender != "" and not _is_sender(asked.sender), 21212),
        (_mixed(asked), 21910),
        (not _owned(account, asked.sender), 63007 if asked.on_whatsapp else 21606),
        (_opted_out(account, asked), 21610),
    ]
    return next((code for wrong, code in checks if wrong), None)


def accept(account: Account, asked: Asked) -> Message:
    """Take a message; with a messaging service its sender and segments are known later."""
    message = new_message(
        account.sid,
        new_sid("MM" if asked.media else "SM"),
        account.clock(),
        next(account.order),
        messaging_service_sid=asked.service or None,
        to=asked.to,
        body=asked.body,
        direction="outbound-api",
        status="accepted" if asked.service else "queued",
        num_segments="0" if asked.service else str(count_segments(asked.body, asked.to)),
        num_media=str(len(asked.media)),
        status_callback=asked.callback,
        template=asked.content_sid or None,
        variables=asked.content_variables or None,
        media=list(asked.media),
        **{"from": asked.sender or None},
    )
    account.sent.append(message)
    return message


def _text(form: FormData, name: str) -> str:
    return str(form.get(name, ""))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _valid_validity(seconds: str) -> bool:
    if seconds == "":
        return True
    return seconds.isascii() and seconds.isdigit() and 1 <= int(seconds) <= LONGEST_VALIDITY


def _template_exists(account: Account, sid: str) -> bool:
    if sid == "":
        return True
    known = account.numbers.templates
    return bool(_CONTENT.fullmatch(sid)) and (known is None or sid in known)


def _valid_variables(text: str) -> bool:
    """Tell whether it is a JSON object of names and texts; texts are not empty, and one line."""
    if text == "":
        return True
    try:
        given = json.loads(text)
    except ValueError:
        return False
    return isinstance(given, Mapping) and all(
        _VARIABLE_NAME.fullmatch(name) and isinstance(value, str) and value and "\n" not in value
        for name, value in given.items()
    )


def _is_recipient(address: str) -> bool:
    pattern = _WHATSAPP_USER if address.startswith(WHATSAPP) else _NUMBER
    return bool(pattern.fullmatch(address.removeprefix(WHATSAPP)))


def _is_sender(address: str) -> bool:
    if address.startswith(WHATSAPP):
        return bool(_NUMBER.fullmatch(address.removeprefix(WHATSAPP)))
    return bool(_NUMBER.fullmatch(address) or _ALPHANUMERIC.fullmatch(address))


def _mixed(asked: Asked) -> bool:
    return asked.sender != "" and asked.sender.startswith(WHATSAPP) != asked.on_whatsapp


def _owned(account: Account, sender: str) -> bool:
    return not sender or account.numbers.owned is None or sender in account.numbers.owned


def _opted_out(account: Account, asked: Asked) -> bool:
    senders = [asked.sender] if asked.sender else account.pool(asked.service)
    return any((ours, asked.to) in account.opted_out for ours in senders)
