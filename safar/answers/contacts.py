"""Whom to call: the embassy of home where one is, and the numbers of that country."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from safar.answers.compose import Corridor, intent_option
from safar.answers.lines import hotline_line, mission_line
from safar.messaging.reply import Reply, SourceRef
from safar.phrasing.values import Phrase
from safar.registry.query import Registry
from safar.registry.schema import Dated, HotlineKind

_MOST_MISSIONS = 3
_MOST_HOTLINES = 6
URGENT_KINDS = (
    HotlineKind.EMERGENCY,
    HotlineKind.POLICE,
    HotlineKind.TRAFFICKING,
    HotlineKind.SHELTER,
    HotlineKind.LABOUR,
    HotlineKind.AMBULANCE,
)


def embassy(registry: Registry, corridor: Corridor, today: date) -> Reply:
    """Return the missions of the origin in the destination, the person's city first."""
    if corridor.origin is None or corridor.destination is None:
        raise ValueError("Both origin and destination are needed to name an embassy.")
    missions = registry.missions(corridor.origin, corridor.destination, city=corridor.city)
    options = [intent_option("contact_hotline"), intent_option("talk_to_person")]
    if not missions:
        return Reply(parts=[Phrase(id="mission.none", values=corridor.values())], options=options)
    shown = missions[:_MOST_MISSIONS]
    return Reply(
        parts=[mission_line(mission, today) for mission in shown],
        sources=_sources(registry, shown),
        options=options,
    )


def hotlines(registry: Registry, corridor: Corridor, today: date) -> Reply:
    """Return the numbers to call in the country where the person is, or else at home."""
    country = corridor.destination or corridor.origin
    if country is None:
        raise ValueError("A country is needed to name a number.")
    found = [h for h in registry.hotlines(country, origin=corridor.origin) if h.stated(today)]
    shown = found[:_MOST_HOTLINES]
    options = [intent_option("contact_embassy"), intent_option("talk_to_person")]
    if not shown:
        return Reply(parts=[Phrase(id="hotline.none")], options=options)
    return Reply(
        parts=[hotline_line(hotline) for hotline in shown],
        sources=_sources(registry, shown),
        options=options,
    )


def urgent_lines(registry: Registry, corridor: Corridor, today: date) -> list[Phrase]:
    """Return the two or three numbers that matter most in danger, nearest help first."""
    lines: list[Phrase] = []
    country = corridor.destination or corridor.origin
    if country is None:
        return lines
    for kind in URGENT_KINDS:
        for hotline in registry.hotlines(country, origin=corridor.origin, kinds=(kind,)):
            line = hotline_line(hotline)
            known = [said.values["phone"] for said in lines]
            if hotline.stated(today) and line.values["phone"] not in known:
                lines.append(line)
                break
        if len(lines) == 2:  # noqa: PLR2004 - police and one more; the embassy makes three
            break
    if corridor.origin and corridor.destination:
        missions = registry.missions(corridor.origin, corridor.destination, city=corridor.city)
        with_number = [m for m in missions if m.stated(today) and (m.emergency_phone or m.phone)]
        if with_number:
            lines.append(mission_line(with_number[0], today))
    return lines


def _sources(registry: Registry, entries: Sequence[Dated]) -> list[SourceRef]:
    seen: dict[str, SourceRef] = {}
    for entry in entries:
        if entry.source not in seen:
            title = registry.source(entry.source).title
            seen[entry.source] = SourceRef(id=entry.source, title=title, as_of=entry.as_of)
    return list(seen.values())[:1]
