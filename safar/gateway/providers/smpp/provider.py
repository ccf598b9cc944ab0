"""Sending and receiving over one SMPP connection."""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import datetime, timedelta

import structlog

from safar.gateway.providers.base import (
    Capabilities,
    ChannelPausedError,
    OutboundMessage,
    SendError,
    SendResult,
    TransientSendError,
    UnknownOutcomeError,
)
from safar.gateway.providers.plugin import Surroundings
from safar.gateway.providers.smpp import pdus
from safar.gateway.providers.smpp.addresses import from_us, sender_for, to_person
from safar.gateway.providers.smpp.connection import Connection
from safar.gateway.providers.smpp.cutting import Piece, pieces_of
from safar.gateway.providers.smpp.errors import BindRefusedError, LineError, MalformedError
from safar.gateway.providers.smpp.incoming import Incoming
from safar.gateway.providers.smpp.intake import Inbound
from safar.gateway.providers.smpp.pace import Pace, Timing
from safar.gateway.providers.smpp.receipts import Receipts
from safar.gateway.providers.smpp.sent import NAME, SentParts
from safar.gateway.providers.smpp.session import Session
from safar.gateway.providers.smpp.settings import SmppSettings
from safar.gateway.providers.smpp.state import LineState
from safar.store.errors import StoreUnavailableError

_SHORTEST_VALIDITY = timedelta(minutes=10)
_FINAL_RECEIPT = 1
_MINUTES_A_DAY = 24 * 60
_HAND_ON_SECONDS = 2.0

_log = structlog.get_logger(__name__)


