"""Resetting the USB device behind a stick's serial port, as if it were pulled out and put back."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

_USBDEVFS_RESET = 0x5514
"""ioctl of Linux, _IO('U', 20)."""

Sleep = Callable[[float], object]


def device_folder(port: str, sysfs: Path = Path("/sys")) -> Path | None:
    """Return the folder of the USB device that a serial port belongs to.

    Args:
        port: such as ``/dev/ttyUSB0`` or a link to it.
        sysfs: where Linux shows its devices.

    Returns:
        None when the port is not on USB, or not there.
    """
    tty = sysfs / "class" / "tty" / Path(os.path.realpath(port)).name / "device"
    try:
        place = tty.resolve(strict=True)
    except OSError:
        return None
    for folder in (place, *place.parents):
        if (folder / "busnum").is_file() and (folder / "devnum").is_file():
            return folder
    return None


def reset(
    folder: Path,
    *,
    bus: Path = Path("/dev/bus/usb"),
    ioctl: Callable[[int, int, int], int] = fcntl.ioctl,
    sleep: Sleep = time.sleep,
) -> bool:
    """Reset a USB device: by its own call, else by withdrawing and giving back its permission.

    Args:
        folder: as `device_folder` found it.
        bus: where Linux keeps the devices themselves.
        ioctl: asks the kernel.
        sleep: waits some seconds.

    Returns:
        Whether one of the two was permitted and worked.
    """
    return _by_call(folder, bus, ioctl) or _by_permission(folder, sleep)


def _by_call(folder: Path, bus: Path, ioctl: Callable[[int, int, int], int]) -> bool:
    try:
        numbers = [int((folder / name).read_text()) for name in ("busnum", "devnum")]
        node = os.open(bus / f"{numbers[0]:03}" / f"{numbers[1]:03}", os.O_WRONLY)
    except (OSError, ValueError):
        return False
    try:
        ioctl(node, _USBDEVFS_RESET, 0)
    except OSError:
        return False
    finally:
        os.close(node)
    return True


def _by_permission(folder: Path, sleep: Sleep) -> bool:
    switch = folder / "authorized"
    try:
        switch.write_text("0")
        sleep(1)
        switch.write_text("1")
    except OSError:
        return False
    return True
