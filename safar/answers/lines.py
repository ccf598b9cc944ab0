"""One line for a number to call, an embassy, an agency: values from reviewed entries only."""

from __future__ import annotations

from datetime import date

from safar.phrasing.values import Phone, Phrase, Ref, Text, Value
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
    values: dict[str, Value] = {"name": Text(text=mission.name), "city": Text(text=mission.city)}
    office, rescue = mission.phone, mission.emergency_phone
    number = (rescue or office) if urgent else (office or rescue)
    if number is not None and mission.stated(today):
        return Phrase(id="mission.line", values={**values, "phone": Phone(value=number)})
    if mission.website is not None:
        return Phrase(id="mission.site", values={**values, "website": Text(text=mission.website)})
    if mission.email is not None and mission.stated(today):
        return Phrase(id="mission.email", values={**values, "email": Text(text=mission.email)})
    return Phrase(id="mission.name_only", values=values)
