"""One notice as it goes out: what happened in which case, and nothing of whom it is about.

There is no field for a text, a name, a number or a reference of a person: what is not in here
cannot be sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from safar.cases.notices.words import Words

TEST: Final = "test"
"""The kind of a notice that an operator sends to see whether it arrives."""


@dataclass(frozen=True)
class Notice:
    """What staff are told.

    Attributes:
        key: The same for every try, and of no other notice to this address.
        kind: What happened, such as ``opened``.
        case_id: Number of the case; None in a test.
        desk_name: As content/desks.yaml has it.
        risk: ``red``, ``amber`` or ``green``; None in a test.
        to_supervisor: Whether it is for the desk's supervisor.
        at: When it happened, UTC.
        zone: Where the desk is, for the time as its clock shows it.
        language: In which to say it.
        link: Where the case is in the console; empty without a console's address.
    """

    key: str
    kind: str
    case_id: int | None
    desk_id: str
    desk_name: str
    risk: str | None
    to_supervisor: bool
    at: datetime
    zone: str
    language: str
    link: str

    def subject(self) -> str:
        """Return the subject of a letter."""
        words = Words(self.language)
        return f"{self._head(words)}: {words.of_kind(self.kind)}"

    def letter(self) -> str:
        """Return the text of a letter."""
        words = Words(self.language)
        local = self.at.astimezone(ZoneInfo(self.zone))
        lines = [words.of_kind(self.kind), ""]
        if self.case_id is not None:
            lines.append(f"{words['case']}: {self.case_id}")
        lines.append(f"{words['desk']}: {self.desk_name}")
        if self.risk is not None:
            lines.append(f"{words['risk']}: {words[self.risk]}")
        lines.append(f"{words['at']}: {local:%Y-%m-%d %H:%M} ({self.zone})")
        if self.link:
            lines.append(f"{words['open']}: {self.link}")
        return "\n".join([*lines, "", words["footer"], ""])

    def short(self) -> str:
        """Return the text of an SMS."""
        words = Words(self.language)
        link = f" {self.link}" if self.link else ""
        return f"{self._head(words)}: {words.of_kind(self.kind)}{link}"

    def as_data(self) -> dict[str, object]:
        """Return what a webhook is sent."""
        return {
            "id": self.key,
            "kind": self.kind,
            "case": self.case_id,
            "desk": self.desk_id,
            "risk": self.risk,
            "to": "supervisor" if self.to_supervisor else "desk",
            "at": self.at.isoformat(timespec="seconds"),
            "link": self.link or None,
        }

    def _head(self, words: Words) -> str:
        if self.case_id is None:
            return "Safar"
        risk = f" ({words[self.risk]})" if self.risk else ""
        return f"Safar, {words['case']} {self.case_id}{risk}"
