"""Files put in place in one step."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, text: str, mode: int | None = None) -> None:
    """Put `text` in place of a file in one step; a crash leaves the old file or the new one.

    Args:
        path: the file, in a folder that exists.
        text: in UTF-8, its ends of lines as they are.
        mode: who may read and write it; by default as before, or its owner alone if it is new.

    Raises:
        OSError: the file cannot be written; the old one stays.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".new")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            fresh.chmod(mode)
        elif path.exists():
            fresh.chmod(path.stat().st_mode & 0o777)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
