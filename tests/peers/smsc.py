"""A carrier's SMSC: npm's `smpp` server in a process, told by tests what to do."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.peers.nodejs import FOLDER, node, package_file

SYSTEM_ID, PASSWORD = "safar", "secret12"
OUR_NUMBER, PERSON = "+9779800000000", "+9779841234567"
THROTTLED, QUEUE_FULL, TEMPORARY = 0x58, 0x14, 0x64
RECEIPT = 0x04
_WITHIN = 20.0


class Smsc:
    """Speaks with the process, one command at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lock = threading.Lock()
        self.port = 0

    def listen(self) -> None:
        """Open the port; the same one as before, if there was one."""
        self.port = self._ask("listen")["port"]

    def away(self) -> None:
        """Cut all connections and close the port."""
        self._ask("away")

    def accepted(self) -> list[dict[str, Any]]:
        """Return the short messages it took, decoded by the package."""
        return list(self._ask("accepted"))

    def texts(self) -> list[str]:
        return [each["text"] for each in self.accepted()]

    def binds(self) -> int:
        return int(self._ask("binds")["binds"])

    def is_bound(self) -> bool:
        return bool(self._ask("binds")["bound"])

    def heard(self, command: str) -> list[int]:
        """Return the statuses of the PDUs of one kind that came."""
        return [status for name, status, _ in self._ask("heard") if name == command]

    def faults(self, *kinds: str | dict[str, Any]) -> None:
        """Let the next short messages fail; see smsc.js."""
        given = [{"kind": kind} if isinstance(kind, str) else kind for kind in kinds]
        self._ask("faults", list=given)

    def refuse(self, *statuses: int, with_id: bool = False) -> None:
        self.faults(
            *[{"kind": "refuse", "status": status, "with_id": with_id} for status in statuses]
        )

    def refuse_bind(self, status: int | None) -> None:
        self._ask("refuse_bind", status=status)

    def lose_acks(self, number: int) -> None:
        """Cut the connection when an answer to a delivery comes, as if it had not come."""
        self._ask("lose_acks", number=number)

    def mute(self, on: bool = True) -> None:
        """Answer no more questions whether it is there."""
        self._ask("mute", on=on)

    def deliver(
        self, *texts: str, sender: str = PERSON, command: str = "deliver_sm", **fields: Any
    ) -> None:
        """Bring texts, or one message with fields of one's own."""
        address = {
            "source_addr_ton": 1,
            "source_addr_npi": 1,
            "source_addr": sender.removeprefix("+"),
            "dest_addr_ton": 1,
            "dest_addr_npi": 1,
            "destination_addr": OUR_NUMBER.removeprefix("+"),
        }
        given = [{"text": text} for text in texts] or [{}]
        self._ask("deliver", list=[address | each | fields for each in given], command=command)

    def receipt(
        self, message_id: str, stat: str = "DELIVRD", err: str = "000", **fields: Any
    ) -> None:
        """Bring a delivery receipt as most SMSCs write it."""
        text = (
            f"id:{message_id} sub:001 dlvrd:001 submit date:2611230930 done date:2611230931"
            f" stat:{stat} err:{err} text:"
        )
        self.deliver(**({"text": text, "esm_class": RECEIPT} | fields))

    def deliveries(self) -> list[dict[str, Any]]:
        """Return what became of what it had to bring: tries, statuses, done."""
        return list(self._ask("deliveries"))

    def raw(self, octets: bytes) -> None:
        """Write octets to the bound connection as they are."""
        self._ask("raw", hex=octets.hex())

    def unbind(self) -> None:
        self._ask("unbind")

    def cut(self) -> None:
        """Cut the connection."""
        self._ask("cut")

    def _ask(self, what: str, **more: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps({"do": what, **more}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The SMSC ended; what it said is above.")
        answer = json.loads(line)
        if "error" in answer or (isinstance(answer["said"], dict) and "error" in answer["said"]):
            raise RuntimeError(f"The SMSC could not do {what}: {answer}")
        return answer["said"]


@contextmanager
def smsc(key: Path | None = None, certificate: Path | None = None) -> Iterator[Smsc]:
    """Start an SMSC on a port of this machine; end it afterwards."""
    package_file("smpp/lib/smpp.js")
    program = [node(), str(FOLDER / "smsc.js"), SYSTEM_ID, PASSWORD]
    process = subprocess.Popen(
        program + [str(file) for file in (key, certificate) if file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        made = Smsc(process)
        made.listen()
        yield made
    finally:
        process.kill()
        process.wait(_WITHIN)
