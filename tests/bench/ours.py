"""Our path as the bench drives it: signed webhooks in, and what the stand-in for Twilio accepts."""

from __future__ import annotations

import queue
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx

from safar.registry.build import build_registry
from tests.bench.talk import ANSWERS_WITHIN, BenchError
from tests.e2e.services import MESSAGE_PATH, NO_LIMITS, PUBLIC, ROOT, House, running
from tests.peers.serving import served
from tests.peers.twilio import Account, create_app
from tests.peers.twilio_webhooks import TOKEN, new_sid, sign, sms_form

NAME = "signed webhook → inbox → worker → outbox → dispatcher → the provider has taken the answer"
MODEL = ROOT / "bot" / "models" / "safar.tar.gz"
TEXTS = (
    ("hello", "Qatar", "manpower le kati paisa lina pauxa", "passport"),
    ("menu", "Malaysia", "hindi pa sahod 3 months na po", "hello"),
)


class _Accepted(list[dict[str, Any]]):
    """The list of what was sent; it also tells whoever waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.by_number: defaultdict[str, queue.SimpleQueue[None]] = defaultdict(queue.SimpleQueue)

    def append(self, message: dict[str, Any]) -> None:
        super().append(message)
        self.by_number[message["to"]].put(None)


class OurPath:
    """`safar run` and its stand-in, while they run."""

    texts: Sequence[Sequence[str]] = TEXTS

    def __init__(self, house: House, accepted: _Accepted) -> None:
        """Take what runs already."""
        self._house, self._accepted = house, accepted
        self._own = threading.local()
        self.asked = 0

    def ask(self, person: int, text: str) -> None:
        """Deliver a webhook and wait until the answer was handed to Twilio's stand-in."""
        number = f"+97798{person:08d}"
        form = sms_form(text, From=number, MessageSid=new_sid())
        headers = {"X-Twilio-Signature": sign(TOKEN, PUBLIC + MESSAGE_PATH, form)}
        answer = self._client().post(self._house.gateway + MESSAGE_PATH, data=form, headers=headers)
        if answer.status_code != httpx.codes.OK:
            raise BenchError(f"Our gateway refused a message with HTTP {answer.status_code}.")
        self.asked += 1
        deadline = time.monotonic() + ANSWERS_WITHIN
        while self._house.supervisor.poll() is None and time.monotonic() < deadline:
            try:
                self._accepted.by_number[number].get(timeout=1.0)
            except queue.Empty:
                continue
            return
        raise BenchError("Our path gave no answer; what the services said last is above.")

    def pids(self) -> dict[str, int]:
        """Return the three services and their supervisor."""
        return self._house.services() | {"supervisor": self._house.supervisor.pid}

    def check_each_was_answered_once(self) -> None:
        """Raise if the figures are of something else: texts lost, doubled or split."""
        if len(self._accepted) != self.asked:
            raise BenchError(
                f"Our path sent {len(self._accepted)} texts for {self.asked} messages, so these "
                "figures mean nothing. Each text of the bench must be answered with one."
            )

    def _client(self) -> httpx.Client:
        if not hasattr(self._own, "client"):
            self._own.client = httpx.Client(timeout=ANSWERS_WITHIN, trust_env=False)
        client: httpx.Client = self._own.client
        return client


@contextmanager
def our_path(folder: Path, registry: Path) -> Iterator[OurPath]:
    """Start the stand-in and the services, with the model as it is trained."""
    accepted = _Accepted()
    with (
        served(create_app(Account(sent=accepted))) as twilio,
        running(folder, registry, MODEL, SAFAR_TWILIO_API_BASE_URL=twilio, **NO_LIMITS) as house,
    ):
        yield OurPath(house, accepted)


@contextmanager
def started() -> Iterator[tuple[OurPath, float]]:
    """Start our path in a folder of its own; give it and the seconds until its first answer.

    Raises:
        BenchError: there is no model, or no answer.
    """
    if not MODEL.is_file():
        raise BenchError("There is no trained model to measure. Train one with: make train")
    with tempfile.TemporaryDirectory(prefix="safar-bench-") as made:
        folder = Path(made)
        now = datetime.now(timezone.utc)
        registry = build_registry(ROOT / "content", folder / "registry.db", now).path
        began = time.perf_counter()
        with our_path(folder, registry) as path:
            path.ask(0, TEXTS[0][0])
            yield path, time.perf_counter() - began
