"""What `safar doctor` can see of modems without opening them."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from safar.gateway.providers.modem.settings import ModemSettings
from safar.gateway.providers.plugin import Finding

_RIVALS = {
    "ModemManager": "It takes the stick for itself: systemctl mask --now ModemManager.",
    "gammu-smsd": "It reads and deletes the same messages: stop and disable it.",
    "smsd": "It may use the same stick: stop and disable it.",
}
# The kernel shows 15 characters of a program's name.
_SHOWN = 15


def findings(settings: ModemSettings, proc: Path = Path("/proc")) -> Iterator[Finding]:
    """Yield what can be said about the modems that are set up."""
    yield _library()
    real: dict[str, str] = {}
    for device in settings.devices:
        yield _device(device, real)
    yield from _rivals(proc)
    if not settings.country:
        yield Finding(
            "modem numbers",
            "warning",
            "SAFAR_MODEM_COUNTRY is not set. Where the network writes numbers of its own country"
            " without the country code, a person may be taken for two.",
        )


def _library() -> Finding:
    if importlib.util.find_spec("gammu") is None:
        return Finding(
            "modem library", "error", "python-gammu is not installed. Install it with: make extras"
        )
    return Finding("modem library", "ok", "python-gammu is there.")


def _device(device: str, real: dict[str, str]) -> Finding:
    subject = f"modem {device}"
    if not os.path.exists(device):
        return Finding(
            subject,
            "error",
            "It is not there. Plug the stick in; look at its ports with ls -l /dev/serial/by-id.",
        )
    if not os.access(device, os.R_OK | os.W_OK):
        return Finding(
            subject,
            "error",
            "This user may not use it. Add the user to the group of the port, often dialout.",
        )
    other = real.setdefault(os.path.realpath(device), device)
    if other != device:
        return Finding(subject, "error", f"It is the same port as {other}. Name it once.")
    return Finding(subject, "ok", "is there and may be used.")


def _rivals(proc: Path) -> Iterable[Finding]:
    running = set()
    for name in proc.glob("[0-9]*/comm"):
        try:
            running.add(name.read_text().strip())
        except OSError:
            continue  # It has ended meanwhile.
    for program, sentence in _RIVALS.items():
        if program[:_SHOWN] in running:
            yield Finding(f"modem and {program}", "error", f"{program} runs. {sentence}")
