"""Twilio's own calculator of segments, in one Node process for as long as it is wanted."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.peers.nodejs import FOLDER, node, package_file


class Counted(NamedTuple):
    """What the calculator says of a text."""

    encoding: str
    units: int
    segments: int
    sent: str
    """The text as it would leave: changed only by smart encoding."""
    pieces: list[int]
    """Sizes of what it never divides between two segments, in units."""


class Calculator:
    """Asks the process one text at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def count(self, text: str, *, smart: bool = False) -> Counted:
        """Count a text; `smart` turns Twilio's Smart Encoding on."""
        return Counted(**self._ask({"text": text, "smart": smart}))

    def smart_map(self) -> dict[str, str]:
        """Return what Smart Encoding puts in the place of which character."""
        return dict(self._ask({}))

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The calculator of segments ended; what it said is above.")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def calculator() -> Iterator[Calculator]:
    """Start the process; end it afterwards."""
    package_file("sms-segments-calculator/dist/index.js")
    process = subprocess.Popen(
        [node(), str(FOLDER / "segments.js")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield Calculator(process)
    finally:
        process.stdin.close() if process.stdin else None
        process.wait(timeout=10)
