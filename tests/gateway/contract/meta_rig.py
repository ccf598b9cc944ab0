"""The WhatsApp Cloud API against its stand-in; calls signed as Meta signs them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from safar.gateway.providers.meta.plugin import PLUGIN
from safar.gateway.providers.meta.routes import PATH
from tests.gateway.contract.rig import ANA, Bench, Channel, Word
from tests.peers import meta as peer
from tests.peers.serving import served

CHANNELS: tuple[Channel, ...] = ("whatsapp",)
HAS_PEER = True
_SIGNATURE = "X-Hub-Signature-256"
_WORDS: dict[Word, dict[str, Any]] = {
    "underway": {"status": "sent"},
    "delivered": {"status": "delivered"},
    "failed": {"status": "failed", "errors": [{"code": 131026}]},
}


class MetaRig:
    plugin = PLUGIN
    unreachable = "+9779841230026"
    patience = timedelta(seconds=10)
    resends = 1
    secrets = (peer.TOKEN, peer.SECRET, peer.WORD)

    def __init__(self, bench: Bench, stack: ExitStack) -> None:
        self.channel = bench.channel
        self._number = peer.Number()
        self._app = peer.create_app(self._number)
        self._server = stack.enter_context(ExitStack())
        address = self._server.enter_context(served(self._app))
        self._port = urlsplit(address).port or 0
        for name, value in {
            "PHONE_NUMBER_ID": peer.OUR_ID,
            "ACCESS_TOKEN": peer.TOKEN,
            "APP_SECRETS": peer.SECRET,
            "VERIFY_TOKEN": peer.WORD,
            "TIMEOUT_SECONDS": "1.5",
            "GRAPH_BASE_URL": address,
        }.items():
            bench.set(f"SAFAR_META_{name}", value)
        settings = bench.settings()
        self.surroundings = bench.surroundings(settings)
        self.provider = PLUGIN.provider(self.surroundings)
        self._gateway = bench.gateway(settings)
        self._ids, self._last = itertools.count(1), b""
        self._told: Word = "underway"

    def accepted(self) -> list[tuple[str, str]]:
        return [(f"whatsapp:+{sent['to']}", sent["text"]["body"]) for sent in self._number.sent]

    def arrive(self, text: str, sender: str = ANA) -> bool:
        self._last = self._call(text, sender)
        return self.arrive_again()

    def arrive_again(self) -> bool:
        return self._post(self._last)

    def arrive_doubled(self, text: str) -> None:
        assert [self.arrive(text), self.arrive_again()] == [True, True]

    def report(self, word: Word, of: int = -1) -> bool:
        self._told, place = word, of % len(self._number.sent)
        ours = self._number.sent[place]["biz_opaque_callback_data"]
        return self._post(self._status(word, f"wamid.{place + 1}", ours))

    def report_again(self) -> bool:
        return self.report(self._told)

    def report_stranger(self, word: Word) -> bool:
        return self._post(self._status(word, "wamid.of.nobody", "987654"))

    def forge(self) -> Iterator[tuple[str, int]]:
        client = self._gateway.client
        for path, body in {
            "message": self._call("x", ANA),
            "status": self._status("delivered", "wamid.1", "1"),
        }.items():
            for wrong, signature in {
                "empty": "",
                "of a stranger": peer.sign(body, "a guess"),
                "of other bytes": peer.sign(body + b" "),
                "without its kind": peer.sign(body).removeprefix("sha256="),
                "by an empty secret": peer.sign(body, ""),
            }.items():
                answer = client.post(PATH, content=body, headers={_SIGNATURE: signature})
                yield f"{path}, {wrong}", answer.status_code
            yield f"{path}, unsigned", client.post(PATH, content=body).status_code
        for wrong, word in {"a guessed word": "x", "no word": ""}.items():
            asked = {"hub.mode": "subscribe", "hub.verify_token": word, "hub.challenge": "1"}
            yield wrong, client.get(PATH, params=asked).status_code

    def throttle(self) -> None:
        self._number.fault = "429"

    def lose_answer(self) -> None:
        self._number.fault = "garbage"

    def hang(self) -> None:
        self._number.fault = "silent"

    def go_away(self) -> None:
        self._server.close()

    def refuse_everything(self) -> None:
        self._number.token = "another"

    def mend(self) -> None:
        self._number.fault, self._number.token = None, peer.TOKEN
        self._server.close()
        self._server.enter_context(served(self._app, self._port))

    def _call(self, text: str, sender: str) -> bytes:
        digits = sender[1:]
        contact = {"profile": {"name": "x"}, "wa_id": digits, "user_id": f"NP.{digits}"}
        written = peer.text(text, next(self._ids), **{"from": digits})
        return peer.call(written, contacts=[contact])

    @staticmethod
    def _status(word: Word, id_: str, ours: str) -> bytes:
        return peer.call(statuses=({"id": id_, "biz_opaque_callback_data": ours, **_WORDS[word]},))

    def _post(self, body: bytes) -> bool:
        answer = self._gateway.client.post(
            PATH, content=body, headers={_SIGNATURE: peer.sign(body)}
        )
        assert answer.status_code in {200, 503}, answer.status_code
        return bool(answer.status_code == 200)


@contextmanager
def open_rig(bench: Bench) -> Iterator[MetaRig]:
    with ExitStack() as stack:
        yield MetaRig(bench, stack)
