"""What goes through the queues: the message that came, what is remembered, what goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from safar.messaging.render import Channel

Kind = Literal["answer", "danger", "officer", "consent", "notice"]
"""What a text to a person is for."""

Treatment = Literal["answer", "danger_only", "stopped", "stop", "start", "help", "limit", "none"]
"""What may be answered to a message: anything; only what saves a life (because of a limit, or to
somebody who asked to be left alone); a word about consent; that a limit is reached; nothing."""

URGENT = 10
"""Priority of texts that go before all others: danger, and what officers write."""

MAX_BODY = 16_384
"""Most characters of a text, far above what any channel carries."""

MAX_ATTEMPTS = 5
"""Tries of the assistant at one message; after them only a fallback may be sent."""

# Errors of validation must not repeat what a person wrote, nor their number.
_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Identity(BaseModel):
    """One address or id of a person.

    Attributes:
        kind: ``phone`` (E.164), ``whatsapp`` (as an answer is addressed), ``bsuid`` (WhatsApp's id
            of a person for one business, who may have no phone number there), ``simulator``.
        value: As the provider writes it.
    """

    model_config = _STRICT

    kind: str = Field(min_length=1, max_length=40)
    value: str = Field(min_length=1, max_length=200, repr=False)


class Location(BaseModel):
    """A place that a person sent: WGS 84 degrees and what WhatsApp calls it."""

    model_config = _STRICT

    latitude: float = Field(ge=-90, le=90, repr=False)
    longitude: float = Field(ge=-180, le=180, repr=False)
    label: str = Field(default="", max_length=1000, repr=False)


class Media(BaseModel):
    """A picture, a recording or a file that came along: noted, not fetched.

    Attributes:
        content_type: As the provider says, such as ``image/jpeg``.
        reference: The provider's address or id of it.
    """

    model_config = _STRICT

    content_type: str = Field(default="", max_length=200)
    reference: str = Field(default="", max_length=1000, repr=False)


class Extras(BaseModel):
    """What came beside the text.

    Attributes:
        choice: Id of the button that was pressed, as we sent it.
        location: The place sent, if any.
        media: What else was attached.
    """

    model_config = _STRICT

    choice: str | None = Field(default=None, max_length=300, repr=False)
    location: Location | None = None
    media: tuple[Media, ...] = Field(default=(), max_length=20)


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
        aliases: Other addresses of the same person that the provider named.
        profile: The name the person shows; only its digest is kept, to notice another person.
        extras: What came beside the text.
        opt_out: ``stop``, ``start`` or ``help`` where the provider has acted on such a word itself.
        carrier_acts: Whether the provider answers and obeys the carriers' words (STOP, START…)
            by itself, so that ours would be a second answer, or refused.
        sent_at: When the person sent it, where the provider says so.
        costs: Whether answering costs anybody anything; what does not has no limits.
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
    aliases: tuple[Identity, ...] = ()
    profile: str | None = Field(default=None, max_length=1000, repr=False)
    extras: Extras = Extras()
    opt_out: Literal["stop", "start", "help"] | None = None
    carrier_acts: bool = False
    sent_at: AwareDatetime | None = None
    costs: bool = True


class Choice(BaseModel):
    """A button: the id that comes back, and the words on it."""

    model_config = _STRICT

    id: str = Field(min_length=1, max_length=256)
    title: str = Field(min_length=1, max_length=100)


@dataclass(frozen=True)
class LastWord:
    """What is said and remembered instead, decided in the transaction that closes a message.

    Attributes:
        outgoing: Texts in order; none where a person got the message.
        conversation: What to remember; None keeps the memory as it was.
        erases: Whether the person is forgotten.
    """

    outgoing: Sequence[OutgoingText] = ()
    conversation: ConversationUpdate | None = None
    erases: bool = False


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
        expires_at: Past this moment it is not sent as it is, but decided anew.
        kind: What it is for; ``danger`` and ``officer`` go first, ``consent`` reaches people who
            asked to be left alone, and so does ``danger``.
        choices: Buttons, for channels that have them; the text names the same options.
        variant: Language variant of the text (BCP 47), for a template around it.
        sms_text: The same answer as an SMS, for a person whom WhatsApp does not reach.
        sms_segments: Segments of that.
    """

    model_config = _STRICT

    text: str = Field(min_length=1, max_length=MAX_BODY, repr=False)
    segments: int = Field(default=0, ge=0)
    encoding: str = Field(default="", max_length=20)
    priority: int = 0
    expires_at: AwareDatetime | None = None
    kind: Kind = "answer"
    choices: tuple[Choice, ...] = Field(default=(), repr=False)
    variant: str | None = None
    sms_text: str | None = Field(default=None, min_length=1, max_length=MAX_BODY, repr=False)
    sms_segments: int = Field(default=0, ge=0)


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
        treatment: What may be answered.
        extras: What came beside the text.
        round: 0 at first; more when the answer grew too old on the way and is made anew.
        decided: What the text was taken for the first time, when it was an option; None else.
        costs: Whether answering costs anybody anything.
    """

    id: int
    conversation_id: str
    channel: str
    provider: str
    body: str = field(repr=False)
    raw: dict[str, str] = field(repr=False)
    attempts: int
    received_at: datetime
    treatment: Treatment = "answer"
    extras: Extras = field(default_factory=Extras, repr=False)
    round: int = 0
    decided: str | None = field(default=None, repr=False)
    costs: bool = True

    @property
    def last_attempt(self) -> bool:
        """If this try fails, finish with a fallback and ``dead=True`` instead of releasing."""
        return self.attempts >= MAX_ATTEMPTS

    @property
    def exhausted(self) -> bool:
        """All tries failed or crashed: do not run the assistant, send only the fallback."""
        return self.attempts > MAX_ATTEMPTS
