"""The real processes: Twilio's stand-in, `safar run`, and a client that signs like Twilio."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from safar.store.crypto import KeyRing
from tests.peers.ports import free_port
from tests.peers.twilio_webhooks import ACCOUNT, TOKEN, sign

PUBLIC = "https://gateway.example.org"
MESSAGE_PATH = "/webhooks/twilio/message"
API_KEY = ("SK" + "1" * 32, "the secret of the key")
ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 120.0
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

    environment: dict[str, str]
    folder: Path
    gateway: str
    twilio: str
    keyring: KeyRing
    log: Path | None = None
    _supervisor: subprocess.Popen[bytes] | None = None

    @property
    def supervisor(self) -> subprocess.Popen[bytes]:
        """The process that keeps the others alive."""
        assert self._supervisor is not None, "It was not started."
        return self._supervisor

    @property
    def database(self) -> Path:
        return self.folder / "safar.db"

    def start(self) -> None:
        """Start `safar run` and wait until its gateway answers; what it says goes to `log`."""
        with nullcontext() if self.log is None else self.log.open("ab") as said:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-m", "safar", "run"],
                cwd=self.folder,
                env=self.environment,
                stdout=said,
                stderr=said and subprocess.STDOUT,
            )
        wait_for(f"{self.gateway}/healthz", self.supervisor)

    def end(self) -> None:
        """End it as an operator does; it must end in order."""
        self.supervisor.send_signal(signal.SIGTERM)
        try:
            assert self.supervisor.wait(20) == 0, "`safar run` did not end in order."
        finally:
            self.supervisor.kill()

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

    def tell_twilio(self, control: str, **values: Any) -> None:
        """Steer the stand-in; see `tests.peers.twilio` for what can be told."""
        httpx.post(f"{self.twilio}/_{control}", json=values).raise_for_status()

    def sent(self) -> list[dict[str, Any]]:
        """Return what the stand-in accepted, oldest first."""
        found: list[dict[str, Any]] = httpx.get(self.twilio + "/_sent", timeout=30).json()
        return found

    def received(self) -> list[dict[str, Any]]:
        """Return what people wrote to the stand-in, oldest first."""
        found: list[dict[str, Any]] = httpx.get(self.twilio + "/_received", timeout=30).json()
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

    def kill(self, name: str) -> bool:
        """Kill a service with SIGKILL; False when it does not run at this moment."""
        pid = self.services().get(name)
        if pid is None:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


def make_house(
    folder: Path,
    registry: Path,
    model: Path,
    gateway: int,
    twilio: int,
    *,
    without: Collection[str] = (),
    **settings: str,
) -> House:
    """Make a house that is not started yet, with keys of its own.

    Args:
        folder: its home.
        registry: a registry that was built.
        model: a model that was trained.
        gateway: port of its gateway.
        twilio: port of the stand-in.
        without: settings that are not given: they stand in the folder's `.env`.
        settings: further variables of the environment, of all processes.
    """
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
    return House(
        environment,
        folder,
        f"http://127.0.0.1:{gateway}",
        f"http://127.0.0.1:{twilio}",
        KeyRing([keys], hash_key),
    )


@contextmanager
def opened(house: House) -> Iterator[House]:
    """Start a house and its stand-in for Twilio; end both afterwards."""
    port = house.twilio.rpartition(":")[2]
    peer = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.peers.twilio", "--port", port),
            *("--key", ":".join(API_KEY)),
        ],
        cwd=ROOT,
        env=house.environment,
    )
    try:
        wait_for(f"{house.twilio}/_sent", peer)
        house.start()
        try:
            yield house
        finally:
            house.end()
    finally:
        peer.kill()
        peer.wait()


@contextmanager
def running(
    folder: Path, registry: Path, model: Path, *, without: Collection[str] = (), **settings: str
) -> Iterator[House]:
    """Start the stand-in and `safar run`; end both afterwards.

    Settings named in `without` are not given: they stand in the folder's `.env`.
    """
    ports = free_port(), free_port()
    house = make_house(folder, registry, model, *ports, without=without, **settings)
    with opened(house):
        yield house
