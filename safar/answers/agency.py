"""What the register of which date says of an agency. Never that an agency is safe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import regex

from safar.answers.compose import authority_phrase, intent_option
from safar.messaging.reply import Reply, SourceRef
from safar.phrasing.values import Day, Items, Phrase, Text, Value
from safar.registry.names import name_key
from safar.registry.query import AgencyMatch, Registry
from safar.registry.schema import AgencyStatus

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}/.&'-]*")
_LONGEST_NAME = 5
_MOST_SHOWN = 2
_LEAST_LETTERS = 4


def check_agency(registry: Registry, text: str, origin: str | None, today: date) -> Reply:
    """Return what the registers hold on the agency `text` names, and where to check oneself."""
    matches, alike = _search(registry, text, origin)
    parts: list[Phrase] = []
    sources: dict[str, SourceRef] = {}
    for match in matches[:_MOST_SHOWN]:
        parts.append(_line(match, today))
        if match.sample:
            parts.append(Phrase(id="agency.sample_warning"))
        title = registry.source(match.source).title
        sources.setdefault(match.source, SourceRef(id=match.source, title=title, as_of=match.as_of))
    if not matches:
        parts.append(_not_found(alike[:_MOST_SHOWN]))
    checker = registry.authority(origin, "agency_check") if origin else None
    parts.append(
        authority_phrase("agency.check_here", checker)
        if checker is not None
        else Phrase(id="agency.ask_authority")
    )
    parts.append(Phrase(id="agency.job_order"))
    return Reply(
        parts=_unique(parts),
        sources=list(sources.values()),
        options=[intent_option("ask_recruitment_fees"), intent_option("ask_complaint")],
    )


def _unique(parts: list[Phrase]) -> list[Phrase]:
    kept: list[Phrase] = []
    for part in parts:
        if part not in kept:
            kept.append(part)
    return kept


def _not_found(alike: Sequence[AgencyMatch]) -> Phrase:
    if not alike:
        return Phrase(id="agency.not_found")
    names = Items(items=[Text(text=match.name) for match in alike], style="and")
    return Phrase(id="agency.alike", values={"names": names})


def _line(match: AgencyMatch, today: date) -> Phrase:
    """Say what the register says; only a good word needs a register that may be relied upon."""
    values: dict[str, Value] = {
        "name": Text(text=match.name),
        "licence": Text(text=match.licence_number),
        "authority": Text(text=match.authority),
    }
    status = match.status
    if status is AgencyStatus.VALID:
        if match.valid_until is not None and match.valid_until < today:
            status = AgencyStatus.EXPIRED
        elif not match.stated(today):
            return Phrase(id="agency.old", values=values)
    if match.as_of is None:
        return Phrase(id="agency.undated", values=values)
    return Phrase(id=f"agency.{status.value}", values={**values, "date": Day(value=match.as_of)})


def _search(
    registry: Registry, text: str, origin: str | None
) -> tuple[list[AgencyMatch], list[AgencyMatch]]:
    """Return the agencies named, or else those of which the text has one word.

    The longest runs of words come first: a person writes a sentence, not a name. One word that is
    not the whole name may be of another agency, whose licence would be taken for this one's.
    """
    for query in _candidates(text):
        matches = registry.agencies(query, country=origin)
        if not matches:
            continue
        if " " in query or matches[0].matched == "licence_number":
            return matches, []
        named = [match for match in matches if name_key(match.name) == name_key(query)]
        return named, [] if named else matches
    return [], []


def _candidates(text: str) -> Iterator[str]:
    words = _WORD.findall(text)
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            query = " ".join(words[start : start + length])
            if length > 1 or any(c.isdigit() for c in query) or len(query) > _LEAST_LETTERS + 1:
                yield query
