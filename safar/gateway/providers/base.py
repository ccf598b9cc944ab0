"""What the dispatcher asks of a provider, and the errors a provider may raise.

SendError                   base: ``code``, ``kind``
├── TransientSendError      surely not sent; try again later
│   ├── RouteBlockedError   our account may not send there until somebody acts; elsewhere it may
│   ├── NoConnectionError   nobody was reached: the network is away
│   └── ChannelPausedError  nothing can be sent until somebody acts: account, credentials, stick
├── PermanentSendError      surely not sent and never will be
│   ├── OptedOutError       the person asked the carrier to be left alone
│   ├── RecipientError      this address cannot be reached on this channel
│   ├── ContentError        the text or our configuration is at fault
│   ├── GuardedError        the provider takes it for fraud: an operator must look at it
│   ├── WindowClosedError   WhatsApp's 24 hours are over and there is no template
│   └── ExpiredError        it grew too old on the way
└── UnknownOutcomeError     the answer was lost: it may have been sent
    └── ListBehindError     the provider's list cannot be believed now
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import ClassVar, Protocol

from safar.gateway.messages import Choice


class FailureKind(str, Enum):
    """What a failure means for what is done next."""

    OPT_OUT = "opt_out"
    RECIPIENT = "recipient"
    CONTENT = "content"
    WINDOW = "window"
    EXPIRED = "expired"
    CHANNEL = "channel"
    BLOCKED = "blocked"
    GUARDED = "guarded"
    TRANSIENT = "transient"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do, so that nobody asks for its name.

    Attributes:
        channels: Channels it serves, such as ``{"sms", "whatsapp"}``.
        can_find: Whether `Provider.find` can say what became of a message. Without it an unknown
            outcome is settled by a status callback, or by sending once more when none has come.
        has_list: Whether `Provider.find` reads the provider's own list. What is not in it was
            surely not sent, and is tried as often as what was refused for now.
        status_callbacks: Whether it reports delivery later.
        parallel: How many messages of one channel may be handed to it at a time, of different
            conversations.
    """

    channels: frozenset[str]
    can_find: bool = False
    has_list: bool = False
    status_callbacks: bool = False
    parallel: int = 1


@dataclass(frozen=True)
class OutboundMessage:
    """One text to hand to a provider. Its repr shows ids only.

    Attributes:
        outbox_id: Row of the outbox, the same for every try.
        conversation_id: Random id of the conversation (32 hex digits).
        to: Address of the person, as the provider gave it.
        from_: Address of ours that the person wrote to.
        channel: ``sms`` or ``whatsapp``.
        body: The text.
        callback_id: To put in the status callback's address, so that a callback settles an
            unknown outcome; `safar.gateway.outbox.apply_status` takes it as ``outbox_id``.
        urgent: It may save a life: what became of it is not waited for before a second try.
        expires_at: Past this moment nobody wants it any more.
        choices: Buttons; the body names the same options by number.
        window_open: Whether WhatsApp takes a free text for this person now; None on other channels.
        variant: Language variant of the text.
        taken_ids: Provider message ids which belong to other rows of this conversation; `find`
            must not answer with one of them, else a text sent twice on purpose is mixed up.
    """

    outbox_id: int
    conversation_id: str
    to: str = field(repr=False)
    from_: str = field(repr=False)
    channel: str
    body: str = field(repr=False)
    callback_id: str
    urgent: bool = False
    expires_at: datetime | None = None
    choices: tuple[Choice, ...] = field(default=(), repr=False)
    window_open: bool | None = None
    variant: str | None = None
    taken_ids: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True)
class SendResult:
    """What the provider said: its id of the message and the first status, in its own word."""

    provider_message_id: str
    status: str = "accepted"


@dataclass(frozen=True)
class StatusReport:
    """What a provider tells later of a message it took.

    Attributes:
        provider: Who tells.
        status: Its word, such as ``delivered``; `safar.gateway.states` knows them.
        provider_message_id: Its id of the message, if it gives one.
        outbox_id: Our id, if it came back with the report.
        error_code: Its code for a failure.
        failure: What that failure means.
    """

    provider: str
    status: str
    provider_message_id: str | None = None
    outbox_id: int | None = None
    error_code: str | None = None
    failure: FailureKind | None = None


