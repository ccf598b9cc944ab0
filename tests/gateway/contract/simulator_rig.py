"""The phone in the browser, called as its page calls it.

It has no peer: the page reads the outbox itself, so there is nobody who could fail, lose an answer,
tell later how it went, or bring a message a second time. Its calls are not signed but local.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from starlette.testclient import TestClient

from safar.gateway.providers.simulator.plugin import PLUGIN
from tests.gateway.contract.rig import ANA, Bench, Channel, Word

CHANNELS: tuple[Channel, ...] = ("sms", "whatsapp")
HAS_PEER = False
CALL = "/simulator/api/messages"
_LOCAL = "http://127.0.0.1:8080"


class SimulatorRig:
    plugin = PLUGIN
    patience = timedelta(seconds=1)
    resends = 0
    secrets = ()
    unreachable = ""

    def __init__(self, bench: Bench) -> None:
        self.channel = bench.channel
        settings = bench.settings(simulator=True)
        self.surroundings = bench.surroundings(settings)
        self.provider = PLUGIN.provider(self.surroundings)
        self._gateway = bench.gateway(settings)
        self._senders: list[str] = []

    def accepted(self) -> list[tuple[str, str]]:
        found = []
        for sender in dict.fromkeys(self._senders):
            asked = {"sender": sender, "channel": self.channel}
            talk = self._gateway.client.get(CALL, params=asked).json()["messages"]
            found += [(sender, said["text"]) for said in talk if said.get("delivered")]
        return found

    def arrive(self, text: str, sender: str = ANA) -> bool:
        self._senders.append(sender)
        said = {"sender": sender, "channel": self.channel, "text": text}
        answer = self._gateway.client.post(CALL, json=said)
        assert answer.status_code in {202, 503}, answer.text
        return bool(answer.status_code == 202)

    def forge(self) -> Iterator[tuple[str, int]]:
        said = {"sender": ANA, "channel": self.channel, "text": "x"}
        asked = {"sender": ANA, "channel": self.channel}
        for wrong, client, headers in (
            ("from another machine", self._client("203.0.113.7"), {}),
            ("by another name", self._client("127.0.0.1"), {"Host": "safar.example"}),
            ("of another page", self._client("127.0.0.1"), {"Origin": "https://other.example"}),
            ("through a proxy", self._client("127.0.0.1"), {"X-Forwarded-For": "203.0.113.7"}),
        ):
            yield f"written {wrong}", client.post(CALL, json=said, headers=headers).status_code
            yield f"read {wrong}", client.get(CALL, params=asked, headers=headers).status_code
            yield f"page {wrong}", client.get("/simulator/", headers=headers).status_code

    def _client(self, host: str) -> TestClient:
        return TestClient(self._gateway.app, base_url=_LOCAL, client=(host, 50000))

    # There is no peer.

    def arrive_again(self) -> bool:
        raise NotImplementedError

    def arrive_doubled(self, text: str) -> None:
        raise NotImplementedError

    def report(self, word: Word, of: int = -1) -> bool:
        raise NotImplementedError

    def report_again(self) -> bool:
        raise NotImplementedError

    def report_stranger(self, word: Word) -> bool:
        raise NotImplementedError

    def throttle(self) -> None:
        raise NotImplementedError

    lose_answer = hang = go_away = refuse_everything = mend = throttle


@contextmanager
def open_rig(bench: Bench) -> Iterator[SimulatorRig]:
    yield SimulatorRig(bench)
