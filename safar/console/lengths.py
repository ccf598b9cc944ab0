"""How long something took or takes, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from babel.dates import format_timedelta

from safar.console.i18n import Words

_UNTIL_THE_NEXT_UNIT: Final = 3
"""119 minutes are not two hours yet, for whoever must answer within them."""


def length(_: Words, passed: timedelta) -> str:
    """Return a length of time in one unit: 119 min, 3 hr, 71 hr, 3 days. None is below zero."""
    return str(
        format_timedelta(
            max(passed, timedelta()),
            granularity="minute",
            threshold=_UNTIL_THE_NEXT_UNIT,
            format="short",
            locale=_.locale,
        )
    )
