"""How long something took or takes, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from babel.units import format_unit

from safar.console.i18n import Words

_HOUR: Final = 60
_DAY: Final = 24
_MINUTES: Final = timedelta(minutes=1)


def length(_: Words, passed: timedelta) -> str:
    """Return a length of time such as 45 mins, 2 hrs 10 mins, or 3 days 4 hrs; never below zero.

    What is less than a minute is left out, and of days the minutes too.
    """
    minutes = max(passed, timedelta()) // _MINUTES
    days, hours = divmod(minutes // _HOUR, _DAY)
    if days:
        parts = [("day", days), ("hour", hours)]
    elif hours:
        parts = [("hour", hours), ("minute", minutes % _HOUR)]
    else:
        return _part(_, "minute", minutes)
    return " ".join(_part(_, unit, number) for unit, number in parts if number)


def _part(_: Words, unit: str, number: int) -> str:
    return str(format_unit(number, f"duration-{unit}", length="short", locale=_.locale))