class Provider(Protocol):
    """A way to send messages. Each of its channels is served by a thread of its own."""

    @property
    def name(self) -> str:
        """Name that stands in the tables, such as ``twilio``."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    def send(self, message: OutboundMessage) -> SendResult:
        """Send one message, waiting a bounded time.

        Raises:
            TransientSendError: Surely not sent; worth another try.
            PermanentSendError: Surely not sent; never will be.
            UnknownOutcomeError: No answer came; it may have been sent.
        """
        ...

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        """Look in the provider's list, or our own notes, for a message whose outcome is unknown.

        Args:
            message: The message as it was sent.
            since: It was not sent before this moment (UTC).

        Returns:
            The message found, or None when it is surely not there. Where there is no list, None
            may also mean that nobody knows and that it should be sent again once.

        Raises:
            NoConnectionError: Nobody could be asked; it is asked again soon.
            SendError: It cannot be said now; the outcome stays unknown.
        """
        ...


class SendError(Exception):
    """A message was not, or perhaps not, sent.

    Attributes:
        code: The provider's code or a short word of ours; goes to tables and logs, so it must
            hold neither text nor address.
        kind: What follows from it.
    """

    kind: ClassVar[FailureKind] = FailureKind.UNKNOWN

    def __init__(self, code: str, message: str | None = None) -> None:
        """Keep the code; ``message`` is for people and is not logged."""
        super().__init__(message or f"The provider refused the message with code {code}.")
        self.code = code

    @property
    def retryable(self) -> bool:
        """Whether sending again is safe and may help."""
        return isinstance(self, TransientSendError)


class TransientSendError(SendError):
    """Surely not sent, but may be later: throttled, refused for now, no connection made.

    Attributes:
        retry_after: How long the provider asked us to wait, if it did.
        pause: The whole channel is out of order, so other messages should not be tried either,
            and this try is not counted.
    """

    kind = FailureKind.TRANSIENT
    pause: ClassVar[bool] = False

    def __init__(
        self, code: str, message: str | None = None, *, retry_after: timedelta | None = None
    ) -> None:
        """Keep the code and when to try again."""
        super().__init__(code, message)
        self.retry_after = retry_after


class NoConnectionError(TransientSendError):
    """Surely not sent, since nobody was reached; raised by `Provider.find`, nobody was asked.

    No message is at fault, so the try is not counted, and it is tried again soon.
    """


class RouteBlockedError(TransientSendError):
    """Surely not sent: our account may not send to this country or person until somebody acts.

    What goes elsewhere is not concerned, so nothing is paused: else one message from such a number
    would silence everybody. It is tried again after an hour, as long as it is worth sending.
    """

    kind = FailureKind.BLOCKED


class ChannelPausedError(TransientSendError):
    """Surely not sent, and neither is anything else on this channel until somebody acts.

    Where the whole account is out of order, each channel finds out by its own next message.
    """

    kind = FailureKind.CHANNEL
    pause = True


class PermanentSendError(SendError):
    """Surely not sent, and trying again cannot help."""

    kind = FailureKind.CONTENT


class OptedOutError(PermanentSendError):
    """The person asked not to be written to; nothing more may be sent until they ask again."""

    kind = FailureKind.OPT_OUT


class RecipientError(PermanentSendError):
    """This address cannot be reached on this channel; another channel may."""

    kind = FailureKind.RECIPIENT


class ContentError(PermanentSendError):
    """The text, a template or our configuration is at fault: an operator should know."""

    kind = FailureKind.CONTENT


class GuardedError(PermanentSendError):
    """A guard against fraud refused it: the range may be one that pumps messages for money."""

    kind = FailureKind.GUARDED


class WindowClosedError(PermanentSendError):
    """WhatsApp takes only approved templates for this person now, and none is configured."""

    kind = FailureKind.WINDOW


class ExpiredError(PermanentSendError):
    """The message outlived its time on the way; it is decided anew."""

    kind = FailureKind.EXPIRED


class UnknownOutcomeError(SendError):
    """The request may have been carried out: the answer was lost or was a server error."""


class ListBehindError(UnknownOutcomeError):
    """The list does not show it, nor what was surely taken: it is behind, and proves nothing."""
