"""What goes through the queues: the message that came, what is remembered, what goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from safar.messaging.render import Channel

MAX_BODY = 16_384
"""Most characters of a text, far above what any channel carries."""

MAX_ATTEMPTS = 5
"""Tries of the assistant at one message; after them only a fallback may be sent."""

# Errors of validation must not repeat what a person wrote, nor their number.
_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class InboundMessage(BaseModel):
    """One message as a provider brought it. Its repr shows no text and no address.

    Attributes:
        provider: Name of the provider, such as ``twilio``.
        provider_message_id: Its id of the message; a second one with the same id is a repeat.
        channel: ``sms`` or ``whatsapp``.
        sender_kind: What the sender's address is: ``phone``, ``whatsapp``, ``simulator``.
        sender: The address, as an answer must be addressed.
        recipient: The address of ours.
        body: The text, perhaps empty.
        raw: All fields the provider sent.
    """

    model_config = _STRICT

    provider: str = Field(min_length=1, max_length=40)
    provider_message_id: str = Field(min_length=1, max_length=200)
    channel: Channel
    sender_kind: str = Field(min_length=1, max_length=40)
    sender: str = Field(min_length=1, max_length=200, repr=False)
    recipient: str = Field(min_length=1, max_length=200, repr=False)
    body: str = Field(default="", max_length=MAX_BODY, repr=False)
    raw: dict[str, str] = Field(default_factory=dict, repr=False)


class ConversationUpdate(BaseModel):
    """What the next message of the conversation must know.

    Attributes:
        state: JSON text of the assistant; None forgets it.
        variant: Language variant, such as ``ne-Latn``.
        offered_options: JSON objects, one an option, in the order offered.
        pages: Texts still to be sent on "more".
        person_has_it: True hands the conversation to a person, None leaves it as it is.
    """

    model_config = _STRICT

    state: str | None = Field(default=None, repr=False)
    variant: str | None = None
    offered_options: list[dict[str, JsonValue]] = Field(default_factory=list, repr=False)
    pages: list[str] = Field(default_factory=list, repr=False)
    person_has_it: bool | None = None


class OutgoingText(BaseModel):
    """One text to send, already in the channel's form.

    Attributes:
        text: The words.
        segments: How many SMS segments it is charged as; 0 where that means nothing.
        encoding: ``gsm7``, ``ucs2`` or empty.
        priority: A larger number goes earlier than other conversations' texts.
        expires_at: Past this moment it is not sent any more.
    """

    model_config = _STRICT

    text: str = Field(min_length=1, max_length=MAX_BODY, repr=False)
    segments: int = Field(default=0, ge=0)
    encoding: str = Field(default="", max_length=20)
    priority: int = 0
    expires_at: AwareDatetime | None = None


@dataclass(frozen=True)
class Received:
    """Where a message was put; ``duplicate`` when it had been there before."""

    inbox_id: int
    conversation_id: str
    duplicate: bool


@dataclass(frozen=True)
class ClaimedMessage:
    """A message lent to one worker. Its repr shows ids only.

    Attributes:
        id: Row of the inbox.
        attempts: This try's number, from 1.
        received_at: When it came (UTC).
    """

    id: int
    conversation_id: str
    channel: str
    provider: str
    body: str = field(repr=False)
    raw: dict[str, str] = field(repr=False)
    attempts: int
    received_at: datetime

    @property
    def last_attempt(self) -> bool:
        """If this try fails, finish with a fallback and ``dead=True`` instead of releasing."""
        return self.attempts >= MAX_ATTEMPTS

    @property
    def exhausted(self) -> bool:
        """All tries failed or crashed: do not run the assistant, send only the fallback."""
        return self.attempts > MAX_ATTEMPTS
