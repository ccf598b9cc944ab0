"""Takes what modems bring, and writes down how they do."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, delete, select, update

from safar.gateway.providers.modem import wire
from safar.gateway.providers.modem.incoming import NAME, Incoming
from safar.gateway.providers.modem.modem import Modem
from safar.gateway.providers.modem.reports import Reports
from safar.gateway.providers.modem.settings import ModemSettings
from safar.gateway.providers.plugin import Surroundings
from safar.store import health
from safar.store.database import Tx
from safar.store.errors import StoreUnavailableError
from safar.store.tables import devices

_PIN_REFUSED = "pin_refused"
_READING = 20.0
"""Seconds for which messages of one stick wait until all that it holds is read."""

_log = structlog.get_logger(__name__)


class FrontDesk:
    """The `Desk` of all modems. Safe to use from their threads."""

    def __init__(
        self,
        surroundings: Surroundings,
        settings: ModemSettings,
        incoming: Incoming,
        reports: Reports,
    ) -> None:
        """Take what it works with; ``modems`` is set by who makes them."""
        self._surroundings, self._settings = surroundings, settings
        self._incoming, self._reports = incoming, reports
        self.modems: Sequence[Modem] = ()
        self._lock = threading.Lock()
        self._holders: dict[str, Modem] = {}
        self._began = surroundings.clock()
        self._noted_at: datetime | None = None
        self._balance_at: dict[str, datetime] = {}
        self._base_resets: dict[str, int] = {}

    def welcome(self, modem: Modem, imei: str) -> bool:
        """Say whether this modem is no other one's second port; note its name."""
        with self._lock:
            holder = self._holders.get(imei, modem)
            if holder is not modem and holder.pid is not None and holder.view.imei == imei:
                return False
            self._holders[imei] = modem
        try:
            self._base_resets.setdefault(imei, self._begin_row(modem, imei))
        except StoreUnavailableError as error:
            # Only the count of resets begins anew.
            _log.warning("modem.health_not_noted", device=imei, code=error.code)
        return True

    def _begin_row(self, modem: Modem, imei: str) -> int:
        """Return the resets counted before; what stood under the path stands under the IMEI."""
        with self._surroundings.database.write() as tx:
            tx.execute(delete(devices).where(_row_of(modem.view.device)))
            known = tx.execute(select(devices.c.resets).where(_row_of(imei)))
            return int(known.scalar_one_or_none() or 0)

    def pin(self, imei: str) -> str | None:
        """Give the PIN, unless it was refused before: three wrong ones lock the card."""
        pin = self._settings.pin.get_secret_value()
        if not pin:
            return None
        with self._surroundings.database.read() as tx:
            code = tx.execute(
                select(devices.c.error_code).where(_row_of(imei))
            ).scalar_one_or_none()
        return None if code == self._refused_code(imei) else pin

    def pin_refused(self, imei: str) -> None:
        """Note that this PIN is wrong for this stick; another one may be tried."""
        _log.error("modem.pin_refused", device=imei)
        with self._surroundings.database.write() as tx:
            now = self._surroundings.clock()
            code = self._refused_code(imei)
            health.note_device(tx, NAME, imei, now, state="gone", error_code=code)

    def received(self, modem: Modem, part: wire.Received) -> None:
        """Store a part."""
        self._incoming.keep(modem.view.name, part)
        self._note(modem, last_received_at=self._surroundings.clock())

    def reported(self, modem: Modem, report: wire.Report) -> None:
        """Apply a delivery report."""
        self._reports.apply(modem.view.name, report)

    def read_all(self, modem: Modem) -> None:
        """Hand on what is complete."""
        self.hand_on()

    def hand_on(self) -> None:
        """Hand on what is complete, in the order in which it was sent.

        A stick that was away brings its messages in the order of their places, not of their times:
        they wait for each other until all are read, but not for long, since one may be urgent.
        """
        waits = ((modem.view.name, modem.reading_for) for modem in self.modems)
        self._incoming.hand_on({name for name, s in waits if s is not None and s < _READING})

    def sent(self, modem: Modem) -> None:
        """Note that a part was sent."""
        self._note(modem, last_sent_at=self._surroundings.clock())

    def changed(self, modem: Modem) -> None:
        """Write down how the modem does."""
        self._note(modem)

    def nobody_seen_yet(self) -> None:
        """Note at the beginning that no stick is there; each says itself when it is."""
        self._began = self._surroundings.clock()
        with self._surroundings.database.write() as tx:
            tx.execute(
                update(devices)
                .where(devices.c.provider == NAME)
                .values(state="gone", updated_at=self._began)
            )

    def listening_for(self) -> float:
        """Return for how many seconds modems have been listened to."""
        return (self._surroundings.clock() - self._began).total_seconds()

    def note_all_when_due(self) -> None:
        """Write down all modems, now and then."""
        now = self._surroundings.clock()
        every = timedelta(seconds=self._settings.status_seconds)
        if self._noted_at is None or now - self._noted_at >= every:
            self._noted_at = now
            for modem in self.modems:
                self._note(modem)

    def balance_is_due(self, modem: Modem) -> bool:
        """Say whether the network should be asked for this stick's balance now; once each time."""
        if not self._settings.balance_ussd or not modem.usable:
            return False
        now, imei = self._surroundings.clock(), modem.view.name
        last = self._balance_at.get(imei)
        if last is not None and now - last < timedelta(hours=self._settings.balance_hours):
            return False
        self._balance_at[imei] = now
        return True

    def _note(self, modem: Modem, **more: datetime) -> None:
        view = modem.view
        values: dict[str, object] = {
            "state": view.state,
            "signal_percent": view.signal,
            "network": view.network,
            "resets": self._base_resets.get(view.name, 0) + view.resets,
            "error_code": view.error_code,
            **more,
        }
        if view.balance is not None:
            values["balance"] = view.balance
        try:
            with self._surroundings.database.write() as tx:
                if view.state != "ok" and _pin_was_refused(tx, view.name):
                    del values["error_code"]
                health.note_device(tx, NAME, view.name, self._surroundings.clock(), **values)
        except StoreUnavailableError as error:
            # It is for people to read; the modem works without it.
            _log.warning("modem.health_not_noted", device=view.name, code=error.code)

    def _refused_code(self, imei: str) -> str:
        pin = self._settings.pin.get_secret_value()
        digest = self._surroundings.keyring.digest("modem.pin", f"{imei} {pin}")
        return f"{_PIN_REFUSED}:{digest[:12]}"


def _row_of(device: str) -> ColumnElement[bool]:
    return and_(devices.c.provider == NAME, devices.c.device == device)


def _pin_was_refused(tx: Tx, device: str) -> bool:
    code = tx.execute(select(devices.c.error_code).where(_row_of(device))).scalar_one_or_none()
    return (code or "").startswith(_PIN_REFUSED)
