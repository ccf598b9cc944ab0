"""A small file system in memory, which a row can fill without harm to the machine.

Mounting needs a mount namespace of our own; `enter` starts the command anew in one, where it also
needs no superuser.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_INSIDE = "SAFAR_FAULTS_INSIDE"
_LARGEST = 64 * 1024 * 1024


def enter(arguments: Sequence[str]) -> None:
    """Go on in a mount namespace of our own: this process becomes the command's new start.

    Args:
        arguments: of ``python -m tests.faults``.
    """
    if os.environ.get(_INSIDE):
        return
    os.environ[_INSIDE] = "1"
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = ["unshare", "--mount", *as_root, sys.executable, "-m", "tests.faults", *arguments]
    os.execvp(command[0], command)


@contextmanager
def on_own_disk(folder: Path, kib: int | None) -> Iterator[None]:
    """Let `folder` be a file system of so many KiB; with None it stays as it is.

    Raises:
        subprocess.CalledProcessError: it cannot be mounted; `mount` says why.
    """
    if kib is None:
        yield
        return
    size = f"size={kib}k,mode=700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "safar", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def check_own_disk(folder: Path) -> None:
    """Make sure that filling this file system fills nothing else.

    Raises:
        AssertionError: it is larger than any that a row makes.
    """
    seen = os.statvfs(folder)
    assert seen.f_blocks * seen.f_frsize <= _LARGEST, "This is the machine's own disk."
