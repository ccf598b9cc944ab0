"""A new list meets the register that is there: what changed, what is gone, what was before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from safar.registry.agencies.convert import identity
from safar.registry.agencies.model import MOST_CHANGES, Agency, AgencyStatus, Was

GONE: Final = "gone"


@dataclass
class Merged:
    """The register with the new list in it, and the names of what became of whom."""

    agencies: list[Agency] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    unchanged: int = 0


def merge(
    old: Iterable[Agency],
    old_date: date | None,
    new: Iterable[Agency],
    new_date: date,
    kept: Collection[str] = (),
) -> Merged:
    """Return the agencies of both lists.

    Args:
        old: the register as it is.
        old_date: date of the list it was last made from.
        new: the rows of the new list.
        new_date: its date.
        kept: identities that are not in `new` only because their row was rejected; they stay.
    """
    done = Merged()
    before = {identity(agency): agency for agency in old}
    for agency in new:
        earlier = before.pop(identity(agency), None)
        if earlier is None:
            done.added.append(agency.name)
            done.agencies.append(agency)
            continue
        now = _updated(earlier, agency, old_date or new_date, new_date)
        if earlier.gone_since is not None:
            done.back.append(agency.name)
        elif now == earlier:
            done.unchanged += 1
        else:
            done.changed.append(agency.name)
        done.agencies.append(now)
    for key, agency in before.items():
        if agency.gone_since is None and key not in kept:
            done.gone.append(agency.name)
            done.agencies.append(agency.model_copy(update={"gone_since": new_date}))
        else:
            done.agencies.append(agency)
    return done


def _updated(earlier: Agency, agency: Agency, old_date: date, new_date: date) -> Agency:
    history = list(earlier.history)
    if earlier.gone_since is not None:
        history.append(_was(earlier, min(old_date, earlier.gone_since)))
        history.append(Was(list_of=old_date, status=GONE))
    elif (earlier.status, earlier.valid_until) != (agency.status, agency.valid_until):
        history.append(_was(earlier, old_date))
    since = agency.suspended_since
    if since is None and agency.status is AgencyStatus.SUSPENDED:
        same = earlier.status is AgencyStatus.SUSPENDED
        since = earlier.suspended_since if same else new_date
    aliases = {alias.casefold(): alias for alias in (*agency.aliases, *earlier.aliases)}
    if earlier.name.casefold() != agency.name.casefold():
        aliases.setdefault(earlier.name.casefold(), earlier.name)
    aliases.pop(agency.name.casefold(), None)
    return agency.model_copy(
        update={
            "history": tuple(history[-MOST_CHANGES:]),
            "suspended_since": since,
            "aliases": tuple(aliases.values()),
        }
    )


def _was(agency: Agency, list_of: date) -> Was:
    return Was(list_of=list_of, status=agency.status, valid_until=agency.valid_until)
