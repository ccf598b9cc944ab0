"""Changes one line of an .env file: all of it or nothing, and what was there before is kept."""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime
from pathlib import Path

_LINE = re.compile(r"^(?P<before>\s*(?:export\s+)?{name}\s*=\s*)(?P<value>.*?)(?P<after>\s*)$")


class EnvFileError(ValueError):
    """The file cannot be changed; the sentence says why and what to do."""


def names(path: Path, name: str) -> bool:
    """Whether a file is there and sets a variable."""
    if not path.is_file():
        return False
    return any(_line(name).match(line) for line in path.read_text("utf-8").splitlines())


def replace(path: Path, name: str, value: str, now: datetime) -> Path:
    """Set a variable that a file sets already, and return where the old file is kept.

    Both are readable by their owner alone. Whoever reads the file meanwhile sees the old one or the
    new one, whole.

    Raises:
        EnvFileError: The variable is not in it, or more than once.
        OSError: It cannot be written.
    """
    path = path.resolve()
    # As it is, with whatever ends its lines.
    text = path.read_bytes().decode("utf-8")
    lines = text.splitlines(keepends=True)
    found = [place for place, line in enumerate(lines) if _line(name).match(line.rstrip("\r\n"))]
    if len(found) != 1:
        raise EnvFileError(
            f"{path.name} sets {name} {len(found)} times, so it is not clear what to change. Leave"
            " one line with it."
        )
    line = lines[found[0]]
    bare = line.rstrip("\r\n")
    match = _line(name).match(bare)
    if match is None:
        raise EnvFileError(f"{path.name} cannot be read as lines of NAME=value.")
    quote = match["value"][:1] if match["value"][:1] in {"'", '"'} else ""
    lines[found[0]] = f"{match['before']}{quote}{value}{quote}{line[len(bare) :]}"
    kept = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}")
    owner = path.stat()
    _write(kept, text, owner)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        _write(beside, "".join(lines), owner)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    return kept


def _line(name: str) -> re.Pattern[str]:
    return re.compile(_LINE.pattern.replace("{name}", re.escape(name)))


def _write(path: Path, text: str, owner: os.stat_result) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        # As root it must stay readable for the user that Safar runs as.
        if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()) and os.geteuid() == 0:
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        file.write(text)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
