"""A supervisor over three small children; run as a process by `test_supervisor`.

    python supervised_process.py FOLDER

Each child writes FOLDER/<service>.pid and, when told to end, FOLDER/<service>.ended.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from safar.cli import supervisor

CHILD = """
import os, pathlib, signal, sys, time
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def end(*_):
    (folder / f"{name}.ended").touch()
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
written = folder / f"{name}.new"
written.write_text(str(os.getpid()))
written.rename(folder / f"{name}.pid")
time.sleep(600)
"""


class Small(supervisor.Supervisor):
    """Starts a child of three lines where a service would be."""

    def __init__(self, folder: Path) -> None:
        super().__init__({}, lambda sentence: print(sentence, flush=True))
        self._folder = folder

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", CHILD, str(self._folder), name],
            preexec_fn=supervisor._die_with_parent,  # noqa: PLW1509 - one thread
        )


if __name__ == "__main__":
    sys.exit(Small(Path(sys.argv[1])).run())
