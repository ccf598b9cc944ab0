"""libGammu's dummy telephone: a folder in which messages lie as files.

The phone itself is libGammu's own code. What it cannot do by itself (keep what was sent, fail, have
an IMEI of its own) is added in `gammu_phone_child`, steered by files in the same folder.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from tests.peers.sms_pdu import Submitted, decode_submit

CHILD = (sys.executable, "-m", "tests.peers.gammu_phone_child")
SIM_INBOX, SIM_OUTBOX, PHONE_INBOX = 1, 2, 3
SMSC = "+9779800000000"
_SENT = "sent.log"
_LINE = 200


@dataclass
class GammuPhone:
    """One dummy telephone below ``folder``; ``folder`` is also its device path."""

    folder: Path
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def make(cls, folder: Path, imei: str = "") -> GammuPhone:
        """Make an empty one; without an IMEI it has the dummy's."""
        for number in range(1, 6):
            (folder / "sms" / str(number)).mkdir(parents=True)
        phone = cls(folder)
        if imei:
            phone.tell("imei", imei)
        return phone

    def receive(
        self,
        text: str | bytes,
        sender: str = "+9779812345678",
        *,
        at: datetime | str | None = None,
        udh: bytes = b"",
        coding: str = "",
        folder: int = SIM_INBOX,
        smsc: str = SMSC,
    ) -> Path:
        """Put a message that came into the phone's memory.

        Args:
            text: Words, or data for an 8-bit message.
            sender: Number or name.
            at: Time of the message centre; a text is written as it is.
            udh: User data header, its length in front.
            coding: ``Default``, ``Unicode`` or ``8bit``; by default what the text needs.
            folder: SIM card or phone memory.
            smsc: Number of the message centre.
        """
        if not coding:
            coding = "8bit" if isinstance(text, bytes) else "Unicode"
        lines = [
            f'SMSC = "{smsc}"',
            "PDU = Deliver",
            f"DateTime = {_stamp(at)}",
            "State = UnRead",
            f'Number = "{sender}"',
            'Name = ""',
            *([f"UDH = {udh.hex().upper()}"] if udh else []),
            *_content(text),
            f"Coding = {coding}",
            f"Folder = {folder}",
            f"Length = {_length(text)}",
            "Class = -1",
            "MessageReference = 0",
        ]
        return self._drop(lines, folder)

    def report(
        self,
        recipient: str,
        text: str = "Delivered",
        *,
        reference: int = 255,
        status: int = 0,
        at: datetime | str | None = None,
    ) -> Path:
        """Put a delivery report into the phone's memory."""
        data = text.encode("utf-16-be") + b"\0\0"
        lines = [
            f'SMSC = "{SMSC}"',
            "PDU = Status_Report",
            f"DeliveryStatus = {status}",
            f"DateTime = {_stamp(at)}",
            f"SMSCTime = {_stamp(at)}",
            "State = UnRead",
            f'Number = "{recipient}"',
            'Name = ""',
            *_content(data),
            "Coding = 8bit",
            "Folder = 1",
            f"Length = {len(data)}",
            "Class = -1",
            f"MessageReference = {reference}",
        ]
        return self._drop(lines, SIM_INBOX)

    def rubbish(self) -> Path:
        """Put something into the memory that libGammu cannot read."""
        return self._drop_text("rubbish", SIM_INBOX)

    def held(self) -> list[Path]:
        """Return the messages in the inboxes of SIM card and phone."""
        inboxes = [self.folder / "sms" / str(number) for number in (SIM_INBOX, PHONE_INBOX)]
        return [path for inbox in inboxes if inbox.is_dir() for path in sorted(inbox.iterdir())]

    def last_place(self) -> int:
        """Return where the dummy keeps its last message, as it counts; 0 when it has none."""
        places = (self.folder / "sms").glob("[1-5]/*")
        return max((int(each.parent.name) * 10_000 + int(each.name) for each in places), default=0)

    def sent(self) -> list[Submitted]:
        """Return what was sent, decoded from the bytes libGammu makes for a modem."""
        path = self.folder / _SENT
        lines = path.read_text().splitlines() if path.exists() else []
        return [decode_submit(bytes.fromhex(line)) for line in lines]

    def keep_sent(self, pdu: bytes) -> int:
        """Write down what was sent; return its number, as a network would count it."""
        with (self.folder / _SENT).open("a") as file:
            file.write(pdu.hex() + "\n")
        return len(self.sent()) % 256

    def tell(self, name: str, value: object) -> None:
        """Steer the process: ``send`` takes a list of faults, one for each sending to come."""
        path = self.folder / f"tell-{name}"
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(value))
        beside.rename(path)

    def told(self, name: str) -> object:
        """Return what was told, None when nothing was."""
        path = self.folder / f"tell-{name}"
        return json.loads(path.read_text()) if path.exists() else None

    def unplug(self) -> None:
        """Take the phone away: its device path is gone."""
        self.folder.rename(self.folder.with_name(f"{self.folder.name}.out"))

    def plug_in(self) -> None:
        """Put it back."""
        self.folder.with_name(f"{self.folder.name}.out").rename(self.folder)

    def _drop(self, lines: list[str], folder: int) -> Path:
        return self._drop_text("\n".join(["[SMSBackup000]", *lines, ""]), folder)

    def _drop_text(self, text: str, folder: int) -> Path:
        # Written beside and moved in, so that nobody reads half a file. The name is the location.
        place = self.folder if self.folder.exists() else Path(f"{self.folder}.out")
        number = next(self._numbers)
        beside = place / f".sms-{number}"
        beside.write_text(text)
        target = place / "sms" / str(folder) / str(number)
        beside.rename(target)
        return target


def concatenation(reference: int, parts: int, part: int, bits: int = 8) -> bytes:
    """Return the header that makes a message one part of several."""
    if bits == 16:
        return bytes([6, 8, 4, *divmod(reference, 256), parts, part])
    return bytes([5, 0, 3, reference, parts, part])


def process_ids() -> list[int]:
    """Return the modem processes of this test process."""
    found = []
    for status in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = status.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"tests.peers.gammu_phone_child" in words and str(os.getpid()).encode() in words:
            found.append(int(status.parent.name))
    return found


def _stamp(at: datetime | str | None) -> str:
    if isinstance(at, str):
        return at
    moment = at or datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).strftime("%Y%m%dT%H%M%S")


def _content(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode("utf-16-be", "surrogatepass")
    digits = data.hex().upper()
    return [
        f"Text{number:02} = {digits[start : start + _LINE]}"
        for number, start in enumerate(range(0, len(digits), _LINE))
    ]


def _length(text: str | bytes) -> int:
    if isinstance(text, bytes):
        return len(text)
    return len(text.encode("utf-16-be", "surrogatepass")) // 2
