"""What a delivery receipt says, and for which message (SMPP 3.4, appendix B).

A message of several parts counts as delivered when all its parts are, and as undelivered as soon
as one of them is: half of it helps nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

import structlog

from safar.gateway.providers.base import FailureKind, StatusReport
from safar.gateway.providers.smpp.delivered import MESSAGE_STATE, RECEIPTED_ID, Delivered
from safar.gateway.providers.smpp.sent import DELIVERED, FAILED, NAME, SentParts
from safar.store.errors import StoreUnavailableError

_STATES = {
    1: "enroute",
    2: "delivrd",
    3: "expired",
    4: "deleted",
    5: "undeliv",
    6: "acceptd",
    7: "unknown",
    8: "rejectd",
}
_FAILURES: dict[str, FailureKind | None] = {
    # The telephone was off for as long as the carrier tried.
    "expired": FailureKind.EXPIRED,
    "undeliv": FailureKind.RECIPIENT,
    "rejectd": FailureKind.CONTENT,
    # Somebody at the carrier took it away; nobody can say what would follow.
    "deleted": None,
}
_DELIVERED_WORD = "delivrd"
_ON_ITS_WAY = frozenset({"enroute", "acceptd", "unknown", "scheduled"})

_ID = re.compile(r"\bid:\s*([^\s]{1,65})", re.IGNORECASE)
_STATE = re.compile(r"\bstat:\s*([a-z]{3,12})", re.IGNORECASE)
_ERROR = re.compile(r"\berr:\s*([0-9a-z]{1,8})", re.IGNORECASE)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Receipt:
    """What a receipt says.

    Attributes:
        message_id: The SMSC's id of the part; empty where it names none.
        word: Its word for what became of it, in lower case.
        error: The network's code, without meaning across carriers.
    """

    message_id: str
    word: str
    error: str = ""


def receipt_of(delivered: Delivered) -> Receipt:
    """Read a receipt: the optional parameters where they are, else the words of appendix B."""
    # Without the zeros, since some write it in UCS-2.
    text = delivered.octets.decode("latin-1").replace("\0", "")
    found, state, error = _ID.search(text), _STATE.search(text), _ERROR.search(text)
    named = delivered.string(RECEIPTED_ID)
    word = _STATES.get(delivered.number(MESSAGE_STATE) or 0, "")
    return Receipt(
        named or (found[1] if found else ""),
        word or (state[1].lower() if state else ""),
        error[1].lower() if error else "",
    )


class Receipts:
    """Applies receipts. An unknown one is counted and dropped: it must block nothing."""

    def __init__(
        self,
        parts: SentParts,
        report: Callable[[StatusReport], bool],
        count: Callable[[str], None],
        under_way: Callable[[], Collection[int]],
    ) -> None:
        """Take the table of sent parts, whom to tell, and where to count.

        Args:
            parts: What was sent.
            report: Takes what is to be told of a message.
            count: Adds one to a daily counter.
            under_way: Waits a little until what is being sent now is answered and written down,
                for a receipt may come right behind the answer it is about; returns the outbox
                rows that are being sent all the same.
        """
        self._parts, self._report, self._count = parts, report, count
        self._under_way = under_way

    def apply(self, delivered: Delivered) -> None:
        """Apply one receipt; doing so again changes nothing.

        Raises:
            StoreUnavailableError: Not applied; the SMSC should bring it again.
        """
        receipt = receipt_of(delivered)
        if receipt.word in _ON_ITS_WAY:
            return
        if receipt.word == _DELIVERED_WORD:
            state = DELIVERED
        elif receipt.word in _FAILURES:
            state = FAILED
        else:
            self._count("smpp.receipt_unknown")
            _log.warning("smpp.receipt_unknown")
            return
        people = (delivered.source.digits, delivered.destination.digits)
        settled = self._parts.settle(people, receipt.message_id, state)
        if settled is None:
            busy = self._under_way()
            settled = self._parts.settle(people, receipt.message_id, state, busy)
        if settled is None:
            self._count("smpp.receipt_unmatched")
            return
        outbox_id, states, parts = settled
        if FAILED in states.values():
            self._tell(outbox_id, receipt, "undelivered")
        elif list(states.values()) == [DELIVERED] * parts:
            self._tell(outbox_id, receipt, "delivered")

    def _tell(self, outbox_id: int, receipt: Receipt, status: str) -> None:
        failed = status == "undelivered"
        told = StatusReport(
            provider=NAME,
            status=status,
            outbox_id=outbox_id,
            error_code="_".join(filter(None, (receipt.word, receipt.error))) if failed else None,
            failure=_FAILURES.get(receipt.word) if failed else None,
        )
        try:
            self._report(told)
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - refused, it would come again and again
            self._count("smpp.receipt_failed")
            _log.error("smpp.receipt_failed", outbox_id=outbox_id, error=type(error).__name__)
