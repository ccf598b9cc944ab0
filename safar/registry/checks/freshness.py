"""What may not be stated as true today: past its review, in doubt, or in dispute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from safar.registry.content import Content
from safar.registry.errors import Problem, Severity
from safar.registry.schema import Confidence, Dated


def check_freshness(content: Content, today: date) -> Iterator[Problem]:
    """Warn of entries past review, note entries of low confidence or in dispute."""
    for dated, name, place in content.dated():
        for key, message, remedy, severity in _faults(dated, name, today):
            problem = place.document.problem((*place.loc, key), message, remedy)
            yield problem.as_severity(severity)


def _faults(dated: Dated, name: str, today: date) -> Iterator[tuple[str, str, str, Severity]]:
    if dated.withdrawn is not None:
        yield (
            "withdrawn",
            f'"{name}" was withdrawn on {dated.withdrawn.day} by {dated.withdrawn.by}: '
            f"{dated.withdrawn.reason}",
            "mend the entry and its source, then remove withdrawn",
            Severity.NOTE,
        )
    if dated.review_by < today:
        yield (
            "review_by",
            f'"{name}" is past review since {dated.review_by}, so it is not stated',
            "look at the source again, then move review_by",
            Severity.WARNING,
        )
    if dated.confidence is Confidence.LOW:
        yield (
            "confidence",
            f'"{name}" is of low confidence and never stated',
            "find a better source",
            Severity.NOTE,
        )
    if getattr(dated, "disputed", False):
        yield (
            "disputed",
            f'"{name}" is in dispute and never stated',
            "ask who decides, then remove disputed",
            Severity.NOTE,
        )
