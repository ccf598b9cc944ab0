"""The modem process on a dummy telephone: ``python -m tests.peers.gammu_phone_child PARENT``.

The process is Safar's and the phone is libGammu's; in between sits what the dummy lacks. Faults of
sending, each used once: ``slow``, ``refused``, ``nosim``, ``timeout`` (not sent), ``timeout-sent``,
``hang``, ``hang-sent``, ``kill``, ``kill-sent``. Those told as ``send-spare`` never fall twice on
one text.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import gammu

from safar.gateway.providers.modem import child, wire
from safar.gateway.providers.modem.phone import Phone
from tests.peers.gammu_phone import GammuPhone

_FOREVER = 3600
_SLOW = 1.5
_LONGER_THAN_A_TICK = 1.1


def _error(name: str) -> Exception:
    error: Exception = getattr(gammu, f"ERR_{name}")({"Text": "", "Where": "test", "Code": 0})
    return error


class Machine:
    """libGammu's state machine with the faults that were told."""

    def __init__(self) -> None:
        self._real = gammu.StateMachine()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    @property
    def _phone(self) -> GammuPhone:
        return GammuPhone(Path(self._real.GetConfig()["Device"]))

    def GetIMEI(self) -> str:  # noqa: N802 - libGammu's name
        return str(self._phone.told("imei") or self._real.GetIMEI())

    def GetNetworkInfo(self) -> dict[str, Any]:  # noqa: N802
        network: dict[str, Any] = self._real.GetNetworkInfo()
        return network | {"State": self._phone.told("network") or network["State"]}

    def GetNextSMS(self, **place: Any) -> list[dict[str, Any]]:  # noqa: N802
        # Before it says that there is no more, the dummy looks for 50,000 files, a third of a
        # second long.
        if self._phone.last_place() <= (0 if place.get("Start") else place["Location"]):
            raise _error("EMPTY")
        if self._phone.told("slow-read"):
            time.sleep(_LONGER_THAN_A_TICK)
        found: list[dict[str, Any]] = self._real.GetNextSMS(**place)
        return found

    def GetSignalQuality(self) -> dict[str, Any]:  # noqa: N802
        if self._phone.told("mute"):
            raise _error("TIMEOUT")
        quality: dict[str, Any] = self._real.GetSignalQuality()
        return quality

    def GetSecurityStatus(self) -> str | None:  # noqa: N802
        return "PIN" if self._phone.told("pin") else None

    def EnterSecurityCode(self, kind: str, code: str) -> None:  # noqa: N802
        phone = self._phone
        tries = phone.told("tries")
        phone.tell("tries", [*(tries if isinstance(tries, list) else []), code])
        if code != phone.told("pin"):
            raise _error("SECURITYERROR")
        phone.tell("pin", "")

    def DialService(self, code: str) -> None:  # noqa: N802
        if self._phone.told("no-ussd"):
            raise _error("NOTSUPPORTED")
        self._real.DialService(code)

    def SendSMS(self, message: dict[str, Any]) -> int:  # noqa: N802
        phone = self._phone
        fault = _next(phone, "send") or _spare(phone, message)
        reference = -1
        if fault == "slow":
            time.sleep(_SLOW)
        if fault in {"", "ok", "slow"} or fault.endswith("-sent"):
            self._real.SendSMS(message)
            pdu = gammu.EncodePDU(message | {"Folder": 0, "Location": 0}, "Submit")
            reference = phone.keep_sent(pdu)
        what = fault.removesuffix("-sent")
        if what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "hang":
            time.sleep(_FOREVER)
        if what not in {"", "ok", "slow"}:
            raise _error({"refused": "UNKNOWN"}.get(what, what.upper()))
        return reference


def _next(phone: GammuPhone, name: str) -> str:
    faults = phone.told(name)
    if not isinstance(faults, list) or not faults:
        return ""
    phone.tell(name, faults[1:])
    return str(faults[0])


def _spare(phone: GammuPhone, message: dict[str, Any]) -> str:
    """Take the next fault, unless this text had one already."""
    had = phone.told("had")
    texts = had if isinstance(had, list) else []
    text = [message["Number"], message.get("Text")]
    if text in texts:
        return ""
    fault = _next(phone, "send-spare")
    if fault not in {"", "ok"}:
        phone.tell("had", [*texts, text])
    return fault


def _connect(config: wire.Open) -> Phone:
    return Phone.connect(config, make=Machine)


if __name__ == "__main__":
    sys.exit(child.main(_connect))
