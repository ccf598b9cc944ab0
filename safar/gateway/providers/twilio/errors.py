"""Twilio's error codes as what follows from them, for answers of its API and for callbacks alike.

Codes: https://www.twilio.com/docs/api/errors. One that is not listed counts as our own fault, which
an operator has to look at, unless the HTTP status says otherwise: Twilio adds codes freely.
"""

from __future__ import annotations

from datetime import timedelta

from safar.gateway.providers.base import (
    ChannelPausedError,
    ContentError,
    ExpiredError,
    FailureKind,
    GuardedError,
    OptedOutError,
    RecipientError,
    RouteBlockedError,
    SendError,
    TransientSendError,
    UnknownOutcomeError,
    WindowClosedError,
)

_THROTTLED = 429
_UNAUTHORISED = frozenset({401, 403})
_SERVER_ERROR = 500
_DEFAULT_WAIT = timedelta(seconds=5)
# Not Twilio's own words: it gives a code of five digits with each refusal. A proxy, a portal or a
# wrong address answered in its place, so nothing was taken, and no text is at fault.
_TRY_AGAIN = frozenset({408, 425})
_NOT_TWILIO = frozenset({404, 405, 407})
_REFUSAL = 400

_CODES: dict[FailureKind, tuple[int, ...]] = {
    FailureKind.OPT_OUT: (21610,),
    FailureKind.RECIPIENT: (
        *(21211, 21217, 21219, 21265, 21407, 21612, 21614, 21635),
        *(30004, 30005, 30006),
        *(63003, 63013, 63024),
    ),
    FailureKind.WINDOW: (63016,),
    FailureKind.CONTENT: (
        *(21602, 21603, 21604, 21605, 21606, 21212, 21617, 21619, 21620, 21654, 21655, 21656),
        *(63005, 63021, 63027, 63028, 63029, 63030, 63040, 63041, 63042, 92005, 92007),
        # The person has blocked us on WhatsApp: nothing is sent another way, and nothing is noted,
        # since by writing again they show that it is over.
        *(63014, 63033),
    ),
    FailureKind.CHANNEL: (
        *(20003, 20005, 20403, 20404, 21703, 30002),
        *(63001, 63002, 63007, 63008, 63020, 63022),
    ),
    # A country that is not allowed, a number that a trial account has not verified, the networks of
    # the United States without registration: only an operator can mend that, and what goes
    # elsewhere must not wait for it.
    FailureKind.BLOCKED: (21408, 21608, 30034),
    FailureKind.GUARDED: (30450, 30453),
    FailureKind.TRANSIENT: (
        *(20500, 20503),  # In a report. As the answer of the API it may have been taken.
        *(14107, 20429, 21611, 30001, 30003, 30007, 30008, 30022, 30410),
        *(63010, 63012, 63015, 63017, 63018, 63023, 63032, 63049, 63051),
    ),
    FailureKind.EXPIRED: (30036, 35115),
}
_KINDS = {code: kind for kind, codes in _CODES.items() for code in codes}

TEMPLATE_REFUSED = frozenset(
    {
        *(21619, 21654, 21655, 21656, 92005, 92007),
        *(63005, 63021, 63027, 63028, 63029, 63030, 63040, 63041, 63042),
    }
)
"""Codes that refuse a content template, where the same words as a free text may pass."""

_ERRORS: dict[FailureKind, type[SendError]] = {
    FailureKind.OPT_OUT: OptedOutError,
    FailureKind.RECIPIENT: RecipientError,
    FailureKind.WINDOW: WindowClosedError,
    FailureKind.CONTENT: ContentError,
    FailureKind.CHANNEL: ChannelPausedError,
    FailureKind.BLOCKED: RouteBlockedError,
    FailureKind.GUARDED: GuardedError,
    FailureKind.TRANSIENT: TransientSendError,
    FailureKind.EXPIRED: ExpiredError,
}


def kind_of(code: int) -> FailureKind:
    """Return what a code means, of a callback or of an answer."""
    return _KINDS.get(code, FailureKind.CONTENT)


def error_of(status: int, code: int, retry_after: timedelta | None = None) -> SendError:
    """Return the error for an answer of the API.

    Args:
        status: HTTP status.
        code: Twilio's code; 0, or the status again, where there was none.
        retry_after: how long it asked us to wait, if it did.
    """
    word = str(code or status)
    if status >= _SERVER_ERROR:
        # It may have been accepted before the server broke.
        return UnknownOutcomeError(word)
    again = status == _THROTTLED or (status in _TRY_AGAIN and code in {0, status})
    if again or _KINDS.get(code) is FailureKind.TRANSIENT:
        return TransientSendError(word, retry_after=retry_after or _DEFAULT_WAIT)
    return _ERRORS[_KINDS.get(code) or _kind_of_status(status, code)](word)


def _kind_of_status(status: int, code: int) -> FailureKind:
    if status in _UNAUTHORISED:
        return FailureKind.CHANNEL
    if code in {0, status} and (status < _REFUSAL or status in _NOT_TWILIO):
        return FailureKind.CHANNEL
    return FailureKind.CONTENT
