"""Whom to call: the embassy of home where one is, and the numbers of that country."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from safar.answers.compose import INTERNATIONAL, Corridor, intent_option
from safar.answers.lines import hotline_line, inside, mission_line
from safar.messaging.reply import Reply, SourceRef
from safar.phrasing.values import Country, Phrase, Text, Value
from safar.registry.query import Registry
from safar.registry.schema import Dated, Hotline, HotlineKind, Mission

_MOST_MISSIONS = 3
_MOST_COVERING = 1
_HONORARY = "honorary_consulate"
_ALL_HOURS = "24/7"
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
    """Return the missions of the origin in the destination, the nearest first.

    Where none is, or honorary ones only, the embassy elsewhere that looks after the country.
    """
    if corridor.origin is None or corridor.destination is None:
        raise ValueError("Both origin and destination are needed to name an embassy.")
    there = registry.missions(corridor.origin, corridor.destination, city=corridor.city)
    shown = there[:_MOST_MISSIONS]
    parts = [mission_line(mission, today) for mission in shown]
    if corridor.city is not None and _nearest_is_elsewhere(registry, there, corridor):
        place: dict[str, Value] = {"place": Text(text=corridor.city), "mission": inside(parts[0])}
        parts[0] = Phrase(id="mission.nearest", values=place)
    if all(mission.kind == _HONORARY for mission in there):
        # An honorary consul signs papers; whom the state has sent there looks after its people.
        covering = registry.covering(corridor.origin, corridor.destination)[:_MOST_COVERING]
        parts += [_covering(mission, corridor, today) for mission in covering]
        shown += covering
    sources = _sources_of_parts(registry, shown)
    if not shown:
        values = corridor.values()
        parts = [Phrase(id=f"mission.{each}", values=values) for each in ("none", "none_ask")]
        home = _dialled_from_abroad(registry, corridor.origin, today)
        parts += [hotline_line(hotline) for hotline in home]
        sources = _sources(registry, home)
    else:
        parts += _details(shown[0], today)
        if corridor.city is None and len(there) > _MOST_MISSIONS:
            parts.append(Phrase(id="mission.ask_city"))
        if any(mission.listed for mission in shown):
            parts.append(Phrase(id="mission.dated"))
    return Reply(
        parts=parts,
        sources=sources,
        options=[intent_option("contact_hotline"), intent_option("talk_to_person")],
        sensitive=registry.is_sensitive("contact_embassy"),
    )


def _nearest_is_elsewhere(
    registry: Registry, missions: Sequence[Mission], corridor: Corridor
) -> bool:
    """Whether the first of `missions` is known to be the nearest, and in another city."""
    city, country = corridor.city or "", corridor.destination or ""
    if not missions or missions[0].city.casefold() == city.casefold():
        return False
    cities = (city, *(mission.city for mission in missions))
    return all(registry.position(country, each) is not None for each in cities)


def _covering(mission: Mission, corridor: Corridor, today: date) -> Phrase:
    """Return the sentence on an embassy in another country that looks after this one."""
    values: dict[str, Value] = {
        **corridor.values(),
        "country": Country(code=mission.destination),
        "mission": inside(mission_line(mission, today)),
    }
    return Phrase(id="mission.covering", values=values)


def _details(mission: Mission, today: date) -> list[Phrase]:
    """Return when the office is open and where, as far as that may be stated."""
    if not mission.stated(today):
        return []
    details = []
    if mission.hours == _ALL_HOURS:
        details.append(Phrase(id="mission.all_hours"))
    elif mission.hours is not None:
        details.append(Phrase(id="mission.hours", values={"hours": Text(text=mission.hours)}))
    if mission.address is not None:
        address: dict[str, Value] = {"address": Text(text=mission.address)}
        details.append(Phrase(id="mission.address", values=address))
    return details


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
        parts = [Phrase(id="hotline.none"), *_of_all_phones(registry, today)]
        return Reply(parts=parts, options=options, sensitive=sensitive)
    parts = [hotline_line(hotline) for hotline in shown]
    if any(hotline.listed for hotline in shown):
        parts.append(Phrase(id="hotline.listed"))
    return Reply(
        parts=parts,
        sources=_sources(registry, shown),
        options=options,
        sensitive=sensitive,
    )


def _of_all_phones(registry: Registry, today: date) -> list[Phrase]:
    everywhere = registry.hotlines(INTERNATIONAL, kinds=_RESCUE)
    return [hotline_line(hotline) for hotline in everywhere if hotline.stated(today)]


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
        missions += registry.covering(corridor.origin, corridor.destination)
        with_number = [m for m in missions if m.stated(today) and (m.emergency_phone or m.phone)]
        if with_number:
            lines.append(mission_line(with_number[0], today, urgent=True))
    return lines


def _urgent(registry: Registry, corridor: Corridor, today: date) -> Iterator[Hotline]:
    rescue = False
    everywhere = registry.hotlines(INTERNATIONAL, kinds=_RESCUE)
    for kind in URGENT_KINDS if corridor.destination else ():
        here = registry.hotlines(corridor.destination or "", corridor.origin, kinds=(kind,))
        stated = [hotline for hotline in here if hotline.stated(today)][:1]
        rescue = rescue or (kind in _RESCUE and bool(stated))
        yield from stated
        if any(number.listed for number in stated):
            # Nobody has checked it for this country: the number of all phones comes with it.
            yield from (number for number in everywhere if number.stated(today))
    yield from (hotline for hotline in everywhere if hotline.stated(today) and not rescue)
    if corridor.origin is not None:
        yield from _dialled_from_abroad(registry, corridor.origin, today)


def _dialled_from_abroad(registry: Registry, origin: str, today: date) -> list[Hotline]:
    found = registry.hotlines(origin, origin)
    return [each for each in found if each.dial_from_abroad and each.stated(today)]


def _sources(registry: Registry, entries: Sequence[Dated]) -> list[SourceRef]:
    return [
        source.model_copy(update={"part": None}) for source in _sources_of_parts(registry, entries)
    ][:1]


def _sources_of_parts(registry: Registry, entries: Sequence[Dated]) -> list[SourceRef]:
    """Return each source once, with the first part that is from it; part n states entry n."""
    seen: dict[str, SourceRef] = {}
    for part, entry in enumerate(entries):
        if entry.source not in seen:
            title = registry.source(entry.source).title
            seen[entry.source] = SourceRef(
                id=entry.source, title=title, as_of=entry.as_of, part=part
            )
    return list(seen.values())
