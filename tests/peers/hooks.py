"""A receiver of webhooks: keeps what is posted, byte by byte, and answers as a test says."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call: its path, its body as it came, its headers in small letters."""

    path: str
    body: bytes
    headers: dict[str, str]

    @property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass
class Hooks:
    """Keeps calls.

    Attributes:
        calls: What came, oldest first.
        answers: Statuses of the next calls, and headers with them; 204 when none is left.
        seconds: How long each answer takes.
    """

    calls: list[Call] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    seconds: float = 0.0
    url: str = ""

    def keys(self) -> list[str]:
        """Return the idempotency keys of all calls."""
        return [call.headers["idempotency-key"] for call in self.calls]


@contextmanager
def hooks() -> Iterator[Hooks]:
    """Serve on this machine."""
    kept = Hooks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            kept.calls.append(Call(self.path, body, headers))
            time.sleep(kept.seconds)
            status, more = kept.answers.pop(0) if kept.answers else (204, {})
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as it is called
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kept.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def is_signed(call: Call, secret: str, now: float, tolerance: float = 300.0) -> bool:
    """Check a signature as a receiver would, by the description in docs/operators/notices.md."""
    parts = dict(part.split("=", 1) for part in call.headers["safar-signature"].split(","))
    if abs(now - int(parts["t"])) > tolerance:
        return False
    made = hmac.new(secret.encode(), parts["t"].encode() + b"." + call.body, hashlib.sha256)
    return hmac.compare_digest(made.hexdigest(), parts["v1"])
