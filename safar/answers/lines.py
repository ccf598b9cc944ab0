"""One line for a number to call, an embassy, an agency: values from reviewed entries only."""

from __future__ import annotations

from datetime import date

from safar.phrasing.values import Country, Phone, Phrase, Ref, Text, Value
from safar.registry.schema import Hotline, Mission


def hotline_line(hotline: Hotline) -> Phrase:
    """Return "name: number" for a hotline."""
    return Phrase(
        id="hotline.line",
        values={"name": Ref(id=hotline.name.id), "phone": Phone(value=hotline.phone)},
    )


def mission_line(mission: Mission, today: date, *, urgent: bool = False) -> Phrase:
    """Return a mission with the number that may be stated today, or its website, or only its name.

    In danger the number for emergencies comes first, else the one of the office.
    A doubtful entry never gives a number: a wrong one can cost the last coin of a phone's credit.
    """
    values: dict[str, Value] = {"name": _name(mission), "city": Text(text=mission.city)}
    office, rescue = mission.phone, mission.emergency_phone
    number = (rescue or office) if urgent else (office or rescue)
    if number is not None and mission.stated(today):
        return Phrase(id="mission.line", values={**values, "phone": Phone(value=number)})
    if mission.website is not None:
        return Phrase(id="mission.site", values={**values, "website": Text(text=mission.website)})
    if mission.email is not None and mission.stated(today):
        return Phrase(id="mission.email", values={**values, "email": Text(text=mission.email)})
    return Phrase(id="mission.name_only", values=values)


def _name(mission: Mission) -> Value:
    """Return its own name, or what it is: an embassy of its country, in every language."""
    if mission.name is not None:
        return Text(text=mission.name)
    return Ref(id=f"mission.{mission.kind}", values={"origin": Country(code=mission.origin)})


def inside(line: Phrase) -> Ref:
    """Return a line as a value of another sentence."""
    return Ref(id=line.id, values=line.values)
