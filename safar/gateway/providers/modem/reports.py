"""What a delivery report of the network means, and for which message."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from safar.gateway.providers.base import FailureKind, StatusReport
from safar.gateway.providers.modem import wire
from safar.gateway.providers.modem.incoming import NAME
from safar.gateway.providers.modem.outgoing import DELIVERED, FAILED, SentParts
from safar.store.errors import StoreUnavailableError

# TP-Status, 3GPP TS 23.040, 9.2.3.15: the two upper bits say which kind of end it is.
_STILL_TRYING, _PERMANENT, _GAVE_UP, _RESERVED = 0x20, 0x40, 0x60, 0x80
_NOT_REACHABLE_THERE = frozenset({0x41, 0x42, 0x43, 0x48, 0x49})
_EXPIRED = 0x46

_WORDS = {"delivered": DELIVERED, "failed": FAILED, "pending": None}
"""libGammu's words; older ones gave nothing else."""

_log = structlog.get_logger(__name__)


class UnknownReportError(ValueError):
    """A report says nothing that is known here."""


def outcome(report: wire.Report) -> str | None:
    """Return what became of a part: `DELIVERED`, `FAILED`, or None while the network still tries.

    Raises:
        UnknownReportError: It cannot be told.
    """
    if report.status >= _RESERVED or report.status < 0:
        raise UnknownReportError("The report has a status that no standard knows.")
    if report.status >= _PERMANENT:
        return FAILED
    if report.status >= _STILL_TRYING:
        return None
    word = report.text.strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    # Above 0 the status was read out of the report; 0 is also what a missing one is taken for.
    if 0 < report.status <= 2:  # noqa: PLR2004 - received, forwarded, replaced
        return DELIVERED
    raise UnknownReportError("The report has a text that libGammu does not write.")


def failure_of(status: int) -> FailureKind | None:
    """Return what follows from a failure: a telephone that was off may be on again later."""
    if status in _NOT_REACHABLE_THERE:
        return FailureKind.RECIPIENT
    if status >= _GAVE_UP or status == _EXPIRED:
        return FailureKind.TRANSIENT
    return None


class Reports:
    """Applies delivery reports. An unknown one is counted and dropped: it must block nothing."""

    def __init__(
        self,
        parts: SentParts,
        report: Callable[[StatusReport], bool],
        count: Callable[[str], None],
    ) -> None:
        """Take the table of sent parts, whom to tell, and where to count."""
        self._parts, self._report, self._count = parts, report, count

    def apply(self, device: str, report: wire.Report) -> None:
        """Apply one report; doing so again changes nothing.

        Raises:
            StoreUnavailableError: Not applied; the report should stay in the modem.
        """
        try:
            state = outcome(report)
        except UnknownReportError:
            self._count("modem.report_unknown")
            _log.warning("modem.report_unknown", device=device, status=report.status)
            return
        if state is None:
            return
        settled = self._parts.settle(device, report.recipient, report.reference, state)
        if settled is None:
            self._count("modem.report_unmatched")
            return
        outbox_id, states, parts = settled
        if FAILED in states.values():
            self._tell(outbox_id, "undelivered", report)
        elif list(states.values()) == [DELIVERED] * parts:
            self._tell(outbox_id, "delivered", report)

    def _tell(self, outbox_id: int, status: str, report: wire.Report) -> None:
        failed = status == "undelivered"
        told = StatusReport(
            provider=NAME,
            status=status,
            outbox_id=outbox_id,
            error_code=f"tp_{report.status:02x}" if failed else None,
            failure=failure_of(report.status) if failed else None,
        )
        try:
            self._report(told)
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - kept, it would come again and again
            self._count("modem.report_failed")
            _log.error("modem.report_failed", outbox_id=outbox_id, error=type(error).__name__)
