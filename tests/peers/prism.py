"""Prism between a client and a server: it holds both to an OpenAPI document."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.nodejs import node, package_file
from tests.peers.ports import free_port

_STARTS_WITHIN = 60.0


@contextmanager
def guarded(document: Path, server: str) -> Iterator[str]:
    """Start Prism before a server; give the address to call in the server's place.

    A request that breaks the document gets HTTP 422 and never reaches the server; an answer that
    breaks it becomes HTTP 500. The body of either says what was wrong, under `validation`.

    Args:
        document: an OpenAPI document.
        server: address of the server, without a trailing slash.

    Raises:
        RuntimeError: Prism did not start; it says why on standard error.
    """
    program = package_file("@stoplight/prism-cli/dist/index.js")
    port = free_port()
    process = subprocess.Popen(
        [node(), str(program), "proxy", str(document), server]
        + ["--errors", "--host", "127.0.0.1", "--port", str(port), "--verboseLevel", "fatal"],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the port is open: Prism opens it when the document is read."""
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"Prism ended with {process.returncode} instead of starting.")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"Prism did not start within {_STARTS_WITHIN:.0f} s.")
