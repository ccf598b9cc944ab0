"""What the address of a list says: read leniently, since bookmarks outlive what they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from safar.cases.listing import Place, Tab, Wanted
from safar.cases.plan import Risk

_KIND: Final = re.compile(r"[a-z_]{1,40}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_PLACE: Final = re.compile(r"([012])-(\d{1,16})-(\d{1,18})", re.ASCII)
_MOMENT: Final = re.compile(r"\d{1,16}", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND: Final = timedelta(microseconds=1)
Words = TypeVar("Words", bound=Enum)


@dataclass(frozen=True)
class Asked:
    """A list as its address asks for it.

    Attributes:
        after: Where its page begins; None: at the beginning.
        seen: When the reader looked last; what came later is marked.
    """

    wanted: Wanted = Wanted()
    after: Place | None = None
    seen: datetime | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab narrows the list."""
        return replace(self.wanted, tab=Tab.WAITING) != Wanted()

    def query(self, **changes: Any) -> str:
        """Return the address's part after the question mark, with changes.

        Args:
            changes: Of what `Wanted` consists of; `after` is left out unless it is given.
        """
        after = changes.pop("after", None)
        wanted = replace(self.wanted, **changes)
        parts: dict[str, object] = {
            "tab": wanted.tab.value,
            "risk": wanted.risk and wanted.risk.value,
            "kind": wanted.kind,
            "origin": wanted.origin,
            "destination": wanted.destination,
            "country": wanted.country,
            "assignee": wanted.assignee,
            "late": "1" if wanted.late else None,
            "after": after and f"{after.urgency}-{_micros(after.waits_since)}-{after.case_id}",
            "seen": self.seen and _micros(self.seen),
        }
        return urlencode({name: part for name, part in parts.items() if part})


def asked_for(query: Mapping[str, str]) -> Asked:
    """Return what an address asks for; what is none of that is passed over."""
    assignee = query.get("assignee")
    wanted = Wanted(
        tab=_one_of(Tab, query.get("tab")) or Tab.WAITING,
        risk=_one_of(Risk, query.get("risk")),
        kind=_matching(_KIND, query.get("kind")),
        origin=_matching(_COUNTRY, query.get("origin")),
        destination=_matching(_COUNTRY, query.get("destination")),
        country=_matching(_COUNTRY, query.get("country")),
        assignee="me" if assignee == "me" else "nobody" if assignee == "nobody" else None,
        late=query.get("late") == "1",
    )
    return Asked(wanted, _place(query.get("after", "")), moment(query.get("seen", "")))


def moment(written: str) -> datetime | None:
    """Return a moment that `written_moment` wrote, None where it is none."""
    if not _MOMENT.fullmatch(written):
        return None
    return _EPOCH + int(written) * _MICROSECOND


def written_moment(at: datetime) -> str:
    """Write a moment as addresses and cookies hold it: microseconds since 1970."""
    return str(_micros(at))


def _place(written: str) -> Place | None:
    found = _PLACE.fullmatch(written)
    if found is None:
        return None
    return Place(int(found[1]), _EPOCH + int(found[2]) * _MICROSECOND, int(found[3]))


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _one_of(words: type[Words], written: str | None) -> Words | None:
    return next((each for each in words if each.value == written), None)


def _matching(pattern: re.Pattern[str], written: str | None) -> str | None:
    return written if written and pattern.fullmatch(written) else None
