"""One modem through libGammu.

Only the modem process imports this: the library is C, it reads what strangers send, and it is an
extra that most installations do without.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import gammu  # type: ignore[import-untyped,import-not-found,unused-ignore]

from safar.gateway.providers.modem import wire
from safar.gateway.providers.modem.errors import PhoneError

_CODINGS = {"gsm7": "Default_No_Compression", "ucs2": "Unicode_No_Compression"}
_REGISTERED = {"HomeNetwork": True, "RoamingNetwork": True}
_NOT_REGISTERED = frozenset({"NoNetwork", "RequestingNetwork", "RegistrationDenied"})
_UNSUPPORTED = frozenset({"notsupported", "notimplemented", "sourcenotavailable", "disabled"})
_MOST_AT_ONCE = 300
_MOST_UNREADABLE = 50
_FIRST_FOLDER = 10_000
"""Where the dummy telephone begins to number. AT modems go on by themselves after an error."""
_USSD_SECONDS = 20.0

MachineMaker = Callable[[], Any]


@dataclass
class _Place:
    """Where a message lies, and what was read there."""

    location: int
    digest: str


@dataclass
class Phone:
    """An open modem; every method may raise `PhoneError`."""

    machine: Any
    smsc: str = ""
    reports: bool = True
    unreadable: int = 0
    _places: dict[str, _Place] = field(default_factory=dict)
    _direct: list[dict[str, Any]] = field(default_factory=list)
    _ussd: list[str] = field(default_factory=list)

    @classmethod
    def connect(cls, config: wire.Open, make: MachineMaker = gammu.StateMachine) -> Phone:
        """Open the port. The SIM card may still be locked; see `locked` and `prepare`."""
        machine = make()
        with tempfile.NamedTemporaryFile("w", suffix=".gammurc", encoding="utf-8") as file:
            file.write(_gammurc(config))
            file.flush()
            _call(machine.ReadConfig, Filename=file.name)
        _call(machine.Init)
        return cls(machine, smsc=config.smsc)

    def identity(self) -> wire.Identity:
        """Return who the modem is."""
        imei = "".join(filter(str.isalnum, str(_call(self.machine.GetIMEI))))[:20]
        if not imei:
            raise PhoneError("no_imei")
        return wire.Identity(
            imei=imei,
            manufacturer=wire.printable(str(_optional(self.machine.GetManufacturer) or "")),
            model=wire.printable(" ".join(map(str, _optional(self.machine.GetModel) or ()))),
        )

    def locked(self) -> str | None:
        """Return what code the SIM card waits for (``PIN``, ``PUK``), None when it is open."""
        code = _optional(self.machine.GetSecurityStatus)
        return None if code is None else str(code)

    def unlock(self, pin: str) -> None:
        """Give the PIN; a wrong one counts on the card, so this is called once."""
        _call(self.machine.EnterSecurityCode, "PIN", pin)

    def prepare(self) -> None:
        """Find the message centre and ask for reports to be kept."""
        self.machine.SetIncomingCallback(self._came)
        # Without this, sticks drop delivery reports instead of storing them.
        self.reports = _supported(self.machine.SetIncomingSMS, True)
        _supported(self.machine.SetIncomingUSSD, True)
        if not self.smsc:
            found = _optional(self.machine.GetSMSC, 1) or {}
            self.smsc = str(found.get("Number", ""))

    def check(self) -> None:
        """Make the modem answer something cheap, to know that it does."""
        _optional(self.machine.GetSignalQuality)

    def status(self) -> wire.Status:
        """Return signal, network and memory."""
        quality = _optional(self.machine.GetSignalQuality) or {}
        network = _optional(self.machine.GetNetworkInfo) or {}
        memory = _optional(self.machine.GetSMSStatus) or {}
        percent = quality.get("SignalPercent", -1)
        state = str(network.get("State", ""))
        name = str(network.get("NetworkName") or network.get("NetworkCode") or "")
        registered = _REGISTERED.get(state, False if state in _NOT_REGISTERED else None)
        return wire.Status(
            signal=percent if 0 <= percent <= 100 else None,  # noqa: PLR2004 - percent
            network=wire.printable(name, 60) or None,
            registered=registered,
            used=memory.get("SIMUsed", 0) + memory.get("PhoneUsed", 0) if memory else None,
            size=memory.get("SIMSize", 0) + memory.get("PhoneSize", 0) if memory else None,
        )

    def read(self) -> Iterator[wire.Received | wire.Report]:
        """Yield all that lies in the inboxes of SIM card and modem, and what came directly.

        What cannot be read is counted in `unreadable` and left where it is.
        """
        self._places.clear()
        self.unreadable = 0
        yield from self._read_direct()
        for message in self._stored():
            if message["Type"] == "Status_Report":
                yield self._report(message)
            elif message["Type"] == "Deliver" and message["InboxFolder"]:
                yield self._received(message)

    def _read_direct(self) -> Iterator[wire.Received | wire.Report]:
        while self._direct:
            message = self._direct.pop(0)
            if message.get("Type") == "Status_Report":
                yield _report(message, "")
            elif message.get("Type") == "Deliver":
                yield _received(message, "")

    def delete(self, token: str) -> None:
        """Remove a message, if what was read still lies there."""
        place = self._places.pop(token, None)
        if place is None:
            return
        try:
            there = _call(self.machine.GetSMS, Folder=0, Location=place.location)
        except PhoneError as error:
            if error.code in {"empty", "invalidlocation"}:
                return
            raise
        if place.digest in {_digest(message) for message in there}:
            _call(self.machine.DeleteSMS, Folder=0, Location=place.location)

    def send(self, part: wire.Send) -> int:
        """Send one part and return the network's number of it, -1 where the modem hides it."""
        if not self.smsc:
            raise PhoneError("emptysmsc")
        return int(_call(self.machine.SendSMS, message_for(part, self.smsc)))

    def balance(self, code: str) -> str:
        """Ask by USSD; an empty answer means that none came."""
        self._ussd.clear()
        _call(self.machine.DialService, code)
        end = time.monotonic() + _USSD_SECONDS
        while not self._ussd and time.monotonic() < end:
            _call(self.machine.ReadDevice, True)
        return wire.printable(self._ussd[-1]) if self._ussd else ""

    def close(self) -> None:
        """Close the port, as far as it still can be."""
        _optional(self.machine.Terminate)

    def _came(self, _machine: Any, kind: str, data: Any) -> None:
        """Take what the modem says by itself; called by libGammu during another call."""
        if kind == "USSD" and isinstance(data, dict):
            self._ussd.append(str(data.get("Text") or ""))
        elif kind == "SMS" and isinstance(data, dict) and "Text" in data and "Number" in data:
            # A modem that hands messages over without storing them. Others only name a place.
            self._direct.append(data)

    def _stored(self) -> Iterator[dict[str, Any]]:
        location, start = _FIRST_FOLDER, True
        for _ in range(_MOST_AT_ONCE):
            try:
                found = (
                    _call(self.machine.GetNextSMS, Start=True, Folder=0)
                    if start
                    else _call(self.machine.GetNextSMS, Location=location, Folder=0)
                )
            except PhoneError as error:
                if error.code == "empty":
                    return
                if not _is_of_message(error) or self.unreadable >= _MOST_UNREADABLE:
                    raise
                self.unreadable += 1
                location, start = location + 1, False
                continue
            start = False
            for message in found:
                location = int(message["Location"])
                yield message

    def _token(self, message: dict[str, Any]) -> str:
        place = _Place(int(message["Location"]), _digest(message))
        token = f"{place.location}-{place.digest[:16]}"
        self._places[token] = place
        return token

    def _received(self, message: dict[str, Any]) -> wire.Received:
        return _received(message, self._token(message))

    def _report(self, message: dict[str, Any]) -> wire.Report:
        return _report(message, self._token(message))


