"""The real processes: Twilio's stand-in, `safar run`, and a client that signs like Twilio."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from safar.store.crypto import KeyRing
from tests.peers.twilio_webhooks import ACCOUNT, TOKEN, sign

PUBLIC = "https://gateway.example.org"
MESSAGE_PATH = "/webhooks/twilio/message"
API_KEY = ("SK" + "1" * 32, "the secret of the key")
ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 60.0
NO_LIMITS = {
    f"SAFAR_LIMIT_{name}": "1000000000"
    for name in (
        "SENDER_SEGMENTS_DAY",
        "SENDER_MESSAGES_BURST",
        "SENDER_MESSAGES_DAY",
        "PREFIX_SEGMENTS_DAY",
        "COUNTRY_SEGMENTS_DAY",
        "TOTAL_SEGMENTS_DAY",
        "REPEATS",
    )
}
"""For measuring: a few senders who write more than people do."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"{url} ended with {process.returncode} instead of starting.")
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not start within {STARTS_WITHIN} s.")


@dataclass
class House:
    """A running Safar with a stand-in for Twilio behind it."""

    supervisor: subprocess.Popen[bytes]
    gateway: str
    twilio: str
    database: Path
    keyring: KeyRing
    environment: dict[str, str]

    def post(self, form: dict[str, str]) -> httpx.Response:
        """Deliver a signed webhook once."""
        headers = {"X-Twilio-Signature": sign(TOKEN, PUBLIC + MESSAGE_PATH, form)}
        return httpx.post(self.gateway + MESSAGE_PATH, data=form, headers=headers, timeout=10)

    def deliver(self, form: dict[str, str]) -> None:
        """Deliver a signed webhook as Twilio does with retries: until it is accepted."""
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            try:
                if self.post(form).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError("The gateway never accepted the message.")

    def sent(self) -> list[dict[str, Any]]:
        """Return what the stand-in accepted, oldest first."""
        found: list[dict[str, Any]] = httpx.get(self.twilio + "/_sent").json()
        return found

    def wait_sent(self, count: int, within: float) -> list[dict[str, Any]]:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            sent = self.sent()
            if len(sent) >= count:
                return sent
            time.sleep(0.1)
        return self.sent()

    def services(self) -> dict[str, int]:
        """Return the process ids of the services that run now, by name."""
        pid = self.supervisor.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        found = {}
        for child in children:
            try:
                command = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if len(command) > 2:  # a process that has just died has no command any more
                found[command[-2].decode()] = int(child)
        return found


@contextmanager
def running(
    folder: Path, registry: Path, model: Path, *, without: Collection[str] = (), **settings: str
) -> Iterator[House]:
    """Start the stand-in and `safar run`; end both afterwards.

    Settings named in `without` are not given: they stand in the folder's `.env`.
    """
    gateway, twilio = free_port(), free_port()
    keys, hash_key = KeyRing.generate(), KeyRing.generate()
    environment = {name: value for name, value in os.environ.items() if name[:6] != "SAFAR_"} | {
        "SAFAR_HOME": str(folder),
        "SAFAR_REGISTRY_PATH": str(registry),
        "SAFAR_MODEL_PATH": str(model),
        "SAFAR_KEYS": keys,
        "SAFAR_HASH_KEY": hash_key,
        "SAFAR_PORT": str(gateway),
        "SAFAR_PUBLIC_BASE_URL": PUBLIC,
        "SAFAR_TWILIO_ACCOUNT_SID": ACCOUNT,
        "SAFAR_TWILIO_AUTH_TOKENS": TOKEN,
        "SAFAR_TWILIO_API_BASE_URL": f"http://127.0.0.1:{twilio}",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        **settings,
    }
    for name in without:
        del environment[name]
    peer = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.peers.twilio", "--port", str(twilio)),
            *("--key", ":".join(API_KEY)),
        ],
        cwd=ROOT,
        env=environment,
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "safar", "run"], cwd=folder, env=environment
    )
    try:
        wait_for(f"http://127.0.0.1:{twilio}/_sent", peer)
        wait_for(f"http://127.0.0.1:{gateway}/healthz", supervisor)
        yield House(
            supervisor,
            f"http://127.0.0.1:{gateway}",
            f"http://127.0.0.1:{twilio}",
            folder / "safar.db",
            KeyRing([keys], hash_key),
            environment,
        )
    finally:
        supervisor.send_signal(signal.SIGTERM)
        try:
            assert supervisor.wait(20) == 0, "`safar run` did not end in order."
        finally:
            supervisor.kill()
            peer.kill()
            peer.wait()
