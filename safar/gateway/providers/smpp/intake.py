"""A thread that deals with what the SMSC brings, in order, and answers only when it is kept."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import structlog

from safar.gateway.providers.smpp import delivered
from safar.gateway.providers.smpp.errors import OK, PERMANENT, TEMPORARY, LineError, MalformedError
from safar.gateway.providers.smpp.incoming import Incoming, NotHandedOnError
from safar.gateway.providers.smpp.pdus import Frame
from safar.gateway.providers.smpp.receipts import Receipts
from safar.gateway.providers.smpp.session import Session
from safar.store.errors import StoreUnavailableError

_ROOM = 100
"""Messages that may wait here; the SMSC keeps the others."""

_TICK = 0.2

_log = structlog.get_logger(__name__)


class Inbound:
    """The `Intake` of one session."""

    def __init__(
        self,
        incoming: Incoming,
        receipts: Receipts,
        count: Callable[[str], None],
        noted: Callable[[], None],
    ) -> None:
        """Take what it works with; `noted` is called when a message was kept."""
        self._incoming, self._receipts = incoming, receipts
        self._count, self._noted = count, noted
        self._work: queue.Queue[Callable[[], None]] = queue.Queue()
        self._session: Session | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="smpp-intake", daemon=True)

    def start(self, session: Session) -> None:
        """Begin to deal with what this session brings."""
        self._session = session
        self._thread.start()

    def close(self) -> None:
        """Finish what is being done; what is not begun the SMSC brings again."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def offer(self, frame: Frame) -> bool:
        """Take a message or a receipt; see `Intake`."""
        if self._work.qsize() >= _ROOM:
            return False
        self._work.put(lambda: self._deal_with(frame))
        return True

    def confirmed(self, receipt: int) -> None:
        """Note that the SMSC has read an answer; see `Intake`."""
        self._work.put(lambda: self._incoming.confirmed(receipt))

    def later(self, task: Callable[[], None]) -> None:
        """Do something with the store, in its turn."""
        self._work.put(task)

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                task = self._work.get(timeout=_TICK)
            except queue.Empty:
                continue
            try:
                task()
            except StoreUnavailableError as error:
                _log.error("smpp.store_unavailable", code=error.code)
            except LineError:
                continue  # The thread that reads learns of it, too.
            except Exception as error:  # noqa: BLE001 - one task must not end the others
                _log.error("smpp.intake_failed", error=type(error).__name__)

    def _deal_with(self, frame: Frame) -> None:
        status, kept = TEMPORARY, None
        try:
            kept = self._keep(frame)
            status = OK
        except MalformedError as error:
            # It would be as malformed the next time.
            status = PERMANENT
            _log.warning("smpp.malformed", code=error.code)
            self._count_malformed()
        except StoreUnavailableError as error:
            _log.error("smpp.store_unavailable", code=error.code)
        except NotHandedOnError:
            _log.warning("smpp.to_be_brought_again")
        except Exception as error:  # noqa: BLE001 - answered, the SMSC brings it again
            _log.error("smpp.not_taken", error=type(error).__name__)
        if self._session is not None:
            self._session.acknowledge(frame, status, kept)

    def _keep(self, frame: Frame) -> int | None:
        said = delivered.read(frame)
        if said.is_receipt:
            self._receipts.apply(said)
            return None
        kept = self._incoming.take(said)
        self._noted()
        return kept

    def _count_malformed(self) -> None:
        try:
            self._count("smpp.malformed")
        except StoreUnavailableError as error:
            _log.error("smpp.store_unavailable", code=error.code)
