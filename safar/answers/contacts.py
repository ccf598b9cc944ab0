"""Whom to call: the embassy of home where one is, and the numbers of that country."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from safar.answers.compose import INTERNATIONAL, Corridor, intent_option
from safar.answers.lines import hotline_line, mission_line
from safar.messaging.reply import Reply, SourceRef
from safar.phrasing.values import Phrase
from safar.registry.query import Registry
from safar.registry.schema import Dated, Hotline, HotlineKind

_MOST_MISSIONS = 3
_MOST_HOTLINES = 6
_RESCUE = (HotlineKind.EMERGENCY, HotlineKind.POLICE)
_MOST_URGENT = 2
"""Police and one more; the embassy makes three."""
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
    sensitive = registry.is_sensitive("contact_embassy")
    options = [intent_option("contact_hotline"), intent_option("talk_to_person")]
    if not missions:
        none = Phrase(id="mission.none", values=corridor.values())
        return Reply(parts=[none], options=options, sensitive=sensitive)
    shown = missions[:_MOST_MISSIONS]
    return Reply(
        parts=[mission_line(mission, today) for mission in shown],
        sources=_sources(registry, shown),
        options=options,
        sensitive=sensitive,
    )


def hotlines(registry: Registry, corridor: Corridor, today: date) -> Reply:
    """Return the numbers to call in the country where the person is, or else at home."""
    country = corridor.destination or corridor.origin
    if country is None:
        raise ValueError("A country is needed to name a number.")
    found = [h for h in registry.hotlines(country, origin=corridor.origin) if h.stated(today)]
    shown = found[:_MOST_HOTLINES]
    sensitive = registry.is_sensitive("contact_hotline")
    options = [intent_option("contact_embassy"), intent_option("talk_to_person")]
    if not shown:
        return Reply(parts=[Phrase(id="hotline.none")], options=options, sensitive=sensitive)
    return Reply(
        parts=[hotline_line(hotline) for hotline in shown],
        sources=_sources(registry, shown),
        options=options,
        sensitive=sensitive,
    )


def urgent_lines(registry: Registry, corridor: Corridor, today: date) -> list[Phrase]:
    """Return the two or three numbers that matter most in danger, nearest help first.

    Numbers of home are of no use to somebody abroad unless they can be dialled from there: where
    the country is unknown or has no number, only those are given, after the one of all phones.
    """
    lines: list[Phrase] = []
    for hotline in _urgent(registry, corridor, today):
        line = hotline_line(hotline)
        known = [said.values["phone"] for said in lines]
        if line.values["phone"] not in known:
            lines.append(line)
        if len(lines) == _MOST_URGENT:
            break
    if corridor.origin and corridor.destination:
        missions = registry.missions(corridor.origin, corridor.destination, city=corridor.city)
        with_number = [m for m in missions if m.stated(today) and (m.emergency_phone or m.phone)]
        if with_number:
            lines.append(mission_line(with_number[0], today, urgent=True))
    return lines


def _urgent(registry: Registry, corridor: Corridor, today: date) -> Iterator[Hotline]:
    rescue = False
    for kind in URGENT_KINDS if corridor.destination else ():
        here = registry.hotlines(corridor.destination or "", corridor.origin, kinds=(kind,))
        stated = [hotline for hotline in here if hotline.stated(today)]
        rescue = rescue or (bool(stated) and kind in _RESCUE)
        yield from stated[:1]
    everywhere = [] if rescue else registry.hotlines(INTERNATIONAL, kinds=_RESCUE)
    home = registry.hotlines(corridor.origin, corridor.origin) if corridor.origin else []
    for hotline in (*everywhere, *(number for number in home if number.dial_from_abroad)):
        if hotline.stated(today):
            yield hotline


def _sources(registry: Registry, entries: Sequence[Dated]) -> list[SourceRef]:
    seen: dict[str, SourceRef] = {}
    for entry in entries:
        if entry.source not in seen:
            title = registry.source(entry.source).title
            seen[entry.source] = SourceRef(id=entry.source, title=title, as_of=entry.as_of)
    return list(seen.values())[:1]
