"""The Cloud API's error codes as what follows from them, for answers and for statuses alike.

Codes: https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
One that is not listed counts as our own fault, unless the HTTP status says otherwise.
"""

from __future__ import annotations

from datetime import timedelta

from safar.gateway.providers.base import (
    ChannelPausedError,
    ContentError,
    FailureKind,
    OptedOutError,
    RecipientError,
    SendError,
    TransientSendError,
    UnknownOutcomeError,
    WindowClosedError,
)

_THROTTLED = 429
_UNAUTHORISED = 401
_SERVER_ERROR = 500
_WAIT = timedelta(seconds=10)

_CODES: dict[FailureKind, tuple[int, ...]] = {
    # 131050: the person asked not to get marketing; answers to questions are none, and they may
    # write again at any time, so only this text is given up.
    FailureKind.CONTENT: (
        100,
        131008,
        131009,
        131050,
        131051,
        132000,
        132001,
        132005,
        132007,
        132012,
    ),
    FailureKind.RECIPIENT: (131021, 131026, 131030, 130472, 133010),
    FailureKind.WINDOW: (131047,),
    FailureKind.CHANNEL: (0, 3, 10, 190, 368, 131005, 131031, 131042, 131045, 133000),
    FailureKind.TRANSIENT: (
        *(1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131049, 131053, 131056, 131057),
        *(133004, 133016),
    ),
}
_KINDS = {code: kind for kind, codes in _CODES.items() for code in codes}
_ERRORS: dict[FailureKind, type[SendError]] = {
    FailureKind.OPT_OUT: OptedOutError,
    FailureKind.CONTENT: ContentError,
    FailureKind.RECIPIENT: RecipientError,
    FailureKind.WINDOW: WindowClosedError,
    FailureKind.CHANNEL: ChannelPausedError,
    FailureKind.TRANSIENT: TransientSendError,
}


def kind_of(code: int) -> FailureKind:
    """Return what a code means, of a status or of an answer."""
    return _KINDS.get(code, FailureKind.CONTENT)


def error_of(status: int, code: int | None) -> SendError:
    """Return the error for an answer of the API.

    Args:
        status: HTTP status.
        code: Meta's code, None where it gave none.
    """
    word = str(status if code is None else code)
    known = None if code is None else _KINDS.get(code)
    if status == _THROTTLED or (known is FailureKind.TRANSIENT and status < _SERVER_ERROR):
        return TransientSendError(word, retry_after=_WAIT)
    if status >= _SERVER_ERROR:
        # It may have been accepted before the server broke.
        return UnknownOutcomeError(word)
    if known is not None:
        return _ERRORS[known](word)
    return ChannelPausedError(word) if status == _UNAUTHORISED else ContentError(word)
