"""How hard and how patiently texts are sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from safar.gateway.outbox import UNKNOWN_BLOCKS

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class DispatcherOptions:
    """How hard and how patiently to try.

    Attributes:
        batch: Texts claimed at a time.
        lease: Longer than any call of a provider can last.
        max_attempts: Tries at a text before it is given up (with the delays: some hours).
        base_delay: Wait after the first failed try; doubles each time.
        max_delay: Longest wait between two tries.
        poll: Seconds between two looks at an empty outbox.
        pause_after: Failures in a row after which a channel is left alone for a while.
        max_pause: Longest such while.
        reach_again: Longest wait between two tries to reach a provider that is not connected.
        blocked_again: Wait before another try at a text that our account may not send there.
        lead_round_after: Age at which a text that waits for a channel out of order goes by another
            one; what may save a life does so at once.
        unknown_blocks: How long a text of unknown outcome holds up its conversation.
        settle: How long to wait for a callback before the provider is asked.
        callback_wait: The same for a provider that cannot be asked.
        steady: How long a connection must have held for its end to count as the first trouble.
        give_up: Age past which a text that nobody can settle is given up.
    """

    batch: int = 10
    lease: timedelta = timedelta(seconds=30)
    max_attempts: int = 20
    base_delay: timedelta = timedelta(seconds=5)
    max_delay: timedelta = timedelta(minutes=30)
    poll: float = 0.5
    pause_after: int = 3
    max_pause: timedelta = timedelta(minutes=5)
    reach_again: timedelta = timedelta(seconds=30)
    blocked_again: timedelta = timedelta(hours=1)
    lead_round_after: timedelta = timedelta(minutes=15)
    unknown_blocks: timedelta = UNKNOWN_BLOCKS
    settle: timedelta = timedelta(seconds=15)
    callback_wait: timedelta = timedelta(minutes=10)
    steady: timedelta = timedelta(minutes=5)
    give_up: timedelta = timedelta(hours=24)
