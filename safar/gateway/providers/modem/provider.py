"""All modems of an installation as one way to send and receive SMS."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from safar.gateway.providers.base import (
    Capabilities,
    ChannelPausedError,
    ContentError,
    OutboundMessage,
    SendError,
    SendResult,
    TransientSendError,
    UnknownOutcomeError,
)
from safar.gateway.providers.modem import wire
from safar.gateway.providers.modem.desk import FrontDesk
from safar.gateway.providers.modem.incoming import NAME, Incoming, address_of
from safar.gateway.providers.modem.modem import Modem, Timing
from safar.gateway.providers.modem.outgoing import Progress, SentParts
from safar.gateway.providers.modem.process import CHILD
from safar.gateway.providers.modem.refusals import Refusals
from safar.gateway.providers.modem.reports import Reports
from safar.gateway.providers.modem.settings import ModemSettings
from safar.gateway.providers.plugin import Surroundings
from safar.gateway.sms import udh
from safar.gateway.sms.numbers import destination
from safar.messaging.segments import Encoding, measure, split
from safar.store.errors import StoreUnavailableError

_CODINGS: dict[Encoding, wire.Coding] = {"GSM-7": "gsm7", "UCS-2": "ucs2"}
_TICK = 1.0
_SHORTEST_VALIDITY = timedelta(minutes=10)

_log = structlog.get_logger(__name__)


class ModemProvider:
    """Sends through the stick that a person wrote to, and listens to all of them."""

    name = NAME

    def __init__(
        self,
        surroundings: Surroundings,
        settings: ModemSettings,
        *,
        command: Sequence[str] = CHILD,
        timing: Timing | None = None,
    ) -> None:
        """Take what it works with; nothing is opened before `listen`.

        Args:
            surroundings: Store, clock and whom to tell.
            settings: Those of modems.
            command: Starts a modem process.
            timing: Monotonic clock and waiting.
        """
        self._surroundings, self._settings = surroundings, settings
        self._timing = timing or Timing(time.monotonic, time.sleep)
        self._incoming = Incoming(surroundings, settings)
        self._parts = SentParts(surroundings.database, surroundings.keyring, surroundings.clock)
        reports = Reports(self._parts, surroundings.report, surroundings.count)
        self._desk = FrontDesk(surroundings, settings, self._incoming, reports)
        self.modems = tuple(
            Modem(device, settings, self._desk, self._timing, command)
            for device in settings.devices
        )
        self._desk.modems = self.modems
        self._refusals = Refusals(self._timing.now)
        self._under_way: set[int] = set()
        self._lock = threading.Lock()
        self.capabilities = Capabilities(
            channels=frozenset({"sms"}),
            can_find=True,
            status_callbacks=True,
            parallel=max(1, len(settings.devices)),
        )

    def listen(self, stop: threading.Event) -> None:
        """Keep all modems going until told to stop; see `Listener`."""
        self._desk.nobody_seen_yet()
        # Of their own, so that they never go on beside the threads of the next call.
        end = threading.Event()
        threads = [
            threading.Thread(target=self._keep, args=(modem, end), name=modem.view.device)
            for modem in self.modems
        ]
        for thread in threads:
            thread.start()
        try:
            while not stop.wait(_TICK):
                self._tick()
        finally:
            end.set()
            for thread in threads:
                thread.join()

    def send(self, message: OutboundMessage) -> SendResult:
        """Send one message, part by part; see `Provider.send` for the errors.

        Parts that the network has already are not sent again.
        """
        number = destination(message.to)
        with self._lock:
            if message.outbox_id in self._under_way:
                raise UnknownOutcomeError("still_sending")
            self._under_way.add(message.outbox_id)
        try:
            self._send_parts(message, number)
        finally:
            with self._lock:
                self._under_way.discard(message.outbox_id)
        return _result(message)

    def find(self, message: OutboundMessage, since: datetime) -> SendResult | None:
        """Say from our own record whether a message was sent; see `Provider.find`.

        A modem keeps no list. A part whose outcome is lost may still be settled by a delivery
        report, for which only what may save a life does not wait.
        """
        with self._lock:
            if message.outbox_id in self._under_way:
                raise UnknownOutcomeError("still_sending")
        progress = self._parts.progress(message.outbox_id)
        parts = len(split(message.body))
        if all(progress.done(part) for part in range(1, parts + 1)):
            return _result(message)
        if progress.in_doubt_since is not None and not message.urgent:
            waited = (self._surroundings.clock() - progress.in_doubt_since).total_seconds()
            # Less than nothing: the clock has been set back since.
            too_soon = 0 <= waited < self._settings.doubt_seconds
            if too_soon or not self._settings.resend_in_doubt:
                raise UnknownOutcomeError("in_doubt")
        return None

    def _send_parts(self, message: OutboundMessage, number: str) -> None:
        texts = split(message.body)
        if len(texts) > udh.MOST_PARTS:
            raise ContentError("too_long", f"A message has at most {udh.MOST_PARTS} parts.")
        coding = _CODINGS[measure(message.body).encoding]
        modem = self._stick_for(message)
        device = modem.view.name
        progress = self._parts.progress(message.outbox_id)
        if progress.states and (progress.device != device or max(progress.states) > len(texts)):
            # A telephone does not join parts that come from two numbers.
            self._parts.forget(message.outbox_id)
            progress = Progress({}, None)
        for place, text in enumerate(texts, start=1):
            if progress.done(place):
                continue
            # The same number for the same message at every try, so that a part sent twice is
            # told apart from a part of another message.
            header = udh.header_for(message.outbox_id, len(texts), place)
            self._send_part(
                modem,
                message,
                (place, len(texts)),
                wire.Send(
                    id=0,
                    number=number,
                    text=wire.units_of(text),
                    coding=coding,
                    udh=header.hex() if len(texts) > 1 else "",
                    validity_minutes=self._validity(message),
                ),
            )

    def _send_part(
        self, modem: Modem, message: OutboundMessage, place: tuple[int, int], part: wire.Send
    ) -> None:
        outbox_id, device = message.outbox_id, modem.view.name
        self._parts.begin(outbox_id, *place, device, message.to)
        try:
            reference = modem.send(lambda id_: part.model_copy(update={"id": id_}))
        except UnknownOutcomeError:
            raise
        except SendError as error:
            self._parts.withdraw(outbox_id, place[0])
            raise self._refusals.judged(error, outbox_id, message.to) from None
        self._refusals.accepted(outbox_id)
        self._parts.sent(outbox_id, place[0], reference)
        self._desk.sent(modem)

    def _stick_for(self, message: OutboundMessage) -> Modem:
        """Choose the stick that the person wrote to; after a while without it, another one.

        Raises:
            ChannelPausedError: No stick can send now.
            TransientSendError: Theirs cannot; others can, but it may be back soon.
        """
        usable = [modem for modem in self.modems if modem.usable]
        own = next((m for m in self.modems if address_of(m.view.name) == message.from_), None)
        if own is not None and own.usable:
            return own
        if not usable:
            raise ChannelPausedError("no_modem", "No modem can send now.")
        down_for = own.down_for if own is not None else self._desk.listening_for()
        if own is None and all(modem.view.imei for modem in self.modems):
            return usable[0]  # That stick is not among ours any more.
        if down_for >= 60 * self._settings.other_after_minutes:
            return usable[0]
        raise TransientSendError("stick_away", retry_after=timedelta(minutes=1))

    def _validity(self, message: OutboundMessage) -> int:
        wanted = timedelta(hours=self._settings.validity_hours)
        if message.expires_at is not None:
            wanted = min(wanted, message.expires_at - self._surroundings.clock())
        return int(max(wanted, _SHORTEST_VALIDITY).total_seconds() // 60)

    def _keep(self, modem: Modem, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                modem.run(stop)
            except Exception as error:  # noqa: BLE001 - a modem nobody watches would be silence
                _log.error("modem.failed", device=modem.view.name, error=type(error).__name__)
                stop.wait(_TICK)

    def _tick(self) -> None:
        """Do what is due: messages that waited long enough, notes, balances."""
        try:
            self._desk.hand_on()
            self._desk.note_all_when_due()
        except StoreUnavailableError as error:
            _log.error("modem.store_unavailable", code=error.code)
        except Exception as error:  # noqa: BLE001 - it must not take the modems down with it
            _log.error("modem.tick_failed", error=type(error).__name__)
        for modem in self.modems:
            if self._desk.balance_is_due(modem):
                modem.ask_balance()


def _result(message: OutboundMessage) -> SendResult:
    return SendResult(f"{NAME}-{message.outbox_id}", "sent")
