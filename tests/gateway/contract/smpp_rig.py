"""An SMPP connection to npm's `smpp` server, held by a thread as the dispatcher holds it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from safar.gateway.providers.smpp.plugin import PLUGIN
from safar.gateway.providers.smpp.provider import SmppProvider
from tests.gateway.contract.rig import ANA, Bench, Channel, Word
from tests.gateway.smpp.smpp_office import QUICK, WITHIN, until
from tests.peers.smsc import OUR_NUMBER, PASSWORD, THROTTLED, Smsc, smsc

CHANNELS: tuple[Channel, ...] = ("sms",)
HAS_PEER = True
_WRONG_PASSWORD = 0x0E
_UCS2 = 8
_WORDS: dict[Word, str] = {"underway": "ENROUTE", "delivered": "DELIVRD", "failed": "UNDELIV"}


class SmppRig:
    plugin = PLUGIN
    patience = timedelta(seconds=10)
    resends = 1
    secrets = (PASSWORD,)
    unreachable = "1414"

    def __init__(self, bench: Bench, carrier: Smsc) -> None:
        self.channel = bench.channel
        self._carrier = carrier
        quick = {**QUICK, "addresses": OUR_NUMBER, "response_seconds": 1.5, "port": carrier.port}
        for name, value in quick.items():
            bench.set(f"SAFAR_SMPP_{name.upper()}", str(value))
        self.surroundings = bench.surroundings(bench.settings())
        made = PLUGIN.provider(self.surroundings)
        assert isinstance(made, SmppProvider)
        self.provider = made
        self._brought, self._away = 0, False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        self._until_bound()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(WITHIN)
        assert not self._thread.is_alive()

    def accepted(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        halves: dict[tuple[str, str], dict[int, str]] = {}
        for part in self._carrier.accepted():
            to = f"+{part['destination_addr']}"
            if not part["udh"]:
                found.append((to, part["text"]))
                continue
            header = bytes.fromhex(part["udh"][0])
            key, parts, place = (to, part["udh"][0][:-2]), header[-2], header[-1]
            halves.setdefault(key, {})[place] = part["text"]
            if len(halves[key]) == parts:
                whole = halves.pop(key)
                found.append((to, "".join(whole[each] for each in sorted(whole))))
        return found

    def arrive(self, text: str, sender: str = ANA) -> bool:
        return self._bring(lambda: self._carrier.deliver(text, sender=sender, data_coding=_UCS2))

    def arrive_again(self) -> bool:
        """The SMSC does so by itself."""
        until(lambda: self._carrier.deliveries()[-1]["done"], "It was not taken.")
        return True

    def arrive_doubled(self, text: str) -> None:
        self._carrier.lose_acks(1)
        self._brought += 1
        self._carrier.deliver(text, sender=ANA, data_coding=_UCS2)
        self.arrive_again()
        assert self._carrier.deliveries()[-1]["tries"] > 1
        self._until_bound()

    def report(self, word: Word, of: int = -1) -> bool:
        sent = self._carrier.accepted()[of]
        return self._tell(word, sent["id"], f"+{sent['destination_addr']}")

    def report_again(self) -> bool:
        return self.arrive_again()

    def report_stranger(self, word: Word) -> bool:
        return self._tell(word, "fff77", "+9779800000009")

    def forge(self) -> Iterator[tuple[str, int]]:
        return iter(())

    def throttle(self) -> None:
        self._carrier.refuse(THROTTLED)

    def lose_answer(self) -> None:
        self._carrier.faults("drop_after")

    def hang(self) -> None:
        self._carrier.faults("hang")

    def go_away(self) -> None:
        self._carrier.away()
        self._away = True
        until(lambda: self.provider._session is None)

    def refuse_everything(self) -> None:
        self._carrier.refuse_bind(_WRONG_PASSWORD)
        self._carrier.cut()
        until(lambda: self.provider._refused is not None)

    def mend(self) -> None:
        self._carrier.refuse_bind(None)
        if self._away:
            self._carrier.listen()
        self._away = False
        self._until_bound()

    def _listen(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(Exception):
                self.provider.listen(self._stop)
            self._stop.wait(0.05)

    def _until_bound(self) -> None:
        def bound() -> bool:
            session = self.provider._session
            return session is not None and session.bound and self._carrier.is_bound()

        until(bound, "Not bound.")

    def _tell(self, word: Word, message_id: str, person: str) -> bool:
        return self._bring(lambda: self._carrier.receipt(message_id, _WORDS[word], sender=person))

    def _bring(self, deliver: Callable[[], None]) -> bool:
        """Have something brought; say whether it was taken, or shall be brought again."""
        deliver()
        self._brought += 1
        answered: dict[str, Any] = until(self._answered, "Nobody answered.")
        return bool(answered["done"])

    def _answered(self) -> dict[str, Any] | None:
        brought: list[dict[str, Any]] = self._carrier.deliveries()
        assert len(brought) == self._brought
        return brought[-1] if brought[-1]["statuses"] else None


@contextmanager
def open_rig(bench: Bench) -> Iterator[SmppRig]:
    with smsc() as carrier:
        rig = SmppRig(bench, carrier)
        try:
            yield rig
        finally:
            rig.close()