def message_for(part: wire.Send, smsc: str) -> dict[str, Any]:
    """Return a part as libGammu takes it, with a delivery report asked for."""
    message: dict[str, Any] = {
        # Without a validity of its own, libGammu would let the network try for five minutes.
        "SMSC": {"Number": smsc, "Validity": f"{part.validity_minutes}M"},
        "Number": part.number,
        "Text": wire.text_of(part.text),
        "Coding": _CODINGS[part.coding],
        "Class": -1,
        # This asks for a report; the message itself is a SUBMIT all the same.
        "Type": "Status_Report",
    }
    if part.udh:
        message["UDH"] = {"Type": "UserUDH", "Text": bytes.fromhex(part.udh)}
    return message


def _gammurc(config: wire.Open) -> str:
    lines = {
        "model": config.model,
        "connection": config.connection,
        "port": config.device,
        # Its messages would follow the system's language; there is no such file.
        "gammuloc": "/dev/null",
        "synchronizetime": "no",
        "atgen_setcnmi": config.cnmi,
    }
    set_ones = (f"{name} = {value}\n" for name, value in lines.items() if value)
    return "[gammu]\n" + "".join(set_ones)


def _received(message: dict[str, Any], token: str) -> wire.Received:
    text = message["Text"]
    binary = isinstance(text, bytes)
    return wire.Received(
        token=token,
        sender=wire.printable(str(message["Number"]), 100),
        smsc=wire.printable(str(message["SMSC"]["Number"]), 40),
        at=_aware(message.get("DateTime")),
        udh=bytes(message["UDH"]["Text"] or b"").hex(),
        text=text.hex() if binary else wire.units_of(str(text)),
        binary=binary,
    )


def _report(message: dict[str, Any], token: str) -> wire.Report:
    text = message["Text"]
    words = text.decode("utf-16-be", "replace") if isinstance(text, bytes) else str(text)
    return wire.Report(
        token=token,
        recipient=wire.printable(str(message["Number"]), 100),
        reference=int(message["MessageReference"]),
        status=int(message["DeliveryStatus"]),
        text=wire.printable(words.rstrip("\0"), 40),
    )


def _digest(message: dict[str, Any]) -> str:
    # Without its time: where a message has none, libGammu puts the moment of reading.
    kept = (message["Number"], message["Text"], message["UDH"]["Text"], message["Type"])
    return hashlib.sha256(repr(kept).encode()).hexdigest()


def _aware(at: Any) -> datetime | None:
    return at if isinstance(at, datetime) and at.tzinfo is not None else None


def _is_of_message(error: PhoneError) -> bool:
    """Tell whether one message was at fault, not the modem."""
    return error.code in {"corrupted", "filenotsupported", "unreadable", "unknown", "invaliddata"}


def _supported(function: Callable[..., Any], *arguments: Any) -> bool:
    try:
        _call(function, *arguments)
    except PhoneError:
        return False
    return True


def _optional(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call what some modems cannot do; None then."""
    try:
        return _call(function, *arguments)
    except PhoneError as error:
        if error.code in _UNSUPPORTED or error.code in {"empty", "unknownresponse", "unknown"}:
            return None
        raise


def _call(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    try:
        return function(*arguments, **named)
    except gammu.GSMError as error:
        raise PhoneError(type(error).__name__.removeprefix("ERR_").lower()) from None
    except (ValueError, TypeError, OverflowError):
        # The binding refuses what libGammu read, such as a thirteenth month.
        raise PhoneError("unreadable") from None
