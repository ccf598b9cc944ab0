"""One line for an agency: what its register says, of which date, and how old that is."""

from __future__ import annotations

from datetime import date

from safar.phrasing.values import Day, Phrase, Text, Value
from safar.registry.agencies import AgencyMatch, AgencyStatus
from safar.registry.dates import span

_BAD = (AgencyStatus.SUSPENDED, AgencyStatus.CANCELLED, AgencyStatus.EXPIRED)
_GOOD = (AgencyStatus.VALID, AgencyStatus.UNKNOWN)
_MONTH = 30.5
_OLD_MONTHS = 2


def agency_line(match: AgencyMatch, today: date) -> Phrase:
    """Say what the register says of `match` on `today`.

    A bad word counts however old it is; a good one, or none, needs a register that may be relied
    upon today. Nothing is said of a status without the date of the list.
    """
    agency = match.agency
    values: dict[str, Value] = {
        "name": Text(text=match.name),
        "authority": Text(text=match.authority),
    }
    numbered = match.licence_number is not None
    if match.licence_number is not None:
        values["licence"] = Text(text=match.licence_number)
    if agency.gone_since is not None:
        values["since"] = Day(value=agency.gone_since.isoformat())
        return Phrase(id="agency.gone" if numbered else "agency.listed_gone", values=values)
    ended = match.valid_until is not None and match.valid_until < today
    status = match.status
    if status in _GOOD and not ended and not match.stated(today):
        return Phrase(id="agency.old" if numbered else "agency.listed_old", values=values)
    if match.as_of is None:
        return Phrase(id="agency.undated" if numbered else "agency.listed_old", values=values)
    values["date"] = Day(value=match.as_of)
    if not numbered:
        bad = ended or status in _BAD
        return Phrase(id="agency.listed_bad" if bad else "agency.listed", values=values)
    known, more = _dated(match, ended)
    return Phrase(id=f"agency.{known}", values={**values, **more})


def _dated(match: AgencyMatch, ended: bool) -> tuple[str, dict[str, Value]]:
    """Return the end of the message id, and the date that it needs beside that of the list."""
    until, since = match.valid_until, match.agency.suspended_since
    if until is not None and match.status in (*_GOOD, AgencyStatus.EXPIRED):
        if ended:
            return "expired_on", {"until": Day(value=until.isoformat())}
        if match.status is AgencyStatus.VALID:
            return "valid_until", {"until": Day(value=until.isoformat())}
    if match.status is AgencyStatus.SUSPENDED and since is not None:
        return "suspended_since", {"since": Day(value=since.isoformat())}
    return match.status.value, {}


def age_line(match: AgencyMatch, today: date) -> Phrase | None:
    """Return how many months old the list of `match` is, from two months on."""
    if match.as_of is None:
        return None
    months = int((today - span(match.as_of)[1]).days / _MONTH)
    return Phrase(id="agency.list_age", count=months) if months >= _OLD_MONTHS else None
