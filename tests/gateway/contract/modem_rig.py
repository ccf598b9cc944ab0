"""A modem on libGammu's dummy telephone, in a process of its own, listened to by a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from safar.gateway.providers.modem.plugin import PLUGIN
from safar.gateway.providers.modem.provider import ModemProvider
from safar.store.errors import StoreUnavailableError
from safar.store.tables import received_parts
from tests.gateway.contract.rig import ANA, Bench, Channel, Word
from tests.gateway.modem.modem_office import QUICK, WITHIN, until
from tests.peers.gammu_phone import CHILD, GammuPhone
from tests.peers.sms_pdu import Submitted

CHANNELS: tuple[Channel, ...] = ("sms",)
HAS_PEER = True
_MANY = 100
_WORDS: dict[Word, tuple[str, int]] = {
    "underway": ("Pending", 0x30),
    "delivered": ("Delivered", 0x00),
    "failed": ("Failed", 0x41),
}


class ModemRig:
    plugin = PLUGIN
    patience = timedelta(seconds=15)
    resends = 1
    secrets = ("4711",)
    # A short number of the network: to write there could be dear, or do something.
    unreachable = "1414"

    def __init__(self, bench: Bench) -> None:
        self.channel = bench.channel
        self._folder = bench.home / "phone"
        self._phone = GammuPhone.make(self._folder)
        for name, value in {
            **QUICK,
            "send_seconds": 0.3,
            "devices": self._folder,
            "pin": self.secrets[0],
        }.items():
            bench.set(f"SAFAR_MODEM_{name.upper()}", str(value))
        self.surroundings = bench.surroundings(bench.settings())
        made = PLUGIN.provider(self.surroundings)
        assert isinstance(made, ModemProvider)
        self.provider = made
        # Safar's own process, but on the telephone that can fail; and no second between messages.
        made._timing.sleep = lambda _: None
        self._modem._command = CHILD
        self._refused = 0
        for taking in ("received", "reported"):
            setattr(made._desk, taking, self._watched(getattr(made._desk, taking)))
        self._last: dict[str, Any] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=made.listen, args=(self._stop,))
        self._thread.start()
        self._until_usable()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(WITHIN)
        assert not self._thread.is_alive()

    def accepted(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        halves: dict[tuple[str, bytes], dict[int, str]] = {}
        for part in self._sent():
            if not part.udh:
                found.append((part.number, part.text))
                continue
            key, parts, place = (part.number, part.udh[:5]), part.udh[4], part.udh[5]
            halves.setdefault(key, {})[place] = part.text
            if len(halves[key]) == parts:
                whole = halves.pop(key)
                found.append((part.number, "".join(whole[each] for each in sorted(whole))))
        return found

    def arrive(self, text: str, sender: str = ANA) -> bool:
        self._last = {"text": text, "sender": sender}
        return self._put(lambda: self._phone.receive(**self._last))

    def arrive_again(self) -> bool:
        """It lies on the SIM card still."""
        return self._put(lambda: None)

    def arrive_doubled(self, text: str) -> None:
        """The network brings it twice, since it did not hear from the modem."""
        assert self.arrive(text)
        assert self._put(lambda: self._phone.receive(**self._last))

    def report(self, word: Word, of: int = -1) -> bool:
        assert of == -1 and not self._sent()[-1].udh, "Only of a last one that has one part."
        return self._tell(word, self._sent()[-1].number, len(self._sent()))

    def report_again(self) -> bool:
        return self.arrive_again()

    def report_stranger(self, word: Word) -> bool:
        return self._tell(word, "+9779800000009", 77)

    def forge(self) -> Iterator[tuple[str, int]]:
        return iter(())

    def throttle(self) -> None:
        self._phone.tell("send", ["busy"])

    def lose_answer(self) -> None:
        self._phone.tell("send", ["timeout-sent"])

    def hang(self) -> None:
        self._phone.tell("send", ["hang"])

    def go_away(self) -> None:
        self._phone.unplug()
        until(lambda: not self._modem.usable)

    def refuse_everything(self) -> None:
        self._phone.tell("send", ["nosim"] * _MANY)

    def mend(self) -> None:
        if not self._folder.exists():
            self._phone.plug_in()
        self._phone.tell("send", [])
        self._until_usable()

    @property
    def _modem(self) -> Any:
        return self.provider.modems[0]

    def _until_usable(self) -> None:
        until(lambda: self._modem.usable, "No modem.")

    def _sent(self) -> list[Submitted]:
        there = self._folder if self._folder.exists() else Path(f"{self._folder}.out")
        return GammuPhone(there).sent()

    def _tell(self, word: Word, number: str, reference: int) -> bool:
        text, status = _WORDS[word]
        return self._put(
            lambda: self._phone.report(number, text, reference=reference, status=status)
        )

    def _put(self, lay: Callable[[], object]) -> bool:
        """Lay something on the SIM card; say whether it is taken off again, or left there."""
        refused = self._refused
        lay()
        until(lambda: not self._phone.held() or self._refused > refused, "Nobody took it.")
        if self._phone.held():
            return False
        # It is kept as a part by now; whole messages are handed on a moment later.
        until(self._all_handed_on, "It was not handed on.")
        return True

    def _all_handed_on(self) -> bool:
        waiting = select(received_parts.c.id).where(received_parts.c.inbox_id.is_(None))
        with self.surroundings.database.read() as tx:
            return tx.execute(waiting).first() is None

    def _watched(self, take: Callable[..., None]) -> Callable[..., None]:
        def watched(*given: object) -> None:
            try:
                take(*given)
            except StoreUnavailableError:
                self._refused += 1
                raise

        return watched


@contextmanager
def open_rig(bench: Bench) -> Iterator[ModemRig]:
    rig = ModemRig(bench)
    try:
        yield rig
    finally:
        rig.close()
