"""How many cases there were, of what, and how long people waited: drawings and the same numbers."""

from __future__ import annotations

from datetime import date, timezone
from typing import Any, Final

from babel.dates import format_date
from fastapi import Request, Response

from safar.cases import figures
from safar.cases.figures import Figures, ReplyTimes, Span
from safar.cases.plan import Risk
from safar.console.case_words import RISKS
from safar.console.drawing import STEP, bars, columns
from safar.console.house import House
from safar.console.i18n import Words
from safar.console.lengths import length
from safar.console.queue_view import kind_title
from safar.console.rendering import desk_name, page, words_of
from safar.console.routing import NotAllowedError, Pages
from safar.console.signed_in import SignedIn
from safar.staff.permissions import Permission

WEEKS: Final = 12
"""Shown while nothing else is asked for."""
_EARLIEST: Final = date(2000, 1, 3)


def pages(house: House) -> Pages:
    """Return the pages."""
    made = Pages()

    @made.get("/charts", needs=Permission.SEE_CHARTS, name="charts")
    def charts(request: Request, me: SignedIn) -> Response:
        today = house.clock().astimezone(timezone.utc).date()
        span = span_of(request.query_params.get("from"), request.query_params.get("to"), today)
        with house.database.read() as tx:
            found = figures.of(tx, me.staff_id, span)
        if found is None:
            raise NotAllowedError
        drawn = _drawn(house, words_of(request, me), found)
        return page(request, me, "charts/charts.html", found=found, today=today, **drawn)

    return made


def span_of(first: str | None, last: str | None, today: date) -> Span:
    """Return the weeks that are asked for; what is no day, or still to come, is passed over."""
    until = min(_day(last) or today, today)
    since = _day(first)
    if since is None or since > until:
        return Span.weeks_before(until, WEEKS)
    return Span.around(since, until)


def _day(written: str | None) -> date | None:
    try:
        found = date.fromisoformat(written or "")
    except ValueError:
        return None
    return max(found, _EARLIEST)


def _drawn(house: House, _: Words, found: Figures) -> dict[str, Any]:
    weeks = [(_day_words(_, monday), number) for monday, number in found.weeks.items()]
    risks = list(found.risks)
    return {
        "weeks": columns(weeks),
        "weeks_width": STEP * len(weeks),
        "kinds": bars([(kind_title(house, _, kind), n) for kind, n in found.kinds.items()]),
        "risks": bars(
            [(_(RISKS[risk]), found.risks[risk]) for risk in risks],
            [risk.value for risk in risks],
        ),
        "desks": bars([(desk_name(house, desk), n) for desk, n in found.desks.items()]),
        "replies": [(_("All"), "", *_times(_, found.replies))]
        + [(_(RISKS[risk]), risk.value, *_times(_, found.replies_by_risk[risk])) for risk in Risk],
        "first_day": _day_words(_, found.span.first),
        "last_day": _day_words(_, found.span.last),
        "few": figures.FEW,
    }


def _times(_: Words, times: ReplyTimes) -> tuple[int | None, str, str]:
    return (
        times.answered,
        "" if times.half is None else length(_, times.half),
        "" if times.most is None else length(_, times.most),
    )


def _day_words(_: Words, day: date) -> str:
    return str(format_date(day, "d MMM y", locale=_.locale))