class SmppProvider:
    """One connection, bound as transceiver by `listen`; `send` uses it from other threads."""

    name = NAME

    def __init__(
        self, surroundings: Surroundings, settings: SmppSettings, timing: Timing | None = None
    ) -> None:
        """Take what it works with; nothing is opened before `listen`."""
        pdus.silence()
        self._surroundings, self._settings = surroundings, settings
        self._timing = timing or Timing()
        self._parts = SentParts(
            surroundings.database, surroundings.keyring, surroundings.clock, settings.addresses
        )
        self._incoming = Incoming(surroundings, settings)
        self._receipts = Receipts(
            self._parts, surroundings.report, surroundings.count, self._sending_still
        )
        self._state = LineState(surroundings, settings.device)
        self._pace = Pace(settings.messages_per_second, self._timing)
        self._session: Session | None = None
        self._inbound: Inbound | None = None
        self._refused: BindRefusedError | None = None
        self._ended = ""
        self._under_way: set[int] = set()
        self._changed = threading.Condition()
        self.capabilities = Capabilities(
            channels=frozenset({"sms"}),
            can_find=True,
            status_callbacks=True,
            parallel=settings.window,
        )

    def listen(self, stop: threading.Event) -> None:
        """Hold one connection until it ends or we are told to stop; see `Listener`.

        It ends without an error where trying again soon may help, so that the dispatcher's
        back-off grows only where somebody must act.

        Raises:
            BindRefusedError: The SMSC does not let us in.
        """
        session = None
        inbound = Inbound(
            self._incoming, self._receipts, self._surroundings.count, self._state.received
        )
        keeper = threading.Event()
        helper = None
        # What waits for its parts does so without a connection as well.
        self._hand_on()
        try:
            connection = Connection.open(self._settings)
            session = Session(connection, self._settings, self._timing, inbound)
            session.bind()
            self._state.bound()
            self._refused, self._ended = None, ""
            helper = threading.Thread(
                target=self._keep_handing_on, args=(self._surroundings.clock(), keeper), daemon=True
            )
            inbound.start(session)
            self._inbound, self._session = inbound, session
            helper.start()
            _log.info("smpp.bound", device=self._settings.device)
            session.run(stop)
            self._state.gone("stopped")
        except BindRefusedError as error:
            self._refused = error
            self._note_end(error.code)
            if error.needs_somebody:
                raise
        except (LineError, MalformedError) as error:
            self._note_end(error.code)
        finally:
            self._session = None
            keeper.set()
            if session is not None:
                session.close()
            inbound.close()
            if helper is not None and helper.is_alive():
                helper.join()

    def send(self, message: OutboundMessage) -> SendResult:
        """Send one message, part by part; see `Provider.send` for the errors.

        Parts that the SMSC has already are not sent again. Its ids of the parts are in
        ``sent_parts``; the message itself bears ours, since theirs are several and may return.
        """
        to = to_person(message.to)
        with self._changed:
            if message.outbox_id in self._under_way:
                raise UnknownOutcomeError("still_sending")
            self._under_way.add(message.outbox_id)
        try:
            pieces = pieces_of(message.body, message.outbox_id, self._settings.default_alphabet)
            sender = sender_for(message.from_, self._settings)
            source = from_us(sender, self._settings)
            done = self._done_parts(message, sender, len(pieces))
            for place, piece in enumerate(pieces, start=1):
                if place in done:
                    continue
                fields: dict[str, object] = {
                    "source_addr_ton": source.ton,
                    "source_addr_npi": source.npi,
                    "source_addr": source.digits,
                    "dest_addr_ton": to.ton,
                    "dest_addr_npi": to.npi,
                    "destination_addr": to.digits,
                }
                self._send_part(message, (place, len(pieces)), sender, piece, fields)
        finally:
            with self._changed:
                self._under_way.discard(message.outbox_id)
                self._changed.notify_all()
        return _result(message)

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        """Say from our own record whether a message was sent; see `Provider.find`.

        The SMSC can be asked only for an id, and it is the id that was lost. A part in doubt may
        be settled by a late answer or a receipt, for which a while is waited. Then it is sent
        again, once: twice is better than never. At once it is where it may save a life, and where
        another part was surely not taken, for nobody has read such a message yet and telephones
        drop the part they have.
        """
        with self._changed:
            if message.outbox_id in self._under_way:
                raise UnknownOutcomeError("still_sending")
        progress = self._parts.progress(message.outbox_id)
        if not progress.states or progress.incomplete:
            return None
        if progress.in_doubt_since is None:
            return _result(message)
        waited = (self._surroundings.clock() - progress.in_doubt_since).total_seconds()
        # Less than nothing: the clock has been set back since.
        if not message.urgent and 0 <= waited < self._settings.doubt_seconds:
            raise UnknownOutcomeError("in_doubt")
        return None

    def _done_parts(self, message: OutboundMessage, sender: str, parts: int) -> frozenset[int]:
        progress = self._parts.progress(message.outbox_id)
        if not progress.states:
            return frozenset()
        if (progress.device, progress.parts) != (sender, parts):
            # A telephone does not join parts that come from two numbers.
            self._parts.forget(message.outbox_id)
            return frozenset()
        return frozenset(place for place in range(1, parts + 1) if progress.done(place))

    def _send_part(
        self,
        message: OutboundMessage,
        place: tuple[int, int],
        sender: str,
        piece: Piece,
        fields: dict[str, object],
    ) -> None:
        session = self._usable()
        self._pace.wait()
        outbox_id, part = message.outbox_id, place[0]
        self._parts.begin(outbox_id, *place, sender, message.to)

        def late(message_id: str) -> None:
            inbound = self._inbound
            if inbound is not None:
                inbound.later(lambda: self._parts.sent(outbox_id, part, message_id))

        try:
            message_id = session.submit(
                late,
                **fields,
                esm_class=piece.esm_class,
                data_coding=piece.data_coding,
                short_message=piece.octets,
                registered_delivery=_FINAL_RECEIPT,
                validity_period=self._validity(message),
            )
        except UnknownOutcomeError:
            raise
        except SendError as error:
            self._parts.withdraw(outbox_id, part)
            if part > 1:
                _log.warning("smpp.half_sent", outbox_id=outbox_id, error_code=error.code)
            raise
        self._parts.sent(outbox_id, part, message_id)
        self._state.sent()

    def _usable(self) -> Session:
        session, refused = self._session, self._refused
        if session is not None and session.bound:
            return session
        if refused is not None and refused.needs_somebody:
            raise ChannelPausedError(refused.code)
        raise TransientSendError("no_connection")

    def _validity(self, message: OutboundMessage) -> str:
        """Return how long the SMSC shall try, as SMPP 3.4, 7.1.1 writes a length of time."""
        wanted = timedelta(hours=self._settings.validity_hours)
        if message.expires_at is not None:
            wanted = min(wanted, message.expires_at - self._surroundings.clock())
        minutes = int(max(wanted, _SHORTEST_VALIDITY).total_seconds() // 60)
        days, minutes = divmod(minutes, _MINUTES_A_DAY)
        return f"0000{days:02d}{minutes // 60:02d}{minutes % 60:02d}00000R"

    def _sending_still(self) -> Collection[int]:
        """Wait for what is being sent at this moment; return what is being sent all the same."""
        with self._changed:
            now = set(self._under_way)
            self._changed.wait_for(
                lambda: not now & self._under_way, self._settings.response_seconds
            )
            return frozenset(self._under_way)

    def _keep_handing_on(self, began: datetime, end: threading.Event) -> None:
        """Hand on what has waited long enough, and settle what came before this connection."""
        settled = False
        while not end.wait(_HAND_ON_SECONDS):
            settled = self._hand_on(None if settled else began) or settled

    def _hand_on(self, began: datetime | None = None) -> bool:
        """Do so once; return whether what came before ``began`` is settled now."""
        try:
            self._incoming.hand_on()
            if began is not None:
                return self._incoming.settle_before(self._surroundings.clock() - began)
        except StoreUnavailableError as error:
            _log.error("smpp.store_unavailable", code=error.code)
        except Exception as error:  # noqa: BLE001 - it must not end before the connection
            _log.error("smpp.handing_on_failed", error=type(error).__name__)
        return False

    def _note_end(self, code: str) -> None:
        if code != self._ended:  # Else the log would say it every few seconds.
            _log.warning("smpp.connection_over", device=self._settings.device, code=code)
        self._ended = code
        self._state.gone(code)


def _result(message: OutboundMessage) -> SendResult:
    return SendResult(f"{NAME}-{message.outbox_id}", "accepted")
