"""Tells a number that is refused from a stick that is refused everything.

The modem says no in both cases, and libGammu's binding hides the reason. So it is looked at who is
refused: one message again and again while others go out, or everything.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from safar.gateway.providers.base import (
    ChannelPausedError,
    RecipientError,
    SendError,
    TransientSendError,
)

REFUSED_PREFIX = "refused_"
_OFTEN = 3
_SEVERAL = 2
_REMEMBERED = 500


@dataclass
class _Refused:
    times: int = 0
    since: float = 0.0


@dataclass
class Refusals:
    """Counts in memory; a restart only means that it begins to count again."""

    now: Callable[[], float]
    _messages: dict[int, _Refused] = field(default_factory=dict)
    _accepted_at: float = float("-inf")
    _in_a_row: set[str] = field(default_factory=set, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def accepted(self, outbox_id: int) -> None:
        """Note that the network took a part."""
        with self._lock:
            self._accepted_at = self.now()
            self._in_a_row.clear()
            self._messages.pop(outbox_id, None)

    def judged(self, error: SendError, outbox_id: int, to: str) -> SendError:
        """Return the error that fits what is known: the same one, or a plainer one.

        Args:
            error: As the modem gave it.
            outbox_id: The message.
            to: Its recipient.
        """
        if not (isinstance(error, TransientSendError) and error.code.startswith(REFUSED_PREFIX)):
            return error
        with self._lock:
            refused = self._messages.setdefault(outbox_id, _Refused(since=self.now()))
            refused.times += 1
            self._in_a_row.add(to)
            while len(self._messages) > _REMEMBERED:
                del self._messages[next(iter(self._messages))]
            if refused.times >= _OFTEN and self._accepted_at > refused.since:
                del self._messages[outbox_id]
                return RecipientError("refused_by_network")
            if len(self._in_a_row) >= _SEVERAL:
                # No credit, no contract, a wrong message centre: a person must look.
                return ChannelPausedError("refuses_everybody")
        return error
