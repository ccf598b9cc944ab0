"""No path ends in a lost text, or in one that went backward.

`truth.py` is the carrier that knows what it really took, `house.py` the store and the people,
`hands.py` a sender that may stop between any two steps, `rules.py` what may happen, and
`promises.py` what must be true: read that one first.

SAFAR_TEST_DEPTH=deep tries some thousands of stories of their own; without it the same few are
told each time.
"""

from __future__ import annotations

import os

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant

from tests.gateway.machine import promises
from tests.gateway.machine.rules import PeopleWrite, ReportsCome, TextsGo, TheWorldTurns

DEEP = os.environ.get("SAFAR_TEST_DEPTH") == "deep"
PATIENCE = [1, 31, 60, 121, 600, 600, 900, *[1800] * 10]
"""Seconds, one wait after the other, in which everything must have come to an end."""


class Outbox(PeopleWrite, TextsGo, ReportsCome, TheWorldTurns):
    """The whole house."""

    kept = True

    @invariant()
    def promises_are_kept(self) -> None:
        self.house.pass_(0.007)
        wrong = promises.after_step(self.house)
        self.kept = not wrong
        assert not wrong, wrong

    def teardown(self) -> None:
        try:
            # What breaks later, only because of what broke before, would hide it.
            if self.kept:
                self._come_to_rest()
        finally:
            self.house.close()

    def _come_to_rest(self) -> None:
        """Mend everything from outside, wait, and look how each text has ended."""
        house = self.house
        house.return_key()
        house.stop_sending(False)
        for carrier in house.carriers.values():
            carrier.lag, carrier.unreadable = 0, False
        for seconds in PATIENCE:
            house.pass_(seconds)
            while house.work() + house.dispatch(0) + house.finish_forgetting():
                pass
            if promises.all_at_rest(house):
                break
        wrong = promises.after_step(house) + promises.in_the_end(house)
        assert not wrong, wrong


Outbox.TestCase.settings = settings(
    max_examples=2000 if DEEP else 30,
    stateful_step_count=60 if DEEP else 40,
    deadline=None,
    derandomize=not DEEP,
    suppress_health_check=list(HealthCheck),
)


TestOutbox = pytest.mark.timeout(4 * 3600 if DEEP else 600)(Outbox.TestCase)


@pytest.fixture(autouse=True)
def _nothing_is_logged(_every_event_is_logged: None) -> None:
    """Thousands of stories would fill the terminal; what is logged is tested elsewhere."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
