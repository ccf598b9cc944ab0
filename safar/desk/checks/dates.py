"""Dates that cannot be: a review before the fact, a fact younger than where it was read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from safar.phrasing.values import Day
from safar.registry.content import Content
from safar.registry.errors import Problem, Severity

SOON_DAYS = 30


def check_dates(content: Content, today: date) -> Iterator[Problem]:
    """Warn of dates out of order, note what has no date and what is due for review."""
    published = {source.id: source.published for source, _ in content.located_sources()}
    for dated, name, place in content.dated():

        def found(key: str, message: str, remedy: str, severity: Severity) -> Problem:
            where = (*place.loc, key)  # noqa: B023 - used within this round
            return place.document.problem(where, message, remedy).as_severity(severity)  # noqa: B023

        if dated.as_of is None:
            remedy = "write the date on the page, or the month in which it was read"
            yield found("as_of", f'"{name}" does not say of when it is', remedy, Severity.NOTE)
        elif _first(dated.as_of) > dated.review_by:
            message = f'"{name}" was to be reviewed by {dated.review_by}, before it was so'
            yield found("review_by", message, "mend one of the two dates", Severity.WARNING)
        elif (read := published.get(dated.source)) and dated.as_of[: len(read)] > read[
            : len(dated.as_of)
        ]:
            message = f'"{name}" is of {dated.as_of}, its source "{dated.source}" of {read}'
            remedy = "mend as_of, or name the source that is newer"
            yield found("as_of", message, remedy, Severity.NOTE)
        days = (dated.review_by - today).days
        if 0 <= days <= SOON_DAYS:
            message = f'"{name}" is to be reviewed by {dated.review_by}'
            remedy = "look at the source again, then move review_by"
            yield found("review_by", message, remedy, Severity.NOTE)


def _first(day: str) -> date:
    return Day(value=day).first
