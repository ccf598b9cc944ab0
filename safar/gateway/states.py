"""How the state of a sent message may move: forward only.

Providers report delivery more than once and out of order. The order is that of their life:
accepted or scheduled, queued, sending, sent, delivered, read. ``failed``, ``undelivered`` and
``canceled`` end it, but never take back that a message was delivered or read.
"""

from __future__ import annotations

OPEN_STATES = ("ready", "leased", "sending", "unknown")
"""States in which a row still needs the dispatcher."""

FAILED_STATES = ("failed", "undelivered", "canceled")
"""States that a provider ends a message with."""

# The provider's word: our state, and its place in the order.
_POSITIVE = {
    "accepted": ("accepted", 0),
    "scheduled": ("accepted", 0),
    "queued": ("accepted", 1),
    "sending": ("accepted", 2),
    "sent": ("sent", 3),
    "partially_delivered": ("sent", 3),
    "delivered": ("delivered", 4),
    "read": ("read", 5),
}
# Least place of each state of ours, for rows whose provider's word is not known.
_PLACE = {"accepted": 0, "sent": 3, "delivered": 4, "read": 5}


def is_positive(status: str) -> bool:
    """Tell whether the provider's word means that it has the message."""
    return status in _POSITIVE


def is_known(status: str) -> bool:
    """Tell whether the provider's word has a meaning here."""
    return status in _POSITIVE or status in FAILED_STATES


def advance(state: str, provider_status: str | None, status: str) -> str | None:
    """Return the state that a provider's word leads to, or None when it changes nothing.

    Args:
        state: State of the outbox row.
        provider_status: The provider's word applied last, if any.
        status: The provider's new word, in lower case.
    """
    if state in FAILED_STATES or not is_known(status):
        return None
    if status in FAILED_STATES:
        # A row waiting for another try was surely not taken before: that word is of an older try.
        return status if state in {"sending", "unknown", "accepted", "sent"} else None
    target, place = _POSITIVE[status]
    return target if place > _place(state, provider_status) else None


def _place(state: str, provider_status: str | None) -> int:
    if state not in _PLACE:
        return -1  # Not known to be with the provider, "dead" among them: any good word moves it.
    known = _POSITIVE.get(provider_status or "")
    return max(_PLACE[state], known[1] if known else 0)
