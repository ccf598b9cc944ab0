"""People who write by SMS through the stand-in's own webhooks, each waiting for their turn."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import httpx

from tests.e2e.services import House

QUESTIONS = ("menu", "Qatar", "manpower le kati paisa lina pauxa", "1", "passport", "hello", "9")
"""Each is answered with one text."""


@dataclass(frozen=True)
class Traffic:
    """How much is written: by so many people, so many messages each, over so many seconds."""

    people: int = 12
    each: int = 5
    seconds: float = 6.0


class Writing:
    """A thread a person; a person's next message leaves when the provider is done with the last."""

    def __init__(self, house: House, traffic: Traffic) -> None:
        """Begin to write."""
        self._house, self._traffic = house, traffic
        self._errors: list[str] = []
        self._threads = [
            threading.Thread(target=self._write, args=(person,), daemon=True)
            for person in range(traffic.people)
        ]
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Wait until all is written.

        Raises:
            AssertionError: the stand-in did not take something that was written.
        """
        for thread in self._threads:
            thread.join()
        assert not self._errors, f"Not written: {self._errors[0]}"

    def _write(self, person: int) -> None:
        traffic = self._traffic
        pause = traffic.seconds / traffic.each
        begins = time.monotonic() + pause * person / traffic.people
        for number in range(traffic.each):
            time.sleep(max(0.0, begins + number * pause - time.monotonic()))
            text = QUESTIONS[(person + number) % len(QUESTIONS)]
            written = {"sender": f"+97798{person:08d}", "body": text}
            try:
                answer = httpx.post(f"{self._house.twilio}/_inbound", json=written, timeout=60)
                answer.raise_for_status()
            except httpx.HTTPError as error:
                self._errors.append(repr(error))
