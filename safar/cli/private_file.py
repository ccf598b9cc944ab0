"""Writes files that only this user may read, and writes over none."""

from __future__ import annotations

import os
from pathlib import Path


class FileThereError(ValueError):
    """There is a file of that name."""


def write(path: Path, text: str) -> None:
    """Write a new file with mode 0600.

    Raises:
        FileThereError: There is one already.
        OSError: It cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise FileThereError(
            f"{path} is there already. Give another name, or take it away first."
        ) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
