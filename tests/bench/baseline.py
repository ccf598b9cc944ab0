"""The baseline: Rasa as one gets it, its starter assistant, behind its REST channel."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.talk import ANSWERS_WITHIN, BenchError, Say
from tests.e2e.services import ROOT
from tests.peers.ports import free_port

NAME = "stock Rasa 3.6.21 starter (rasa init) behind its REST channel"
PINNED = Path(__file__).parent / "stock"
CACHE = ROOT / ".cache"
TEXTS = (
    ("hello", "i am sad", "yes", "goodbye"),
    ("hi there", "i feel great", "are you a bot?", "goodbye"),
)
STARTS_WITHIN = 300.0
_MADE = ".made-of"


@dataclass(frozen=True)
class Stock:
    """An installed Rasa and its trained starter."""

    venv: Path
    project: Path

    @property
    def python(self) -> Path:
        """The interpreter that has Rasa."""
        return self.venv / "bin" / "python"


class StockServer:
    """`rasa run`, while it runs."""

    texts: Sequence[Sequence[str]] = TEXTS

    def __init__(self, url: str, pid: int) -> None:
        """Take what runs already."""
        self._url, self._pid = url, pid
        self._own = threading.local()
        self.asked = self.unanswered = 0

    def ask(self, person: int, text: str) -> None:
        """Post a message; the answer comes back in the same call."""
        body = {"sender": f"person-{person}", "message": text}
        answer = self._client().post(self._url, json=body)
        if answer.status_code != httpx.codes.OK:
            raise BenchError(f"Stock Rasa refused a message with HTTP {answer.status_code}.")
        self.asked += 1
        self.unanswered += not answer.json()

    def pids(self) -> dict[str, int]:
        """Return its only process."""
        return {"worker": self._pid}

    def _client(self) -> httpx.Client:
        if not hasattr(self._own, "client"):
            self._own.client = httpx.Client(timeout=ANSWERS_WITHIN, trust_env=False)
        client: httpx.Client = self._own.client
        return client


def prepare(say: Say) -> Stock:
    """Install Rasa and train its starter below `.cache/`, unless that was done before.

    Raises:
        BenchError: it cannot be installed or trained here.
    """
    stock = Stock(CACHE / "bench-venv", CACHE / "bench-starter")
    pins = (PINNED / "requirements.lock").read_bytes() + sys.version.encode()
    wanted = hashlib.sha256(pins).hexdigest()
    if not _is_made(stock.venv, wanted):
        say("installing it with its TensorFlow, once (2.8 GB, some minutes)")
        _install(stock.venv)
        _note_made(stock.venv, wanted)
    if not _is_made(stock.project, wanted):
        say("training its starter, once (about a minute)")
        _train(stock)
        _note_made(stock.project, wanted)
    return stock


@contextmanager
def started(stock: Stock) -> Iterator[tuple[StockServer, float]]:
    """Start `rasa run`; give it and the seconds until its first answer.

    Raises:
        BenchError: it does not start.
    """
    began = time.perf_counter()
    with _serving(stock) as server:
        server.ask(0, TEXTS[0][0])
        yield server, time.perf_counter() - began


@contextmanager
def _serving(stock: Stock) -> Iterator[StockServer]:
    """Start `rasa run` and wait until it has its model; end it afterwards."""
    port = free_port()
    log_path = stock.project / "server.log"
    command = ["-m", "rasa", "run", "--enable-api", "-i", "127.0.0.1", "-p", str(port)]
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [str(stock.python), *command],
            cwd=stock.project,
            env=_environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_ready(f"http://127.0.0.1:{port}/status", process, log_path)
            yield StockServer(f"http://127.0.0.1:{port}/webhooks/rest/webhook", process.pid)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            # 409 while there is no model yet.
            if httpx.get(url, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise BenchError(f"Stock Rasa did not start; {log} says why.")


def _install(venv: Path) -> None:
    own = ROOT / ".tools" / "bin" / "uv"
    uv = str(own) if own.is_file() else shutil.which("uv")
    if uv is None:
        raise BenchError("It cannot be installed without uv; run: make bench")
    shutil.rmtree(venv, ignore_errors=True)
    _run([uv, "venv", "--quiet", "--python", sys.executable, str(venv)], PINNED)
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python"]
    try:
        # In that folder uv reads its overrides, and not ours, which leave TensorFlow out.
        _run([*install, str(venv / "bin" / "python"), "-r", "requirements.lock"], PINNED)
    except BenchError as error:
        raise BenchError(f"Its first run needs the network and 3 GB of disk. {error}") from None


def _train(stock: Stock) -> None:
    shutil.rmtree(stock.project, ignore_errors=True)
    stock.project.mkdir(parents=True)
    init = [str(stock.python), "-m", "rasa", "init", "--no-prompt", "--init-dir", "."]
    _run(init, stock.project)
    if not list(stock.project.glob("models/*.tar.gz")):
        # `rasa init` ends with 0 whatever happened.
        raise BenchError("`rasa init` left no trained model.")


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, env=_environment(), capture_output=True, check=False, text=True
    )
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        words = " ".join(Path(part).name for part in command[:3])
        raise BenchError(f"`{words} …` failed: {' '.join(said[:3])[:300]}")


def _environment() -> dict[str, str]:
    return dict(os.environ) | {
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }


def _is_made(folder: Path, wanted: str) -> bool:
    stamp = folder / _MADE
    return stamp.is_file() and stamp.read_text("ascii") == wanted


def _note_made(folder: Path, wanted: str) -> None:
    (folder / _MADE).write_text(wanted, "ascii")
