"""Writes down how the connection does, for `safar doctor` and the metrics."""

from __future__ import annotations

from datetime import datetime

import structlog

from safar.gateway.providers.plugin import Surroundings
from safar.gateway.providers.smpp.sent import NAME
from safar.store import health
from safar.store.errors import StoreUnavailableError

_log = structlog.get_logger(__name__)


class LineState:
    """The row of this connection in ``devices``. It is for people: sending works without it."""

    def __init__(self, surroundings: Surroundings, device: str) -> None:
        """Take the store and the connection's name."""
        self._surroundings, self._device = surroundings, device

    def bound(self) -> None:
        """Note that the connection is there."""
        self._note(state="ok", error_code=None)

    def gone(self, code: str) -> None:
        """Note that it is not, and why."""
        # The doctor shows the state alone.
        self._note(state=f"gone ({code})", error_code=code)

    def received(self) -> None:
        """Note that a message came."""
        self._note(state="ok", last_received_at=self._surroundings.clock())

    def sent(self) -> None:
        """Note that a part was taken."""
        self._note(state="ok", last_sent_at=self._surroundings.clock())

    def _note(self, **values: str | datetime | None) -> None:
        try:
            with self._surroundings.database.write() as tx:
                health.note_device(tx, NAME, self._device, self._surroundings.clock(), **values)
        except StoreUnavailableError as error:
            _log.warning("smpp.state_not_noted", code=error.code)
